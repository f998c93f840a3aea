using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Ingestion.Features.GrantingLicences;

/// <summary>Body of a grant.</summary>
/// <param name="From">First instant covered; now when left out.</param>
/// <param name="Until">Last instant covered; no end when left out.</param>
public sealed record GrantLicenceRequest(string? WorkId, string? LicenseeAccountId, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>Answer to a grant.</summary>
public sealed record LicenceAccepted(
    string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until, IReadOnlyDictionary<string, string> Links);

/// <summary>The door for licences.</summary>
public static class GrantLicenceEndpoint
{
    private const int LongestBody = 16 * 1024;

    /// <summary>POST /v1/licences.</summary>
    public static void MapGrantLicence(this IEndpointRouteBuilder licences) =>
        licences.MapPost("", GrantAsync).Requires(Permission.LicencesWrite).HoldsToAccount()
            .WithName("GrantLicence").WithSummary("Allows an account to use a registered work")
            .WithMetadata(new RequestSizeLimitAttribute(LongestBody));

    private static async Task<IResult> GrantAsync(GrantLicenceRequest request, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        var fields = new FieldReader(name => name == "workId" ? request.WorkId : request.LicenseeAccountId);
        var workId = fields.Identifier("workId");
        var licensee = fields.Identifier("licenseeAccountId");
        if (fields.Rejection is { } invalid) return context.Problem(invalid);

        await using var session = store.LightweightSession(context.Tenant());
        return await context.CreateOnceAsync(session, request, async () =>
        {
            var licenceId = Identity.New(Licence.IdPrefix);
            var now = clock.GetUtcNow();
            var from = request.From?.ToUniversalTime() ?? now;
            var until = request.Until?.ToUniversalTime();
            var work = Identity.Is(Work.IdPrefix, workId) ? await session.LoadAsync<WorkView>(workId, context.RequestAborted) : null;
            // Another's work is not there for a party.
            if (work is not null && context.CheckAccount(work.AccountId, "/workId") is not null) work = null;
            var decision = Licence.Decide(LicenceState.Initial, new LicenceCommand.Grant(licenceId, workId, work?.AccountId, work?.WithdrawnAt is not null, licensee, from, until, now));
            if (decision.Code is { } code) return new Rejection(code, decision.Detail, decision.Pointer);
            session.Events.StartStream(Licence.Stream(licenceId), [.. decision.Events]);
            var self = $"/v1/licences/{licenceId}";
            return CreateOutcome.Created(self, new LicenceAccepted(
                licenceId, workId, licensee, from, until, new Dictionary<string, string> { ["self"] = self, ["work"] = $"/v1/works/{workId}" }));
        });
    }
}
