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
        licences.MapDelete("/{id}", EndAsync).Requires(Permission.LicencesWrite).OfAccount("Licence_Not_Found", Belonging.GrantAsync)
            .WithName("EndLicence").WithSummary("Ends a licence before its term. Needs If-Match");

    private static Task<IResult> EndAsync(string id, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        if (!Identity.Is(Licence.IdPrefix, id)) return Task.FromResult(context.Problem(new Rejection("Licence_Not_Found")));
        return context.EndAsync<LicenceState>(store, Licence.Stream(id), licence => Licence.Decide(licence, new LicenceCommand.End(clock.GetUtcNow())));
    }
}
