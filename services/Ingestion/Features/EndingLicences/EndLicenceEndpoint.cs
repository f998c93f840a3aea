using ImageRights.EventStore;
using ImageRights.Ingestion.Licences;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.EndingLicences;

/// <summary>The door for licences that end before their term.</summary>
public static class EndLicenceEndpoint
{
    /// <summary>DELETE /v1/licences/{id}.</summary>
    public static void MapEndLicence(this IEndpointRouteBuilder licences) =>
        licences.MapDelete("/{id}", EndAsync).Requires(Permission.LicencesWrite)
            .WithName("EndLicence").WithSummary("Ends a licence before its term. Needs If-Match");

    private static async Task<IResult> EndAsync(string id, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        if (!Identity.Is(Licence.IdPrefix, id)) return context.Problem(new Rejection("Licence_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var stream = await session.Events.FetchForWriting<LicenceState>(Licence.Stream(id), context.RequestAborted);
        var decision = Licence.Decide(stream.Aggregate, new LicenceCommand.End(clock.GetUtcNow()));
        if (decision.Code is not null) return context.Problem(new Rejection(decision.Code));
        if (context.Request.CheckVersion(stream.CurrentVersion) is { } stale) return context.Problem(stale);
        stream.AppendMany(decision.Events);
        var version = stream.NextVersion;
        await session.SaveChangesAsync(context.RequestAborted);
        context.Response.SetVersion(version);
        return TypedResults.NoContent();
    }
}
