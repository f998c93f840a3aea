using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.ReadingDossiers;

/// <summary>The cases of one work against one respondent.</summary>
/// <param name="ComplainantAccountIds">Everybody with an account who complained in one of them.</param>
/// <param name="States">How many cases stand where.</param>
/// <param name="Items">The cases, newest first; the newest 1,000.</param>
public sealed record Dossier(
    string DossierId, string WorkId, string RespondentAccountId, IReadOnlyList<string> ComplainantAccountIds, IReadOnlyDictionary<CaseStatus, int> States, IReadOnlyList<DossierItem> Items);

/// <summary>One picture in a dossier.</summary>
public sealed record DossierItem(string CaseId, string ImageId, Location Location, string Regime, CaseStatus State, Outcome? Outcome, IReadOnlyList<ActiveMeasure> Measures, DateTimeOffset ChangedAt);

/// <summary>Reading dossiers.</summary>
internal static class DossierEndpoint
{
    /// <summary><c>GET /v1/dossiers/{id}</c>.</summary>
    public static void MapDossiers(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/dossiers/{id}", GetAsync).Requires(Permission.CasesRead).HoldsToAccount().WithTags("Cases").WithName("GetDossier").WithSummary("The cases of one work against one respondent, together; for a party those that it is in");

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var account = context.PartyAccount();
        var (own, values) = account is null ? ("", new object[] { id }) : ($" and {Belonging.CasesOf}", [id, account, account]);
        var views = Fields.Id(id, "/id", required: true) is null
            ? await session.QueryAsync<CaseView>($"where data ->> 'dossierId' = ?{own} order by id desc limit 1000", values, context.RequestAborted)
            : [];
        if (views.Count == 0) return context.Problem(new Rejection(CaseCodes.DossierNotFound));
        return TypedResults.Ok(new Dossier(
            id, views[0].WorkId!, views[0].RespondentAccountId, [.. views.SelectMany(view => view.ComplainantAccountIds).Distinct().Order(StringComparer.Ordinal)],
            views.GroupBy(view => view.State).ToDictionary(group => group.Key, group => group.Count()),
            [.. views.Select(view => new DossierItem(view.CaseId, view.ImageId, view.Location, view.Regime, view.State, view.Outcome, view.Measures, view.ChangedAt))]));
    }
}
