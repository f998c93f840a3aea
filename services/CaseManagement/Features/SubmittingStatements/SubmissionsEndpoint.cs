using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>What operators see of the way to the Transparency Database.</summary>
internal static class SubmissionsEndpoint
{
    internal static readonly IReadOnlyList<(string Name, string Meaning)> Parameters =
    [
        ("status", $"Takes {string.Join(", ", Enum.GetNames<SubmissionState>())}."), ("from", "First instant at which they were queued, RFC 3339."), ("to", "End of that time, RFC 3339; not in it."),
        ("sort", "-createdAt, createdAt; the first unless given, a minus for newest first."),
    ];

    /// <summary><c>GET /v1/transparency-submissions</c>, <c>…/summary</c>, <c>POST …/{puid}/retry</c>, <c>GET /v1/transparency-report</c>.</summary>
    public static void MapTransparencySubmissions(this IEndpointRouteBuilder app)
    {
        var submissions = app.MapGroup("/v1/transparency-submissions").WithTags("Transparency Database").Requires(Permission.SubmissionsRead);
        submissions.MapGet("", ListAsync).WithName("ListSubmissions").WithSummary("Statements on their way to the EU Transparency Database: pending, sent, parked");
        submissions.MapGet("summary", SummariseAsync).WithName("SummariseSubmissions").WithSummary("How many wait, were sent and are parked, and whether anything blocks them");
        submissions.MapPost("{puid}/retry", RetryAsync).Requires(Permission.SubmissionsRetry).WithName("RetrySubmission").WithSummary("Send a parked statement again");
        app.MapGet("/v1/transparency-report", ReportAsync).Requires(Permission.SubmissionsRead).WithTags("Transparency Database").WithName("TransparencyReport")
            .WithSummary("Counts of a year's statements of reasons as CSV, and where they differ from what the database was told");
    }

    private static async Task<IResult> ListAsync(HttpContext context, TransparencyQueue queue)
    {
        if (!PageRequest.TryRead(context, out var page, out var refused)) return context.Problem(refused!);
        var filter = new SubmissionFilter(null, null, null, IsAscending: false);
        foreach (var (name, given) in context.Request.Query)
        {
            var text = given.ToString();
            switch (name)
            {
                // By the name under which it was asked for first, too.
                case "status" or "state":
                    if (!Fields.TryChoice<SubmissionState>(text, $"/{name}", out var state, out var invalid)) return context.Problem(invalid!);
                    filter = filter with { State = state };
                    break;
                case "from" or "to":
                    if (!PageRequest.TryReadInstant(text, out var instant))
                        return context.Problem(Fields.Invalid($"/{name}", "takes an instant of RFC 3339, such as 2026-05-01T12:00:00Z"));
                    filter = name == "from" ? filter with { From = instant } : filter with { To = instant };
                    break;
                case "sort":
                    if (text is not ("-createdAt" or "createdAt")) return context.Problem(Fields.Invalid("/sort", "takes -createdAt, createdAt"));
                    filter = filter with { IsAscending = text == "createdAt" };
                    break;
                case "cursor" or "limit": break;
                default: return context.Problem(Fields.Invalid($"/{name}", "is no parameter of this list; it takes status, from, to, sort, cursor and limit"));
            }
        }
        var after = context.Request.Query.ContainsKey("cursor") ? page.After : null;
        var rows = await queue.ListAsync(context.Tenant(), filter, after, page.Limit + 1, context.RequestAborted);
        return TypedResults.Ok(page.ToPage(rows, row => row.Puid));
    }

    private static async Task<IResult> SummariseAsync(HttpContext context, TransparencyQueue queue, TransparencyDatabaseOptions options, SubmissionBlock block)
    {
        var (pending, sent, parked) = await queue.CountAsync(context.Tenant(), context.RequestAborted);
        return TypedResults.Ok(new SubmissionSummary(options.Url is not null, block.Reason, pending, sent, parked));
    }

    private static async Task<IResult> RetryAsync(string puid, HttpContext context, DocumentStore store, TransparencyQueue queue)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (Fields.Id(puid, "/puid") is not null || await session.LoadAsync<StatementOfReasons>(puid, context.RequestAborted) is null) return context.Problem(new Rejection(StatementCodes.NotFound));
        TransparencyQueue.Requeue(session, puid);
        await session.SaveChangesAsync(context.RequestAborted);
        var (pending, sent, parked) = await queue.CountAsync(context.Tenant(), context.RequestAborted);
        return TypedResults.Ok(new SubmissionSummary(true, null, pending, sent, parked));
    }

    private static async Task<IResult> ReportAsync(int? year, HttpContext context, DocumentStore store, TransparencyQueue queue, TransparencyMapping mapping)
    {
        if (year is not (>= 2020 and <= 2037)) return context.Problem(Fields.Invalid("/year", "takes a year from 2020 to 2037"));
        await using var session = store.LightweightSession(context.Tenant());
        var statements = await session.QueryAsync<StatementOfReasons>(
            "where data ->> 'isForDatabase' = 'true' and data -> 'reasons' ->> 'appliesFrom' like ? order by id", [$"{year}-%"], context.RequestAborted);
        var told = await queue.ToldAsync(context.Tenant(), context.RequestAborted);
        var lines = TransparencyReport.Count(statements.Select(mapping.Payload));
        var delivered = statements.Where(statement => told.ContainsKey(statement.StatementId)).ToList();
        var differences = TransparencyReport.Differences(
            TransparencyReport.Count(delivered.Select(mapping.Payload)), TransparencyReport.Count(delivered.Select(statement => Read(told[statement.StatementId]))));
        context.Response.Headers["Reconciliation"] = differences.Count == 0 ? "agrees" : $"differs in {differences.Count}";
        return TypedResults.Text(TransparencyReport.Csv(year.Value, [.. lines, new ReportLine("told", "all", delivered.Count), .. differences.Select(difference => new ReportLine("difference", difference.Replace(',', ' '), 1))]), "text/csv");
    }

    private static TransparencyPayload Read(string json) => System.Text.Json.JsonSerializer.Deserialize<TransparencyPayload>(json, TransparencyPayload.Json)!;
}
