using System.Globalization;
using System.Text.Json;
using ImageRights.CaseManagement.CaseFiles;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Features.Informing;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.ReadingCases;

/// <summary>A case's stream, up to the version or the instant that was asked for.</summary>
/// <param name="Version">Version of the last event given.</param>
/// <param name="Case">The case as it stood then.</param>
/// <param name="Events">Each fact; for a party its own acts and what it was told of.</param>
public sealed record CaseHistory(string CaseId, long Version, CaseResource Case, IReadOnlyList<HistoryEntry> Events);

/// <summary>One fact as it was recorded.</summary>
/// <param name="Version">Position in the stream, from 1 without gaps but for what a party does not see.</param>
/// <param name="Type">Stored name, with its version.</param>
/// <param name="Timestamp">The database's clock when it was recorded.</param>
/// <param name="Actor">Who acted; for a party, of others their part: <c>Complainant</c>, <c>Respondent</c>, <c>Platform</c> or <c>Machine</c>.</param>
/// <param name="Data">The fact; for a party, of others' without who they are, their words and their papers.</param>
/// <param name="EventId">Identity; also the message id under which it was published. Null where something is withheld: with it a guess at what could be proved by the open log.</param>
public sealed record HistoryEntry(long Version, string Type, DateTimeOffset Timestamp, string Actor, object Data, Guid? EventId);

/// <summary>Reading cases.</summary>
internal static class CasesEndpoint
{
    /// <summary><c>GET /v1/cases</c>, <c>GET /v1/cases/{id}</c>, <c>GET /v1/cases/{id}/history</c>.</summary>
    public static void MapCases(this IEndpointRouteBuilder app)
    {
        var cases = app.MapGroup("/v1/cases").WithTags("Cases").Requires(Permission.CasesRead);
        cases.MapGet("", ListAsync).HoldsToAccount().WithName("ListCases").WithSummary("Cases, newest first");
        cases.MapGet("{id}", GetAsync).OfAccount(CaseCodes.NotFound, Belonging.CaseAsync).WithName("GetCase").WithSummary("A case and what each part can do next");
        cases.MapGet("{id}/history", GetHistoryAsync).OfAccount(CaseCodes.NotFound, Belonging.CaseAsync).WithName("GetCaseHistory").WithSummary("The case's stream, as it is or as it was at a version or an instant");
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store, RegimeCatalogue catalogue)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!CaseId.TryParse(id, out var caseId) || await session.LoadAsync<CaseView>(caseId.Value, context.RequestAborted) is not { } view)
            return context.Problem(new Rejection(CaseCodes.NotFound));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok((await ResourcesAsync(context, session, [view], catalogue))[0]);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store, RegimeCatalogue catalogue)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var (page, rejection) = await Shape.ReadAsync(context, session);
        return page is null ? context.Problem(rejection!) : TypedResults.Ok(new Page<CaseResource>(await ResourcesAsync(context, session, page.Items, catalogue), page.Next));
    }

    private static async Task<IReadOnlyList<CaseResource>> ResourcesAsync(HttpContext context, DocumentSession session, IReadOnlyList<CaseView> views, RegimeCatalogue catalogue)
    {
        // Who else registered the picture is for the desk to know.
        var conflicts = context.PartyAccount() is not null ? null
            : await OwnershipConflicts.FindAsync(session, [.. views.Select(view => view.WorkId).OfType<string>().Distinct()], context.RequestAborted);
        return [.. views.Select(view => new CaseResource(view, catalogue) { EarlierRegistrations = view.WorkId is { } work && conflicts?[work].ToList() is { Count: > 0 } earlier ? earlier : null })];
    }

    internal static readonly ListShape<CaseView> Shape = new ListShape<CaseView>(view => view.CaseId)
        .Created("openedAt")
        .Owned(Belonging.CasesOf)
        .Sorted("changedAt", "changedAt", view => view.ChangedAt)
        .Sorted("queue", ListShape<CaseView>.SortSql("queue"), view => view.Queue)
        .By("status", "Takes", Enum.GetNames<CaseStatus>(), "data ->> 'state' = ?", alias: "state")
        .By("origin", "Takes", Enum.GetNames<Origin>())
        .By("accountId", "Only cases of this account, on either side.", sql: "exists (select from (select ?::text as id) a where data ->> 'respondentAccountId' = a.id or data -> 'complainantAccountIds' @> jsonb_build_array(a.id))")
        .By("respondentAccountId", "Only cases against this account.")
        .By("complainantAccountId", "Only complaints of this account.", sql: "data -> 'complainantAccountIds' @> jsonb_build_array(?::text)")
        .By("imageId", "Only cases about this picture.")
        .By("workId", "Only cases about this work.")
        .By("dossierId", "Only cases of this dossier.");

    private static async Task<IResult> GetHistoryAsync(string id, string? version, string? at, HttpContext context, DocumentStore store, RegimeCatalogue catalogue)
    {
        if (!CaseId.TryParse(id, out var caseId)) return context.Problem(new Rejection(CaseCodes.NotFound));
        var upTo = 0L;
        if (version is not null && (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out upTo) || upTo < 1))
            return context.Problem(Fields.Invalid("/version", "takes a number from 1"));
        DateTimeOffset? instant = null;
        if (at is not null)
        {
            if (!DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
                return context.Problem(Fields.Invalid("/at", "takes an instant such as 2026-11-20T08:30:00Z"));
            instant = parsed;
        }
        await using var session = store.LightweightSession(context.Tenant());
        var events = await session.Events.FetchStreamAsync(caseId.StreamKey, upTo, instant, context.RequestAborted);
        if (events.Count == 0) return context.Problem(new Rejection(CaseCodes.NotFound, instant is null ? null : $"There was none at {instant:O}."));
        var view = events.Aggregate((CaseView?)null, CaseView.Evolve)!;
        var sight = context.PartyAccount() is { } account ? await Told.SightAsync(session, caseId, account, context.RequestAborted) : null;
        return TypedResults.Ok(new CaseHistory(caseId.Value, view.Version, new CaseResource(view, catalogue), [.. events.Select(@event => Entry(@event, sight)).OfType<HistoryEntry>()]));
    }

    private static HistoryEntry? Entry(RecordedEvent recorded, PartySight? sight)
    {
        var signature = ((CaseEvent)recorded.Data).Act.Signature;
        if (sight is null) return new HistoryEntry(recorded.Version, recorded.EventTypeName, recorded.Timestamp, signature, recorded.Data, recorded.Id);
        var data = JsonSerializer.SerializeToElement(recorded.Data, recorded.Data.GetType(), StoreOptions.Json);
        return sight.Of(recorded.Id, recorded.EventTypeName, data) is { } shown
            ? new HistoryEntry(recorded.Version, recorded.EventTypeName, recorded.Timestamp, sight.ActorOf(recorded.EventTypeName, data, signature), shown, sight.IsOwn(data) ? recorded.Id : null)
            : null;
    }
}
