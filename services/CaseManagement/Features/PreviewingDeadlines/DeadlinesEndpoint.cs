using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using NodaTime;

namespace ImageRights.CaseManagement.Features.PreviewingDeadlines;

/// <summary>What happens by itself if nobody does anything.</summary>
/// <param name="At">When.</param>
/// <param name="Rule">The clock.</param>
/// <param name="Kind">Whether it warns, has its effect or runs out.</param>
/// <param name="Item">Where the picture stands then.</param>
public sealed record Otherwise(Moment At, string Rule, LogKind Kind, IReadOnlyList<Effect> Effects, ItemStatus Item, string? Source);

/// <summary>A case's terms, for both parties alike.</summary>
/// <param name="Regime">Name and version of the pack.</param>
/// <param name="Now">The clock that all of this is reckoned by.</param>
/// <param name="Item">Where the picture stands.</param>
/// <param name="Deadlines">Every term that was started, those that still run first.</param>
/// <param name="Otherwise">What follows by itself, in order.</param>
/// <param name="Unconfirmed">What in the pack is not certain.</param>
/// <param name="ConflictsWith">Packs whose rules contradict this one on the same facts.</param>
public sealed record CaseDeadlines(
    string CaseId, long Version, string Regime, Words Title, string Zone, string Calendar, Moment Now, ItemStatus Item, IReadOnlyList<SimulatedDeadline> Deadlines,
    IReadOnlyList<Otherwise> Otherwise, IReadOnlyList<string> Unconfirmed, IReadOnlyList<string> ConflictsWith);

/// <summary>An instant to suppose, and the steps to suppose then.</summary>
/// <param name="At">Now when it is left out.</param>
/// <param name="Facts">Facts of the packs; all that the case's regime has a rule for when they are left out.</param>
public sealed record WhatIfRequest(DateTimeOffset? At, IReadOnlyList<string?>? Facts);

/// <summary>What one step would change.</summary>
/// <param name="Fact">The step.</param>
/// <param name="Accepted">Whether the regime would take it.</param>
/// <param name="Refusals">Why not.</param>
/// <param name="Needs">Elements that its form asks for.</param>
/// <param name="Item">Where the picture would stand.</param>
/// <param name="Starts">Terms that it would start, or make longer.</param>
/// <param name="Ends">Rules of terms that it would meet or stop.</param>
/// <param name="Otherwise">What would follow by itself then.</param>
public sealed record Supposition(
    string Fact, Words Text, bool Accepted, IReadOnlyList<Refusal> Refusals, IReadOnlyList<string> Needs, string? Rule, string? Source, ItemStatus Item,
    IReadOnlyList<SimulatedDeadline> Starts, IReadOnlyList<string> Ends, IReadOnlyList<Otherwise> Otherwise);

/// <summary>What each step would change at an instant.</summary>
public sealed record WhatIf(string CaseId, long Version, string Regime, Moment At, ItemStatus Item, IReadOnlyList<Supposition> Steps);

/// <summary>Deadlines before they pass, and what each step would do to them. Nothing is stored.</summary>
internal static class DeadlinesEndpoint
{
    private const int MostFacts = 60;

    /// <summary>Who the packs expect to say what; anybody else's word for it is no fact.</summary>
    private static readonly Dictionary<string, string> Speakers = new() { ["NoticeRetracted"] = "complainant", ["CounterNoticeReceived"] = "respondent" };

    /// <summary><c>GET /v1/cases/{id}/deadlines</c>, <c>POST /v1/cases/{id}/what-if</c>.</summary>
    public static void MapDeadlines(this IEndpointRouteBuilder app)
    {
        var cases = app.MapGroup("/v1/cases").WithTags("Cases").Requires(Permission.CasesRead);
        cases.MapGet("{id}/deadlines", GetAsync).OfAccount(CaseCodes.NotFound, Belonging.CaseAsync).WithName("GetCaseDeadlines").WithSummary("Every term of a case, in English or Chinese: by when, by which rule, and what happens otherwise");
        cases.MapPost("{id}/what-if", SupposeAsync).OfAccount(CaseCodes.NotFound, Belonging.CaseAsync).WithName("WhatIf").WithSummary("What each step would change, now or at another instant; stores nothing").LimitBody();
    }

    private static async Task<IResult> GetAsync(string id, string? at, HttpContext context, MessageBook book)
    {
        if (!Languages.TryRead(context, out var language, out var unknown)) return context.Problem(unknown!);
        DateTimeOffset? then = null;
        if (at is not null)
        {
            if (!PageRequest.TryReadInstant(at, out var instant) || !Fields.IsInRange(instant)) return context.Problem(Fields.Invalid("/at", "takes an instant of RFC 3339 between 2000 and 2100, such as 2026-11-20T08:30:00Z"));
            then = instant;
        }
        if (await LoadAsync(id, context, then) is not { } found) return context.Problem(new Rejection(CaseCodes.NotFound));
        if (found.Proceeding is not { } proceeding) return context.Problem(new Rejection(CaseCodes.StepNotProvided, "The case follows the house regime, which has no terms."));
        context.Response.SetVersion(found.Version);
        var (pack, zone) = (proceeding.Pack, proceeding.Settings.Zone);
        return TypedResults.Ok(new CaseDeadlines(
            id, found.Version, pack.Id, pack.Title, zone.Id, proceeding.Settings.Calendar.Name, Moment.Of(found.Now, zone)!, ItemOf(proceeding.Law),
            [.. proceeding.Clocks.OrderBy(clock => clock.Status != ClockStatus.Running).ThenBy(clock => clock.Ends ?? Instant.MaxValue).Select(clock => SimulatedDeadline.Of(clock, zone, language) with { InPlainWords = Plain(clock) })],
            Follow(proceeding, found.Rules, found.Now), pack.Unconfirmed, pack.ConflictsWith ?? []));

        PlainTerm? Plain(RunningClock clock) => book.Terms.TryGetValue(clock.Clock.Id, out var words) ? new(words.What.In(language), words.Otherwise.In(language)) : null;
    }

    private static async Task<IResult> SupposeAsync(string id, WhatIfRequest request, HttpContext context)
    {
        if (!Languages.TryRead(context, out var language, out var unknown)) return context.Problem(unknown!);
        if (await LoadAsync(id, context) is not { } found) return context.Problem(new Rejection(CaseCodes.NotFound));
        if (found.Proceeding is not { } proceeding) return context.Problem(new Rejection(CaseCodes.StepNotProvided, "The case follows the house regime, which has no terms."));
        var catalogue = found.Rules.Catalogue;
        if (request.Facts is { } asked && (asked.Count is 0 or > MostFacts || asked.Any(fact => fact is null || !catalogue.Facts.ContainsKey(fact))))
            return context.Problem(new Rejection(RegimeCodes.FactUnknown, $"Facts are {string.Join(", ", catalogue.Facts.Keys)}.", "/facts"));
        var at = request.At is { } given ? Instant.FromDateTimeOffset(given) : found.Now;
        if (at < found.Now || !Fields.IsInRange(at.ToDateTimeOffset())) return context.Problem(Fields.Invalid("/at", "takes an instant that is not past, before 2100"));
        var procedure = new Procedure(proceeding.Pack, proceeding.Settings, catalogue.Codes);
        // What is due until then has happened by then.
        var then = proceeding with { Law = procedure.Advance(proceeding.Law, at) };
        var facts = request.Facts?.OfType<string>() ?? proceeding.Pack.Steps.Select(step => step.On).Where(fact => fact is not ("NoticeReceived" or "NoticeCorrected")).Append(Procedure.Extended);
        context.Response.SetVersion(found.Version);
        return TypedResults.Ok(new WhatIf(
            id, found.Version, proceeding.Pack.Id, Moment.Of(at, proceeding.Settings.Zone)!, ItemOf(then.Law),
            [.. facts.Distinct().SelectMany(fact => ToldAs(then.Law, fact, at)).Select(told => Suppose(then, told, found.Rules, procedure, language))]));
    }

    /// <summary>A fact as it would be told; of an extension one for each term that still can be made longer, by as much as it can.</summary>
    private static IEnumerable<Fact> ToldAs(ProcedureState law, string fact, Instant at) => fact != Procedure.Extended
        ? [new Fact(fact, at, Speakers.GetValueOrDefault(fact), [])]
        : law.Clocks.Where(clock => clock.Clock.Extension is not null && clock.ExtendedBy is null && clock.IsRunningAt(at)).DistinctBy(clock => clock.Clock.Id)
            .Select(clock => new Fact(fact, at, null, []) { Rule = clock.Clock.Id, Days = clock.Clock.Extension!.Max });

    private static Supposition Suppose(Proceeding then, Fact told, CaseRules rules, Procedure procedure, string language)
    {
        var (fact, at) = (told.Name, told.At);
        var judgement = procedure.Judge(then.Law, told);
        var after = judgement.Codes.Count > 0 || !judgement.IsRegulated ? then.Law : procedure.Apply(then.Law, told);
        var before = then.Law.Clocks.Where(clock => clock.Status == ClockStatus.Running).ToList();
        var form = then.Pack.Forms.FirstOrDefault(form => form.Name == judgement.Step?.Form);
        return new Supposition(
            fact, judgement.Step?.Text ?? rules.Catalogue.Facts[fact], judgement.IsRegulated && judgement.Codes.Count == 0,
            [.. judgement.Codes.Select(code => new Refusal(code, new Words(rules.Catalogue.Codes[code].En, rules.Catalogue.Codes[code].Zh), rules.Catalogue.Codes[code].Curable))],
            [.. form?.Fields.Where(field => field.Code is not null).Select(field => field.Name) ?? []], judgement.Step?.Rule, judgement.Step?.Source, ItemOf(after),
            [.. after.Clocks.Where(clock => clock.Status == ClockStatus.Running && !then.Law.Clocks.Contains(clock)).Select(clock => SimulatedDeadline.Of(clock, then.Settings.Zone, language))],
            [.. before.Where(clock => !after.Clocks.Any(now => now.Clock.Id == clock.Clock.Id && now.StartedAt == clock.StartedAt && now.Status == ClockStatus.Running)).Select(clock => clock.Clock.Id)],
            Follow(then with { Law = after }, rules, at));
    }

    /// <summary>Lets the clocks run out, one after the other.</summary>
    private static IReadOnlyList<Otherwise> Follow(Proceeding proceeding, CaseRules rules, Instant from)
    {
        var (procedure, state, zone) = (new Procedure(proceeding.Pack, proceeding.Settings, rules.Catalogue.Codes), proceeding.Law, proceeding.Settings.Zone);
        var follows = new List<Otherwise>();
        while (state.Clocks.Select(clock => clock.Next).OfType<Instant>().Order().Cast<Instant?>().FirstOrDefault() is { } next)
        {
            var known = state.Entries.Count;
            state = procedure.Advance(state, next);
            // Terms of both parties that run out together are one thing that happens.
            follows.AddRange(state.Entries.Skip(known).DistinctBy(entry => (entry.At, entry.Kind, entry.Name)).Select(entry => new Otherwise(Moment.Of(Instant.Max(entry.At, from), zone)!, entry.Name, entry.Kind, entry.Effects, ItemOf(state), entry.Source)));
        }
        return follows;
    }

    private static ItemStatus ItemOf(ProcedureState state) => !state.IsDown ? ItemStatus.Live : state.IsHeld ? ItemStatus.HeldDown : ItemStatus.Down;

    /// <param name="at">A past instant to look at it from; now when it is left out.</param>
    private static async Task<Found?> LoadAsync(string id, HttpContext context, DateTimeOffset? at = null)
    {
        if (!CaseId.TryParse(id, out var caseId)) return null;
        var (store, rules) = (context.RequestServices.GetRequiredService<DocumentStore>(), context.RequestServices.GetRequiredService<CaseRules>());
        await using var session = store.LightweightSession(context.Tenant());
        var events = await session.Events.FetchStreamAsync(caseId.StreamKey, timestamp: at, cancellationToken: context.RequestAborted);
        return events.Count == 0 ? null : new Found(
            Proceeding.Of(events.Select(e => (CaseEvent)e.Data), rules.Catalogue), events[^1].Version, rules,
            Instant.FromDateTimeOffset(at ?? context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()));
    }

    private sealed record Found(Proceeding? Proceeding, long Version, CaseRules Rules, Instant Now);
}
