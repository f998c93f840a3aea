using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.Reporters;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.HearingPriority;

/// <summary>A paper that a party shows.</summary>
/// <param name="Kind">What it is, such as <c>Raw</c>, <c>Series</c>, <c>Certificate</c>.</param>
/// <param name="Sha256">Digest of the file in 64 lower-case hexadecimal digits.</param>
/// <param name="Number">Number of a certificate; only its digest is kept.</param>
public sealed record DocumentRequest(string? Kind, string? Sha256, string? Number);

/// <summary>What a party says about who had the picture first.</summary>
public sealed record HearingRequest(string? Actor, string? ReasonCode, string? Statement, IReadOnlyList<DocumentRequest?>? Documents) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>A person's decision about it.</summary>
/// <param name="Favours"><c>Complainant</c> or <c>Respondent</c>.</param>
public sealed record PriorityDecisionRequest(string? Actor, string? ReasonCode, string? Statement, string? Favours) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>A contradiction between a claim and the sealed history.</summary>
/// <param name="Signals">Codes of what speaks against a party, such as <c>Doc_Forged</c>.</param>
public sealed record PriorityAnswer(
    string CaseId, long Version, string Code, Sighting Complainant, Sighting Respondent, DateOnly ClaimedOn, DateTimeOffset HearUntil, IReadOnlyList<string> Heard, IReadOnlyList<string> Signals,
    Favoured? Favoured, bool WithholdsMeasure);

/// <summary>Hearing both sides of a contradiction, and deciding it.</summary>
internal static class PriorityEndpoint
{
    private const int MostDocuments = 100;

    /// <summary><c>/v1/cases/{id}/priority</c> and <c>/v1/cases/{id}/damage-ledger</c>.</summary>
    public static void MapPriority(this IEndpointRouteBuilder app)
    {
        var cases = app.MapGroup("/v1/cases/{id}").WithTags("Priority").Requires(Permission.CasesRead);
        cases.MapGet("priority", GetAsync).OfAccount(PriorityCodes.NotFound, Belonging.CaseAsync).WithName("GetPriority").WithSummary("Where the sealed history contradicts the claim, and who was heard");
        cases.MapPost("priority/hearing", HearAsync).Requires(Permission.CasesObject).OfAccount(PriorityCodes.NotFound, Belonging.CaseAsync).WithName("HearPriority").WithSummary("Answer the contradiction, as one of the two sides").LimitBody();
        cases.MapPost("priority/decision", DecideAsync).Requires(Permission.CasesDecide).WithName("DecidePriority").WithSummary("Decide who had the picture first, after both were heard or had their time").LimitBody();
        cases.MapGet("damage-ledger", LedgerAsync).OfAccount(CaseCodes.NotFound, Belonging.AccusationAsync).WithName("GetDamageLedger").WithSummary("How long the picture was down and what that cost, for claims over a wrong notice");
    }

    /// <summary>Why a measure is withheld; null when it is not.</summary>
    public static async Task<Rejection?> WithholdsAsync(DocumentSession session, CaseId id, CaseState state, IReadOnlyList<CaseEvent> facts, CancellationToken cancellationToken)
    {
        if (facts.OfType<CaseEvent.MeasureApplied>().FirstOrDefault(measure => measure.Cause is null) is not { } measure) return null;
        if (await session.Events.AggregateStreamAsync<Contradiction>(Contradiction.StreamPrefix + id.Value, cancellationToken: cancellationToken) is { } contradiction && contradiction.WithholdsMeasure(state.Complaints))
            return new Rejection(PriorityCodes.Contradiction, contradiction.Decision is null ? "Both sides are heard first, and a person decides." : "It was decided that the respondent had the picture first.");
        if (measure.Scope?.Automated != true) return null;
        if (await OwnershipConflicts.UndermineAsync(session, state, cancellationToken)) return new Rejection(PriorityCodes.Sampled, "The work looks like one that another account registered before it.");
        foreach (var complaint in state.Complaints)
        {
            if (complaint.ReportId is { } reference && await session.LoadAsync<ReporterFiling>(reference, cancellationToken) is { Lane: Lane.Sampled }) return new Rejection(PriorityCodes.Sampled);
        }
        return null;
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!CaseId.TryParse(id, out var caseId)) return context.Problem(new Rejection(CaseCodes.NotFound));
        var events = await session.Events.FetchStreamAsync(Contradiction.StreamPrefix + caseId.Value, cancellationToken: context.RequestAborted);
        if (events.Count == 0) return context.Problem(new Rejection(PriorityCodes.NotFound));
        context.Response.SetVersion(events.Count);
        return TypedResults.Ok(await AnswerAsync(session, caseId, events.Aggregate(Contradiction.Initial, (state, @event) => Contradiction.Evolve(state, @event.Data)), events.Count, context.RequestAborted));
    }

    private static async Task<IResult> HearAsync(string id, HearingRequest request, HttpContext context)
    {
        var documents = new List<ShownDocument>();
        if (request.Documents is { Count: > MostDocuments }) return context.Problem(Fields.Invalid("/documents", $"takes at most {MostDocuments} papers"));
        foreach (var (document, index) in (request.Documents ?? []).Select((document, index) => (document, index)))
        {
            var pointer = $"/documents/{index}";
            if (document is null || string.IsNullOrEmpty(document.Kind) || document.Sha256 is null == document.Number is null) return context.Problem(Fields.Invalid(pointer, "takes a kind, and either a sha256 or a number"));
            if ((Fields.Code(document.Kind, $"{pointer}/kind") ?? Fields.Id(document.Number, $"{pointer}/number")) is { } invalid) return context.Problem(invalid);
            if (document.Sha256 is { } digest && !Fields.IsDigest(digest)) return context.Problem(Fields.Invalid($"{pointer}/sha256", "takes 64 lower-case hexadecimal digits"));
            documents.Add(new ShownDocument(document.Kind, document.Sha256 ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document.Number!.Trim().ToUpperInvariant())))));
        }
        return await ChangeAsync(context, id, request, async (session, state, act) =>
        {
            var shown = new Dictionary<string, DocumentUse?>();
            foreach (var document in documents) shown[document.Digest] = await session.LoadAsync<DocumentUse>(document.Digest, context.RequestAborted);
            var (facts, code) = PriorityDecider.Hear(state, documents, document => shown[document.Digest] is { } use && use.AccountId != act.By, act);
            if (facts.Count == 0) return (facts, code);
            foreach (var document in documents.Where(document => shown[document.Digest] is null).DistinctBy(document => document.Digest)) session.Store(document.Digest, new DocumentUse(document.Digest, act.By));
            if (facts.OfType<PriorityEvent.DocumentReused>().FirstOrDefault() is { } reused) await SignalAsync(session, act.By, "Doc_Forged", reused.CaseId, act.At, context.RequestAborted);
            return (facts, code);
        });
    }

    private static Task<IResult> DecideAsync(string id, PriorityDecisionRequest request, HttpContext context) =>
        !Fields.TryChoice<Favoured>(request.Favours, "/favours", out var favoured, out var invalid)
            ? Task.FromResult(context.Problem(invalid!))
            : ChangeAsync(context, id, request, async (session, state, act) =>
            {
                var (facts, code) = PriorityDecider.Decide(state, favoured, act);
                // Without an account nobody has a reputation that could suffer.
                if (facts.Count > 0 && favoured == Favoured.Respondent && !state.Found!.Complainant.IsGuest) await SignalAsync(session, state.Found!.Complainant.AccountId, PriorityCodes.Contradiction, state.Found.CaseId, act.At, context.RequestAborted);
                return (facts, code);
            });

    private static async Task<IResult> ChangeAsync(
        HttpContext context, string id, StepRequest request, Func<DocumentSession, Contradiction, Act, Task<(IReadOnlyList<PriorityEvent> Events, string? Code)>> decide)
    {
        if (!CaseId.TryParse(id, out var caseId)) return context.Problem(new Rejection(PriorityCodes.NotFound));
        if (request.Check(context) is { } invalid) return context.Problem(invalid);
        if (string.IsNullOrEmpty(request.ReasonCode) || string.IsNullOrWhiteSpace(request.Statement)) return context.Problem(new Rejection(CaseCodes.ReasonMissing));
        var services = context.RequestServices;
        await using var session = services.GetRequiredService<DocumentStore>().LightweightSession(context.Tenant());
        var stream = await session.Events.FetchForWriting<Contradiction>(Contradiction.StreamPrefix + caseId.Value, context.RequestAborted);
        if (stream.CurrentVersion == 0) return context.Problem(new Rejection(PriorityCodes.NotFound));
        var precondition = context.Request.CheckVersion(stream.CurrentVersion);
        if (precondition is not null and not { Code: "Version_Stale" }) return context.Problem(precondition);
        var act = request.By(context.Actor(request.Actor), services.GetRequiredService<TimeProvider>().GetUtcNow());
        session.LastModifiedBy = act.Signature;
        var (facts, code) = await decide(session, stream.Aggregate, act);
        if (facts.Count > 0 && precondition is not null) return context.Problem(precondition);
        if (code is not null) return context.Problem(new Rejection(code));
        stream.AppendMany(facts);
        await session.SaveChangesAsync(context.RequestAborted);
        context.Response.SetVersion(stream.CurrentVersion + facts.Count);
        return TypedResults.Ok(await AnswerAsync(session, caseId, facts.Aggregate(stream.Aggregate, Contradiction.Evolve), stream.CurrentVersion + facts.Count, context.RequestAborted));
    }

    private static async Task SignalAsync(DocumentSession session, string accountId, string signal, string caseId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var stream = await session.Events.FetchForWriting<Reporter>(Reporter.StreamPrefix + accountId, cancellationToken);
        stream.AppendMany(ReporterDecider.Signal(stream.Aggregate, accountId, signal, caseId, at));
    }

    private static async Task<IResult> LedgerAsync(string id, string? salesPerHour, string? currency, HttpContext context, DocumentStore store, TimeProvider time)
    {
        if (!CaseId.TryParse(id, out var caseId)) return context.Problem(new Rejection(CaseCodes.NotFound));
        if (!decimal.TryParse(salesPerHour, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var sales) || sales > 1_000_000_000) return context.Problem(Fields.Invalid("/salesPerHour", "takes an amount of money"));
        if (currency is not { Length: 3 } || !Money.IsCurrency(currency)) return context.Problem(Fields.Invalid("/currency", "takes an ISO 4217 code"));
        await using var session = store.LightweightSession(context.Tenant());
        var events = await session.Events.FetchStreamAsync(caseId.StreamKey, cancellationToken: context.RequestAborted);
        if (events.Count == 0) return context.Problem(new Rejection(CaseCodes.NotFound));
        return TypedResults.Ok(DamageLedger.Of(caseId.Value, [.. events.Select(@event => (CaseEvent)@event.Data)], sales, currency, time.GetUtcNow()));
    }

    private static async Task<PriorityAnswer> AnswerAsync(DocumentSession session, CaseId id, Contradiction state, long version, CancellationToken cancellationToken)
    {
        var dispute = await session.Events.AggregateStreamAsync<CaseState>(id.StreamKey, cancellationToken: cancellationToken);
        return new PriorityAnswer(
            state.Found!.CaseId, version, PriorityCodes.Contradiction, state.Found.Complainant, state.Found.Respondent, state.Found.ClaimedOn, state.Found.HearUntil,
            [.. state.Heard.Select(heard => heard.AccountId).Distinct()], [.. state.Reused.Select(_ => "Doc_Forged").Distinct()], state.Decision?.Favoured, state.WithholdsMeasure(dispute?.Complaints ?? []));
    }
}
