using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.SubmittingStatements;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.StatingReasons;

/// <summary>A statement of reasons in the reader's language.</summary>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
/// <param name="Parts">The parts that Article 17(3) asks for, by letter.</param>
/// <param name="EndedOn">Last day of the restriction, once it ended.</param>
public sealed record StatementAnswer(
    string StatementId, long Version, string CaseId, string MeasureId, string Language, IReadOnlyList<StatementPart> Parts, DateTimeOffset IssuedAt, string? Supersedes, DateOnly? EndedOn, bool IsForDatabase);

/// <summary>What was wrong in what the database is told.</summary>
public sealed record StatementCorrection(string? Actor, string? Why, DateOnly? ContentOn, string? Statement);

/// <summary>Reading statements of reasons, and putting right what the database is told of them.</summary>
internal static class StatementsEndpoint
{
    /// <summary><c>GET /v1/cases/{id}/statements-of-reasons</c>, <c>GET /v1/statements-of-reasons/{id}</c>, <c>POST …/{id}/correction</c>.</summary>
    public static void MapStatementsOfReasons(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/cases/{id}/statements-of-reasons", ListAsync).Requires(Permission.CasesRead).OfAccount(CaseCodes.NotFound, Belonging.AccusationAsync).WithTags("Statements of reasons").WithName("ListStatements").WithSummary("Statements of reasons of a case, in English or Chinese");
        var statements = app.MapGroup("/v1/statements-of-reasons").WithTags("Statements of reasons").Requires(Permission.CasesRead);
        statements.MapGet("{id}", GetAsync).WithName("GetStatement").WithSummary("A statement of reasons (DSA 17(3)) in English or Chinese");
        statements.MapPost("{id}/correction", CorrectAsync).WithName("CorrectStatement").WithSummary("Put right what the Transparency Database is told, and send it again").LimitBody();
    }

    private static async Task<IResult> ListAsync(string id, HttpContext context, DocumentStore store, TransparencyMapping mapping)
    {
        if (!Languages.TryRead(context, out var language, out var invalid)) return context.Problem(invalid!);
        await using var session = store.LightweightSession(context.Tenant());
        if (!CaseId.TryParse(id, out var caseId) || await session.LoadAsync<Projections.CaseView>(caseId.Value, context.RequestAborted) is null) return context.Problem(new Rejection(CaseCodes.NotFound));
        var statements = await session.QueryAsync<StatementOfReasons>("where data -> 'reasons' ->> 'caseId' = ? order by data ->> 'issuedAt', id", [caseId.Value], context.RequestAborted);
        return TypedResults.Ok(statements.Select(statement => Answer(statement, mapping, language)).ToList());
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store, TransparencyMapping mapping)
    {
        if (!Languages.TryRead(context, out var language, out var invalid)) return context.Problem(invalid!);
        await using var session = store.LightweightSession(context.Tenant());
        if (Fields.Id(id, "/id") is not null || await session.LoadAsync<StatementOfReasons>(id, context.RequestAborted) is not { } statement)
            return context.Problem(new Rejection(StatementCodes.NotFound));
        context.Response.SetVersion(statement.Version);
        return TypedResults.Ok(Answer(statement, mapping, language));
    }

    private static async Task<IResult> CorrectAsync(string id, StatementCorrection request, HttpContext context, DocumentStore store, TransparencyMapping mapping, TimeProvider time)
    {
        var refused = Fields.Id(request.Actor, "/actor") ?? (string.IsNullOrWhiteSpace(request.Why) ? Fields.Invalid("/why", "is missing") : Fields.Statement(request.Why, "/why")) ?? Fields.Statement(request.Statement, "/statement");
        if (refused is not null) return context.Problem(refused);
        await using var session = store.LightweightSession(context.Tenant());
        if (Fields.Id(id, "/id") is not null) return context.Problem(new Rejection(StatementCodes.NotFound));
        var stream = await session.Events.FetchForWriting<StatementStream>(StatementOfReasons.StreamPrefix + id, context.RequestAborted);
        if (stream.Events.Count == 0) return context.Problem(new Rejection(StatementCodes.NotFound));
        var statement = StatementStream.Fold(stream.Events);
        var facts = StatementDecider.Correct(statement, request.ContentOn, string.IsNullOrWhiteSpace(request.Statement) ? null : request.Statement.Trim(), context.Actor(request.Actor).Signature, request.Why!.Trim(), time.GetUtcNow());
        session.LastModifiedBy = context.Actor(request.Actor).Signature;
        stream.AppendMany(facts);
        foreach (var fact in facts) statement = StatementOfReasons.Evolve(statement, id, statement.Version + 1, fact);
        TransparencyQueue.Requeue(session, id);
        await session.SaveChangesAsync(context.RequestAborted);
        return TypedResults.Ok(Answer(statement, mapping, "en"));
    }

    private static StatementAnswer Answer(StatementOfReasons statement, TransparencyMapping mapping, string language) => new(
        statement.StatementId, statement.Version, statement.Reasons.CaseId, statement.Reasons.MeasureId, language, mapping.Say(statement.Reasons, language), statement.IssuedAt,
        statement.Supersedes, statement.EndedOn, statement.IsForDatabase);
}
