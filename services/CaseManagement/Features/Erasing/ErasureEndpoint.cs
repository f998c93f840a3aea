using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.Erasing;

/// <summary>An erasure that two people stand for.</summary>
/// <param name="PersonId">Account, or the notice of somebody without one.</param>
/// <param name="LegalBasis">Stable code of what entitles the person to it, such as <c>GDPR_17_1_b</c> or <c>PIPL_47</c>.</param>
/// <param name="RequestedBy">Who prepared it.</param>
/// <param name="ApprovedBy">Somebody else, who decided it.</param>
public sealed record ErasureRequest(string? PersonId, string? LegalBasis, string? RequestedBy, string? ApprovedBy);

/// <summary>Making somebody's personal data unreadable.</summary>
internal static class ErasureEndpoint
{
    // Who has events or documents with personal texts.
    internal static readonly string[] Services = ["casemanagement", "ingestion"];

    private const string IdPrefix = "ers_";
    private const int MostNamed = 3;

    /// <summary><c>POST /v1/erasures</c>, <c>GET /v1/erasures/{id}</c>.</summary>
    public static void MapErasures(this IEndpointRouteBuilder app)
    {
        var erasures = app.MapGroup("/v1/erasures").WithTags("Erasures").Requires(Permission.ErasuresRead);
        erasures.MapPost("", EraseAsync).Requires(Permission.ErasuresDecide).WithName("Erase").WithSummary("Destroy a person's key in every service: what is personal becomes unreadable, the record still verifies").LimitBody();
        erasures.MapGet("{id}", GetAsync).WithName("GetErasure").WithSummary("An erasure, and which services are done");
    }

    private static async Task<IResult> EraseAsync(ErasureRequest request, HttpContext context, DocumentStore store, TimeProvider time)
    {
        var invalid = Fields.Id(request.PersonId, "/personId", required: true) ?? Fields.Id(request.RequestedBy, "/requestedBy", required: true) ?? Fields.Id(request.ApprovedBy, "/approvedBy", required: true)
            ?? (string.IsNullOrEmpty(request.LegalBasis) ? Fields.Invalid("/legalBasis", "is missing") : Fields.Code(request.LegalBasis, "/legalBasis"));
        if (invalid is not null) return context.Problem(invalid);
        if (!store.Persons.AreKept) return context.Problem(new Rejection(ErasureCodes.NotPossible));
        await using var session = store.LightweightSession(context.Tenant());
        session.LastModifiedBy = request.ApprovedBy!.Trim();
        return await context.CreateOnceAsync(session, request, async () =>
        {
            var (id, person) = ($"{IdPrefix}{Guid.CreateVersion7():N}", request.PersonId!.Trim());
            var cases = await session.QueryAsync<CaseView>(
                "where data ->> 'state' <> 'Closed' and (data ->> 'respondentAccountId' = ? or data -> 'complainantAccountIds' @> jsonb_build_array(?::text)) order by id limit ?", [person, person, MostNamed], context.RequestAborted);
            var holds = await session.QueryAsync<HoldView>("where data ->> 'personId' = ? and data ->> 'liftedAt' is null order by id limit ?", [person, MostNamed], context.RequestAborted);
            var decision = Erasure.Decide(Erasure.Initial, new ApproveErasure(
                id, person, request.LegalBasis!, request.RequestedBy!.Trim(), request.ApprovedBy!.Trim(), Services, [.. cases.Select(view => view.CaseId)], [.. holds.Select(view => view.HoldId)], time.GetUtcNow()));
            if (decision.Code is { } code) return new Rejection(code, decision.Detail);
            session.Events.StartStream(ErasureView.StreamPrefix + id, [.. decision.Events]);
            return CreateOutcome.Accepted($"/v1/erasures/{id}", decision.Events.Aggregate((ErasureView?)null, (view, fact) => ErasureView.Evolve(view, fact, 1))!);
        });
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!IsId(IdPrefix, id) || await session.LoadAsync<ErasureView>(id, context.RequestAborted) is not { } view) return context.Problem(new Rejection(ErasureCodes.NotFound));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok(view);
    }

    internal static bool IsId(string prefix, string id) => id.Length == prefix.Length + 32 && id.StartsWith(prefix, StringComparison.Ordinal) && id[prefix.Length..].All(char.IsAsciiHexDigitLower);
}
