using System.Diagnostics;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Features.StatingReasons;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Telemetry;

namespace ImageRights.CaseManagement.Features;

/// <summary>Who takes a step, and why.</summary>
/// <param name="Actor">Account or reviewer that a program acts for; of a person it is the token that says who he is, and this is not looked at.</param>
/// <param name="ReasonCode">Stable code of the ground.</param>
/// <param name="Statement">The ground in the actor's words.</param>
public record StepRequest(string? Actor, string? ReasonCode, string? Statement)
{
    /// <summary>The act that is asked for.</summary>
    internal Act By(Actor actor, DateTimeOffset at) => new(actor.Id, ReasonCode ?? "", Statement?.Trim() ?? "", at, actor.Through);

    internal Rejection? Check(HttpContext context) =>
        Fields.Id(Actor, "/actor") ?? Fields.Code(ReasonCode, "/reasonCode") ?? Fields.Statement(Statement, "/statement") ?? (Actor is null ? null : context.CheckAccount(Actor, "/actor"));
}

/// <summary>The way of every step on a case: load, decide, append under the version that the caller saw, answer the case.</summary>
internal static class StepHandling
{
    internal static readonly ActivitySource Activities = new("ImageRights.CaseManagement");

    // The body of a step is a few ids and at most 4,000 characters of statement.
    private const int LargestBody = 64 * 1024;
    private const int Attempts = 8;

    /// <summary>Maps <c>POST /v1/cases/{id}/{noun}</c>.</summary>
    public static void MapStep(this IEndpointRouteBuilder app, CaseStep step, string summary, Delegate handler) => app
        .MapPost($"/v1/cases/{{id}}/{NextSteps.Noun(step)}", handler)
        .Requires(PermissionOf(step)).WithTags("Cases").WithName(step.ToString()).WithSummary(summary).LimitBody()
        .ForParties(step);

    // The steps that are parties' own; whether this one may take it now is for the law of the case.
    private static RouteHandlerBuilder ForParties(this RouteHandlerBuilder route, CaseStep step) =>
        PermissionOf(step) is Permission.CasesObject or Permission.CasesReport ? route.OfAccount(CaseCodes.NotFound, Belonging.CaseAsync) : route;

    private static Permission PermissionOf(CaseStep step) => step switch
    {
        CaseStep.CounterNotice or CaseStep.Complaint or CaseStep.Appeal or CaseStep.Objection or CaseStep.Change => Permission.CasesObject,
        CaseStep.Retraction => Permission.CasesReport,
        CaseStep.Settlement => Permission.CasesSettle,
        _ => Permission.CasesDecide,
    };

    /// <summary>Refuses bodies that no request here has.</summary>
    public static RouteHandlerBuilder LimitBody(this RouteHandlerBuilder route) => route.WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(LargestBody));

    /// <summary>Refuses a request.</summary>
    public static IResult Refuse(this HttpContext context, Rejection rejection) => context.Problem(rejection);

    /// <summary>Records a step that only regimes of law know.</summary>
    /// <param name="beside">What is stored with the fact, if anything.</param>
    public static Task<IResult> TakeStepAsync(
        this HttpContext context, string id, StepRequest request, CaseStep step, string fact, Particulars particulars, bool automated = false, Action<DocumentSession>? beside = null) =>
        // What a program does in its own name no person did.
        context.TakeStepAsync(id, request, _ => act => new CaseCommand.TakeStep(
            step, fact, $"msr_{Guid.CreateVersion7():N}", particulars with { OccurredAt = particulars.OccurredAt?.ToUniversalTime() }, automated || context.Actor(request.Actor).IsProgram, act), beside);

    /// <summary>Takes a step that needs nothing of the case's state.</summary>
    public static Task<IResult> TakeStepAsync(this HttpContext context, string id, StepRequest request, Func<Act, CaseCommand> command) =>
        context.TakeStepAsync(id, request, _ => command);

    /// <summary>Takes a step. An act that is recorded already is answered with the case as it is, also under an older entity tag:
    /// the change was made and only its answer was lost (RFC 9110, 13.1.1).</summary>
    /// <param name="beside">What is stored with the facts, if there are any.</param>
    public static async Task<IResult> TakeStepAsync(
        this HttpContext context, string id, StepRequest request, Func<CaseState, Func<Act, CaseCommand>> command, Action<DocumentSession>? beside = null)
    {
        if (!CaseId.TryParse(id, out var caseId)) return context.Problem(new Rejection(CaseCodes.NotFound));
        if (request.Check(context) is { } invalid) return context.Problem(invalid);
        var act = request.By(context.Actor(request.Actor), context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        var store = context.RequestServices.GetRequiredService<DocumentStore>();
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(context.Tenant());
            session.LastModifiedBy = act.Signature;
            try
            {
                return await context.CreateOnceAsync(session, request, () => DecideAsync(context, session, caseId, state => command(state)(act), beside));
            }
            catch (ConcurrencyException) when (attempt < Attempts)
            {
                // The other writer may have recorded this very act; looking again tells.
            }
        }
    }

    private static async Task<CreateOutcome> DecideAsync(
        HttpContext context, DocumentSession session, CaseId id, Func<CaseState, CaseCommand> asked, Action<DocumentSession>? beside)
    {
        using var activity = Activities.StartActivity("decide");
        activity?.About(id.Value);
        var stream = await session.Events.FetchForWriting<CaseState>(id.StreamKey, context.RequestAborted);
        if (stream.CurrentVersion == 0) return new Rejection(CaseCodes.NotFound);
        var precondition = context.Request.CheckVersion(stream.CurrentVersion);
        if (precondition is not null and not { Code: "Version_Stale" }) return precondition;
        var command = asked(stream.Aggregate);
        if (activity is not null) activity.DisplayName = $"decide {NextSteps.Noun(command.Step)}";
        var rules = context.RequestServices.GetRequiredService<CaseRules>();
        var decision = rules.Decide(stream.Aggregate, command);
        var isRecorded = decision.Code is null && decision.Events.Count == 0;
        if (!isRecorded && precondition is not null) return precondition;
        activity?.SetTag("imagerights.decision.code", decision.Code ?? (isRecorded ? "recorded" : "decided"));
        if (decision.Code is not null) return new Rejection(decision.Code, decision.Detail);
        if (await PriorityEndpoint.WithholdsAsync(session, id, stream.Aggregate, decision.Events, context.RequestAborted) is { } withheld) return withheld;
        if (await ReporterGate.WithholdsAsync(session, decision.Events, context.RequestAborted) is { } suspended) return suspended;
        stream.AppendMany(decision.Events);
        await context.RequestServices.GetRequiredService<Stating>().AccompanyAsync(session, id, stream.Aggregate.History, decision.Events, context.RequestAborted);
        if (!isRecorded) beside?.Invoke(session);
        var view = stream.Events.Aggregate((CaseView?)null, CaseView.Evolve)!;
        foreach (var fact in decision.Events) view = CaseView.Evolve(view, id, view.Version + 1, fact);
        return new CreateOutcome(StatusCodes.Status200OK, null, new CaseResource(view, rules.Catalogue), view.Version);
    }
}
