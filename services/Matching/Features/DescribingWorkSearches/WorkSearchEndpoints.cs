using System.Globalization;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Npgsql;

namespace ImageRights.Matching.Features.DescribingWorkSearches;

/// <summary>How far the searches for works among what came before them are: a party's own works, or all of the tenant.</summary>
/// <param name="WaitingSince">Since when the first of those that wait has; null when none waits.</param>
/// <param name="DoneLastHour">Works that were looked for within the last hour.</param>
/// <param name="Unreadable">Works that cannot be looked for.</param>
/// <param name="Rate">Works a second within the last minute; null when there were none.</param>
public sealed record WorkSearches(int Waiting, DateTimeOffset? WaitingSince, int DoneLastHour, int Unreadable, double? Rate)
{
    /// <summary>Seconds that those that wait still take at that rate.</summary>
    public int? SecondsLeft => Waiting > 0 && Rate is { } rate and > 0 ? (int)Math.Ceiling(Waiting / rate) : null;
}

internal static class WorkSearchEndpoints
{
    // Of a million that are done, only those of late are counted.
    private static readonly TimeSpan DoneWithin = TimeSpan.FromHours(1);
    private static readonly TimeSpan RateOver = TimeSpan.FromMinutes(1);

    public static void MapWorkSearches(this IEndpointRouteBuilder app)
    {
        var works = app.MapGroup("/v1/works").WithTags("Works").Requires(Permission.ScreeningsRead);
        works.MapGet("/searches", DescribeAsync).HoldsToAccount().WithName("DescribeWorkSearches")
            .WithSummary("How many works wait for their search among earlier uploads and how many were done of late, at which rate, and how long it still takes");
        works.MapGet("/{workId}/search", GetAsync).OfAccount("Work_Not_Found", KnownWork.BelongsAsync, "workId").WithName("GetWorkSearch")
            .WithSummary("Whether a work was looked for among all uploads before it, how many those were, and in how many it was found");
    }

    private static async Task<IResult> DescribeAsync(HttpContext context, DocumentStore store, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var (account, now) = (context.PartyAccount(), clock.GetUtcNow());
        const string At = "(data ->> 'since') collate \"C\"";
        var counted = await session.QueryRowsAsync(
            $$"""
            with own as not materialized (select data from {schema}.mt_doc_work_search_view where tenant_id = ? {{(account is null ? "" : "and data ->> 'accountId' = ?")}})
            select waiting.*, (select count(*)::int from own where data ->> 'status' = 'unreadable'), done.*, recent.*
            from (select count(*)::int, min({{At}}) from own where data ->> 'status' = 'waiting') as waiting,
                 (select count(*)::int from own where data ->> 'status' = 'done' and {{At}} > ?) as done,
                 (select count(*)::int, min({{At}}) from own where data ->> 'status' = 'done' and {{At}} > ?) as recent
            """,
            [session.TenantId, .. account is null ? [] : new[] { account }, Written(now - DoneWithin), Written(now - RateOver)],
            row => (Waiting: row.GetInt32(0), WaitingSince: Read(row, 1), Unreadable: row.GetInt32(2), Done: row.GetInt32(3), Recent: row.GetInt32(4), RecentSince: Read(row, 5)), cancellationToken);
        var it = counted[0];
        var rate = it.RecentSince is { } begun && now > begun ? Math.Round(it.Recent / (now - begun).TotalSeconds, 2) : (double?)null;
        return TypedResults.Ok(new WorkSearches(it.Waiting, it.WaitingSince, it.Done, it.Unreadable, rate));
    }

    private static async Task<IResult> GetAsync(string workId, HttpContext context, DocumentStore store, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (await KnownWork.AccountOfAsync(session, workId, cancellationToken) is not { } account) return context.Problem(new Rejection("Work_Not_Found"));
        return TypedResults.Ok(await session.LoadAsync<WorkSearchView>(workId, cancellationToken) ?? new WorkSearchView(workId, account, WorkSearchStatus.NotStated));
    }

    // As documents hold it, so that it is compared with theirs letter by letter.
    private static string Written(DateTimeOffset instant) => JsonSerializer.SerializeToElement(instant, StoreOptions.Json).GetString()!;

    private static DateTimeOffset? Read(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.Parse(row.GetString(column), CultureInfo.InvariantCulture);
}
