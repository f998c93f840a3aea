using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.RegimeChoices;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using NodaTime;
using Location = ImageRights.CaseManagement.Cases.Location;
using Notice = ImageRights.CaseManagement.Notices.Notice;

namespace ImageRights.CaseManagement.Features.Noticing;

/// <summary>Rights that a notice can rest on.</summary>
public enum NoticeRight
{
    /// <summary>Copyright in a picture.</summary>
    Copyright,

    /// <summary>A trade mark; another form's matter.</summary>
    Trademark,

    /// <summary>A registered design; another form's matter.</summary>
    Design,
}

/// <summary>A picture that a notice names.</summary>
/// <param name="ImageId">Its id here.</param>
/// <param name="Url">Its exact address, where the id is not known.</param>
public sealed record NoticeItem(string? ImageId, string? Url);

/// <summary>A notice under a regime.</summary>
/// <param name="Regime">Name of a pack, or name and version; what the tenant chose for the jurisdiction when it is left out.</param>
/// <param name="Elements">The form's elements by name, in the complainant's words. They are kept apart from the record.</param>
/// <param name="FirstPublishedOn">Day on which, as the complainant says, the work was first published or made; it is compared with the sealed history.</param>
/// <param name="AuthorityUntil">Last day of an agent's power of attorney; null for somebody who acts for himself.</param>
/// <param name="Jurisdiction">Where the law is to be looked for when no regime is named, such as <c>US</c>, <c>EU</c> or <c>CN</c>.</param>
public sealed record NoticeRequest(
    string? Regime, string? ComplainantAccountId, string? WorkId, string? RightType, IReadOnlyDictionary<string, string?>? Elements, IReadOnlyList<NoticeItem?>? Items, LocalDate? AuthorityUntil,
    string? Jurisdiction = null, LocalDate? FirstPublishedOn = null);

/// <summary>Elements supplied later.</summary>
public sealed record CorrectionRequest(IReadOnlyDictionary<string, string?>? Elements);

/// <summary>What a notice lacks, in words.</summary>
/// <param name="Example">What a right answer looks like; null where no element is at fault.</param>
public sealed record MissingPart(string? Field, string Code, Words Text, string? Meaning, Words? Example, bool Curable, string Basis);

/// <summary>A notice and what comes next.</summary>
/// <param name="CorrectBefore">Until when a correction counts under the first receipt.</param>
/// <param name="Cases">Cases that its pictures are in; a picture without one is not known here.</param>
public sealed record NoticeAnswer(
    string NoticeId, string Regime, NoticeState State, DateTimeOffset ReceivedAt, IReadOnlyList<MissingPart> Missing, Moment? CorrectBefore, string? LastDay, IReadOnlyList<NoticeCase> Cases);

/// <summary>Where one picture's complaint went.</summary>
/// <param name="Code">Why it went nowhere.</param>
public sealed record NoticeCase(string ImageId, string? CaseId, string? Code);

/// <summary>Giving notice under a regime.</summary>
internal static class NoticeEndpoint
{
    private const int Attempts = 5;
    private const int MostItems = 1000;

    /// <summary><c>POST /v1/notices</c>, <c>POST /v1/notices/{id}/correction</c>, <c>GET /v1/notices/{id}</c>.</summary>
    public static void MapNotices(this IEndpointRouteBuilder app)
    {
        var notices = app.MapGroup("/v1/notices").WithTags("Notices").Requires(Permission.CasesReport);
        notices.MapPost("", (NoticeRequest request, HttpContext context) => TryAsync(context, request, session => ReceiveAsync(context, session, request)))
            .HoldsToAccount().WithName("GiveNotice").WithSummary("Give notice under a regime; each missing element is answered with its code").LimitBody();
        notices.MapPost("{id}/correction", (string id, CorrectionRequest request, HttpContext context) => TryAsync(context, request, session => CorrectAsync(context, session, id, request)))
            .OfAccount(RegimeCodes.NoticeNotFound, Belonging.NoticeAsync).WithName("CorrectNotice").WithSummary("Supply missing elements under the first receipt").LimitBody();
        notices.MapGet("{id}", GetAsync).Requires(Permission.CasesRead).OfAccount(RegimeCodes.NoticeNotFound, Belonging.NoticeAsync).WithName("GetNotice").WithSummary("A notice, what it lacks and until when");
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store, RegimeCatalogue catalogue)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!IsId(id) || await session.LoadAsync<NoticeView>(id, context.RequestAborted) is not { } view) return context.Problem(new Rejection(RegimeCodes.NoticeNotFound));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok(Answer(view, catalogue, await FiledAsync(session, view, context.RequestAborted)));
    }

    private static async Task<IResult> TryAsync(HttpContext context, object request, Func<DocumentSession, Task<CreateOutcome>> attempt)
    {
        var store = context.RequestServices.GetRequiredService<DocumentStore>();
        for (var tries = 1; ; tries++)
        {
            await using var session = store.LightweightSession(context.Tenant());
            try
            {
                return await context.CreateOnceAsync(session, request, () => attempt(session));
            }
            catch (Exception failure) when (Intake.LostRace(failure))
            {
                if (tries == Attempts) return context.Problem(new Rejection("Version_Conflict"));
            }
        }
    }

    private static async Task<CreateOutcome> ReceiveAsync(HttpContext context, DocumentSession session, NoticeRequest request)
    {
        var (catalogue, now) = Surroundings(context);
        if ((Check(request) ?? Fields.PastDay(request.FirstPublishedOn, "/firstPublishedOn", now) ?? context.CheckAccount(request.ComplainantAccountId, "/complainantAccountId")) is { } invalid) return invalid;
        var ids = (request.Items ?? []).Select(item => item!.ImageId).OfType<string>().Distinct().ToList();
        var known = new List<KnownImage>();
        foreach (var id in ids) if (await session.LoadAsync<KnownImage>(id, context.RequestAborted) is { } image) known.Add(image);
        var chosen = await session.Events.AggregateStreamAsync<ChosenRegimes>(ChosenRegimes.Stream, cancellationToken: context.RequestAborted) ?? ChosenRegimes.Initial;
        if (Choose(request, catalogue, chosen, known.FirstOrDefault()?.Location.Surface, out var pack, out var settings) is { } noRegime) return noRegime;
        var form = NoticeValidity.FormOf(pack!)!;
        if (CheckElements(request.Elements, form) is { } wrong) return wrong;
        var (elements, complainant) = (Given(request.Elements), context.OwnAccount() ?? request.ComplainantAccountId?.Trim());
        if (await context.CheckWorkAsync(request.WorkId?.Trim(), complainant, request.AuthorityUntil is not null) is { } unfounded) return unfounded;
        var at = Instant.FromDateTimeOffset(now);
        var lacks = NoticeValidity.Lacks(pack!, form, request, elements.Keys.ToHashSet(), known.Count, catalogue, at);
        var before = NoticeValidity.CorrectBefore(pack!, form, lacks, Proceeding.SettingsOf(pack!, settings, catalogue), at);
        var received = new NoticeEvent.NoticeReceived(pack!.Id, complainant, request.WorkId?.Trim(), [.. elements.Keys.Order(StringComparer.Ordinal)], ids, now, settings);
        var facts = NoticeDecider.Receive(received, lacks, before?.At.ToDateTimeOffset());
        var noticeId = $"ntc_{Guid.CreateVersion7():N}";
        session.Events.StartStream(NoticeView.StreamPrefix + noticeId, [.. facts]);
        session.Store(noticeId, new NoticePapers(noticeId, elements, [.. (request.Items ?? []).Select(item => item!.Url).OfType<string>()], complainant));
        var view = Fold(null, noticeId, facts);
        if ((await ReporterGate.PassAsync(context, session, view.ComplainantAccountId, noticeId, Math.Max(1, ids.Count), now, context.RequestAborted)).Refusal is { } refusal) return refusal;
        var cases = view.State == NoticeState.Effective ? await FileAsync(context, session, view, [], now, request.FirstPublishedOn) : [];
        return CreateOutcome.Created($"/v1/notices/{noticeId}", Answer(view, catalogue, cases), view.Version);
    }

    private static async Task<CreateOutcome> CorrectAsync(HttpContext context, DocumentSession session, string id, CorrectionRequest request)
    {
        var (catalogue, now) = Surroundings(context);
        if (!IsId(id)) return new Rejection(RegimeCodes.NoticeNotFound);
        // The stream and not the read model: another correction may commit between the two reads.
        var stream = await session.Events.FetchForWriting<Notice>(NoticeView.StreamPrefix + id, context.RequestAborted);
        if (stream.Events.Aggregate((NoticeView?)null, NoticeView.Evolve) is not { } before) return new Rejection(RegimeCodes.NoticeNotFound);
        if (CheckElements(request.Elements, NoticeValidity.FormOf(catalogue.Find(before.Regime)!)!) is { } invalid) return invalid;
        var supplied = Given(request.Elements);
        var facts = NoticeDecider.Correct(stream.Aggregate, supplied.Keys.ToHashSet(), now);
        var view = Fold(before, id, facts);
        if (facts.Count > 0)
        {
            stream.AppendMany(facts);
            if (view.State != NoticeState.Lapsed && await session.LoadAsync<NoticePapers>(id, context.RequestAborted) is { } papers)
                session.Store(id, papers with { Elements = papers.Elements.Concat(supplied).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value) });
        }
        var cases = view.State == NoticeState.Effective && before.State != NoticeState.Effective
            ? await FileAsync(context, session, view, [.. stream.Events.Select(e => e.Data).OfType<NoticeEvent.CorrectionRequested>().SelectMany(e => e.Lacks).Select(lack => lack.Field).OfType<string>()], now) : await FiledAsync(session, before, context.RequestAborted);
        return new CreateOutcome(StatusCodes.Status200OK, null, Answer(view, catalogue, cases), view.Version);
    }

    /// <summary>An effective notice opens or joins a case of each of its pictures under its regime; the measure stays a reviewer's.</summary>
    private static async Task<IReadOnlyList<NoticeCase>> FileAsync(HttpContext context, DocumentSession session, NoticeView notice, IReadOnlyList<string> firstMissing, DateTimeOffset now, LocalDate? firstPublishedOn = null)
    {
        var (rules, cancellationToken) = (context.RequestServices.GetRequiredService<CaseRules>(), context.RequestAborted);
        var law = new UnderLaw(notice.Regime, notice.Settings, new NoticeReference(notice.NoticeId, notice.ReceivedAt, notice.EffectiveAt ?? now, firstMissing, await ReporterGate.PriorityAsync(context, session, notice.ComplainantAccountId)));
        var cases = new List<NoticeCase>();
        foreach (var id in notice.Items)
        {
            if (await session.LoadAsync<KnownImage>(id, cancellationToken) is not { } image)
            {
                cases.Add(new NoticeCase(id, null, "Material_Not_Located"));
                continue;
            }
            var (filed, decision) = await Intake.FileAsync(session, rules, new CaseCommand.OpenCase(
                new Dispute(id, notice.WorkId, image.AccountId, notice.ComplainantAccountId), Origin.Report, new Location(image.Location.Surface, image.Location.ListingId), notice.NoticeId,
                image.Works.FirstOrDefault(work => work.WorkId == notice.WorkId)?.Finding,
                new Act(notice.ComplainantAccountId ?? notice.NoticeId, nameof(ReportReason.Copyright), $"Notice {notice.NoticeId} under {notice.Regime}.", now, context.Through(notice.ComplainantAccountId)), law), cancellationToken);
            if (filed is { IsNew: true }) await SealedHistory.LookAsync(context, session, filed.Case.CaseId, image, notice.ComplainantAccountId, notice.NoticeId, notice.WorkId, firstPublishedOn, now);
            cases.Add(new NoticeCase(id, filed?.Case.CaseId, decision.Code));
        }
        return cases;
    }

    /// <summary>Where the complaint of each picture went when the notice became effective, of those that went somewhere.</summary>
    private static async Task<IReadOnlyList<NoticeCase>> FiledAsync(DocumentSession session, NoticeView notice, CancellationToken cancellationToken)
    {
        if (notice.State != NoticeState.Effective) return [];
        var cases = (await session.QueryAsync<CaseView>("where data ->> 'imageId' = any(?) and data -> 'noticeIds' @> jsonb_build_array(?::text)", [notice.Items.ToArray(), notice.NoticeId], cancellationToken)).ToLookup(view => view.ImageId);
        return [.. notice.Items.SelectMany(image => cases[image]).Select(view => new NoticeCase(view.ImageId, view.CaseId, null))];
    }

    private static NoticeView Fold(NoticeView? view, string id, IReadOnlyList<NoticeEvent> facts) =>
        facts.Aggregate(view, (current, fact) => NoticeView.Evolve(current, id, (current?.Version ?? 0) + 1, fact))!;

    private static NoticeAnswer Answer(NoticeView view, RegimeCatalogue catalogue, IReadOnlyList<NoticeCase> cases)
    {
        var pack = catalogue.Find(view.Regime)!;
        var fields = NoticeValidity.FormOf(pack)!.Fields;
        var zone = DateTimeZoneProviders.Tzdb[pack.Zone];
        Instant? before = view is { State: NoticeState.CorrectionRequested, CorrectBefore: { } end } ? Instant.FromDateTimeOffset(end) : null;
        return new NoticeAnswer(
            view.NoticeId, view.Regime, view.State, view.ReceivedAt,
            [.. view.Lacks.Select(lack =>
            {
                var (code, field) = (catalogue.Codes[lack.Code], fields.FirstOrDefault(field => field.Name == lack.Field));
                return new MissingPart(lack.Field, lack.Code, new Words(code.En, code.Zh), field?.Meaning, field?.Example, code.Curable, code.Basis);
            })],
            Moment.Of(before, zone), before is { } at ? NodaTime.Text.LocalDatePattern.Iso.Format((at - Duration.Epsilon).InZone(zone).Date) : null, cases);
    }

    private static bool IsId(string id) => id.Length == 36 && id.StartsWith("ntc_", StringComparison.Ordinal) && id[4..].All(char.IsAsciiHexDigitLower);

    private static (RegimeCatalogue Catalogue, DateTimeOffset Now) Surroundings(HttpContext context) =>
        (context.RequestServices.GetRequiredService<RegimeCatalogue>(), context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());

    private static Dictionary<string, string> Given(IReadOnlyDictionary<string, string?>? elements) =>
        (elements ?? new Dictionary<string, string?>()).Where(element => !string.IsNullOrWhiteSpace(element.Value)).ToDictionary(element => element.Key, element => element.Value!.Trim());

    /// <summary>The law that the notice names, or the one that the tenant chose for its place and jurisdiction.</summary>
    private static Rejection? Choose(NoticeRequest request, RegimeCatalogue catalogue, ChosenRegimes chosen, string? surface, out RegimePack? pack, out ChosenSettings? settings)
    {
        (pack, settings) = (null, null);
        if (request.Regime is null && request.Jurisdiction is not null)
        {
            if (chosen.Find(surface, request.Jurisdiction) is not { } rule) return new Rejection(RegimeCodes.NotFound, "No regime is chosen for this place and jurisdiction.", "/jurisdiction");
            (pack, settings) = (catalogue.Find(rule.Regime), rule.Settings);
        }
        else if ((pack = catalogue.Find(request.Regime ?? "")) is { } named && chosen.Find(surface, named.Jurisdiction) is { } rule)
        {
            if (catalogue.Find(rule.Regime)?.Name != named.Name) return new Rejection(RegimeCodes.NotChosen, $"Here it is {rule.Regime}.", "/regime");
            settings = rule.Settings;
        }
        return pack is null || NoticeValidity.FormOf(pack) is null ? new Rejection(RegimeCodes.NotFound, "No such regime takes notices.", "/regime") : null;
    }

    private static Rejection? Check(NoticeRequest request)
    {
        if (Fields.Code(request.Jurisdiction, "/jurisdiction") is { } jurisdiction) return jurisdiction;
        if (Fields.Account(request.ComplainantAccountId, "/complainantAccountId") is { } account) return account;
        if (Fields.Id(request.WorkId, "/workId") is { } work) return work;
        if (request.RightType is not null && !Fields.TryChoice<NoticeRight>(request.RightType, "/rightType", out _, out var right)) return right;
        if (request.Items is { Count: > MostItems }) return Fields.Invalid("/items", $"takes at most {MostItems} pictures");
        for (var index = 0; index < (request.Items?.Count ?? 0); index++)
        {
            var (item, pointer) = (request.Items![index], $"/items/{index}");
            if (item is null || item.ImageId is null == item.Url is null) return Fields.Invalid(pointer, "takes either an imageId or a url");
            if (Fields.Id(item.ImageId, $"{pointer}/imageId") is { } id) return id;
            if (item.Url is { } url && (url.Length > 2000 || url.Any(char.IsControl))) return Fields.Invalid($"{pointer}/url", "takes at most 2000 visible characters");
        }
        return null;
    }

    private static Rejection? CheckElements(IReadOnlyDictionary<string, string?>? elements, NoticeForm form)
    {
        foreach (var (name, value) in elements ?? new Dictionary<string, string?>())
        {
            if (form.Fields.All(field => field.Name != name)) return Fields.Invalid("/elements", $"takes {string.Join(", ", form.Fields.Select(field => field.Name))}");
            if (Fields.Statement(value, $"/elements/{name}") is { } statement) return statement;
        }
        return null;
    }
}
