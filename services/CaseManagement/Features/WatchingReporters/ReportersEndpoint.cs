using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Reporters;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.WatchingReporters;

/// <summary>A reporter as operators see him.</summary>
/// <param name="Version">Entity tag; 0 while nothing was decided about him.</param>
/// <param name="Lane">How his complaints are taken: <c>Fast</c> or <c>Ordinary</c>.</param>
/// <param name="LinkedAccounts">Accounts with the same payout or device.</param>
public sealed record ReporterAnswer(
    string AccountId, long Version, Lane Lane, Score Score, int Unfounded, int Complaints, DateTimeOffset? ReadmissionFrom, IReadOnlyList<string> Signals, ReporterEvent.MisuseWarned? Warning,
    ReporterEvent.SuspensionProposed? Proposal, ReporterEvent.ReporterSuspended? Suspension, bool IsSuspended, bool IsAppealPending, IReadOnlyList<string> LinkedAccounts);

/// <summary>Digests by which accounts that belong together are found.</summary>
/// <param name="PayoutHash">SHA-256 in 64 hexadecimal digits; null when it is not known.</param>
/// <param name="DeviceHash">The same of the device.</param>
public sealed record LinkRequest(string? PayoutHash, string? DeviceHash);

/// <summary>A suspension as a person decides it.</summary>
/// <param name="Until">When it ends.</param>
/// <param name="Gravity">Gravity of the misuse and its consequences.</param>
/// <param name="Intent">What can be known of intent.</param>
public sealed record SuspensionRequest(string? Actor, string? ReasonCode, string? Statement, DateTimeOffset? Until, string? Gravity, string? Intent) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>The answer to an appeal.</summary>
/// <param name="Lift">Whether the suspension ends.</param>
public sealed record AppealDecisionRequest(string? Actor, string? ReasonCode, string? Statement, bool? Lift) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Reading reporters and deciding about them.</summary>
internal static class ReportersEndpoint
{
    internal static readonly ListShape<ReporterView> Shape = new ListShape<ReporterView>(view => view.AccountId)
        .Sorted("changedAt", "changedAt", view => view.ChangedAt)
        .By("status", "Takes", ReporterView.States, "data ->> 'state' = ?", alias: "state");

    /// <summary><c>/v1/reporters</c>.</summary>
    public static void MapReporters(this IEndpointRouteBuilder app)
    {
        var reporters = app.MapGroup("/v1/reporters").WithTags("Reporters").Requires(Permission.ReportersRead);
        reporters.MapList("", Shape).WithName("ListReporters").WithSummary("Reporters about whom something was decided, by state");
        reporters.MapGet("{accountId}", GetAsync).WithName("GetReporter").WithSummary("A reporter: score, lane, warning, suspension, linked accounts");
        reporters.MapPost("{accountId}/links", LinkAsync).Requires(Permission.ReportersDecide).WithName("LinkReporter").WithSummary("Say by digests of payout and device which accounts belong together").LimitBody();
        reporters.MapPost("{accountId}/suspension", (string accountId, SuspensionRequest request, HttpContext context, ReporterPolicies policies) => DecideAsync(
                context, accountId, request, (reporter, act) => ReporterDecider.Suspend(reporter, accountId, request.Gravity?.Trim() ?? "", request.Intent?.Trim() ?? "", request.Until ?? default, policies.Of(context.Tenant()), act),
                Fields.Statement(request.Gravity, "/gravity") ?? Fields.Statement(request.Intent, "/intent") ?? (request.Until is null ? Fields.Invalid("/until", "is missing") : null)))
            .Requires(Permission.ReportersDecide).WithName("SuspendReporter").WithSummary("Suspend a reporter for a time, after a warning and with the four factors of DSA 23(3)").LimitBody();
        reporters.MapPost("{accountId}/suspension/appeal", (string accountId, StepRequest request, HttpContext context) => DecideAsync(
                context, accountId, request, (reporter, act) => ReporterDecider.Appeal(reporter, accountId, act)))
            .Requires(Permission.CasesReport).OfAccount("Not_Found", (_, id, account, _) => Task.FromResult(id == account), "accountId").WithName("AppealSuspension").WithSummary("Appeal against the suspension, by the reporter himself").LimitBody();
        reporters.MapPost("{accountId}/suspension/decision", (string accountId, AppealDecisionRequest request, HttpContext context) => DecideAsync(
                context, accountId, request, (reporter, act) => ReporterDecider.DecideAppeal(reporter, accountId, request.Lift == true, act), request.Lift is null ? Fields.Invalid("/lift", "is missing") : null))
            .Requires(Permission.ReportersDecide).WithName("DecideSuspensionAppeal").WithSummary("Answer the appeal, by another person than who suspended").LimitBody();
    }

    private static async Task<IResult> GetAsync(string accountId, HttpContext context, DocumentStore store, ReporterPolicies policies, TimeProvider time)
    {
        if (Fields.Id(accountId, "/accountId", required: true) is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        var events = await session.Events.FetchStreamAsync(Reporter.StreamPrefix + accountId, cancellationToken: context.RequestAborted);
        context.Response.SetVersion(events.Count);
        var reporter = events.Aggregate(Reporter.Initial, (state, @event) => Reporter.Evolve(state, @event.Data));
        return TypedResults.Ok(await AnswerAsync(session, accountId, events.Count, reporter, policies.Of(session.TenantId), time.GetUtcNow(), context.RequestAborted));
    }

    private static async Task<IResult> LinkAsync(string accountId, LinkRequest request, HttpContext context, DocumentStore store, ReporterPolicies policies, TimeProvider time)
    {
        var invalid = Fields.Id(accountId, "/accountId", required: true) ?? Digest(request.PayoutHash, "/payoutHash") ?? Digest(request.DeviceHash, "/deviceHash");
        if (invalid is not null) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        session.Store(accountId, new ReporterLink(accountId, request.PayoutHash, request.DeviceHash));
        await session.SaveChangesAsync(context.RequestAborted);
        return await GetAsync(accountId, context, store, policies, time);
    }

    private static async Task<IResult> DecideAsync(HttpContext context, string accountId, StepRequest request, Func<Reporter, Act, ReporterDecision> decide, Rejection? further = null)
    {
        if ((Fields.Id(accountId, "/accountId", required: true) ?? request.Check(context) ?? further) is { } invalid) return context.Problem(invalid);
        if (string.IsNullOrEmpty(request.ReasonCode) || string.IsNullOrWhiteSpace(request.Statement)) return context.Problem(new Rejection(CaseCodes.ReasonMissing));
        var services = context.RequestServices;
        var (store, time, policies) = (services.GetRequiredService<DocumentStore>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ReporterPolicies>());
        await using var session = store.LightweightSession(context.Tenant());
        var stream = await session.Events.FetchForWriting<Reporter>(Reporter.StreamPrefix + accountId, context.RequestAborted);
        var precondition = context.Request.CheckVersion(stream.CurrentVersion);
        if (precondition is not null and not { Code: "Version_Stale" }) return context.Problem(precondition);
        var act = request.By(context.Actor(request.Actor), time.GetUtcNow());
        session.LastModifiedBy = act.Signature;
        var decision = decide(stream.Aggregate, act);
        if (decision.Code is null && decision.Events.Count > 0 && precondition is not null) return context.Problem(precondition);
        if (decision.Code is not null) return context.Problem(new Rejection(decision.Code, decision.Detail));
        stream.AppendMany(decision.Events);
        await session.SaveChangesAsync(context.RequestAborted);
        var reporter = decision.Events.Aggregate(stream.Aggregate, Reporter.Evolve);
        var version = stream.CurrentVersion + decision.Events.Count;
        context.Response.SetVersion(version);
        return TypedResults.Ok(await AnswerAsync(session, accountId, version, reporter, policies.Of(session.TenantId), act.At, context.RequestAborted));
    }

    private static async Task<ReporterAnswer> AnswerAsync(DocumentSession session, string accountId, long version, Reporter reporter, ReporterPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var outcomes = await session.QueryAsync<ComplaintOutcome>("where data ->> 'accountId' = ?", [accountId], cancellationToken);
        var tally = ComplaintOutcome.Count(outcomes, reporter, policy, now);
        var group = await ReporterGate.GroupAsync(session, accountId, cancellationToken);
        return new ReporterAnswer(
            accountId, version, reporter.IsFast ? Lane.Fast : Lane.Ordinary, tally.Score, tally.Unfounded, tally.Complaints, reporter.ReadmissionFrom, [.. reporter.Signals.Select(signal => signal.Signal).Distinct()],
            reporter.Warning, reporter.Proposal, reporter.Suspension, reporter.IsSuspended(now), reporter.Appeal is not null && !reporter.IsAppealDecided, [.. group.Where(each => each != accountId).Order(StringComparer.Ordinal)]);
    }

    private static Rejection? Digest(string? value, string pointer) =>
        value is null || Fields.IsDigest(value) ? null : Fields.Invalid(pointer, "takes a SHA-256 in 64 lower-case hexadecimal digits");
}
