using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.Informing;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Publishing;
using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Samples;
using V1 = ImageRights.Contracts.CaseManagement.V1;

namespace ImageRights.CaseManagement.UnitTests.Messages;

/// <summary>Every fact, every party, every pack, both languages: nobody is left without a message, and no message without what it must say.</summary>
public partial class MessageWalkTests
{
    private static readonly MessageBook Book = MessageBook.BuiltIn();
    private static readonly Correspondence Letters = new(Catalogue, Book);
    private static readonly Party[] Parties = Enum.GetValues<Party>();

    private static readonly CaseEvent[] Facts = [new DeadlineElapsed(TheDispute, new Ground("CN-03", null), Noon, Noon, By("clock", reason: "Deadline")), new DeadlineElapsed(TheDispute, new Ground("IR-02", null), Noon, Noon, By("clock", reason: "Deadline")),
        Opened, FoundAtUpload, Joined with { Finding = Samples.Evidence }, FoundLater, Applied, Dismissed, Countered, Lifted, Settled, Closed(Outcome.Upheld), .. Proceedings.LawSamples.All];

    private static CaseOpened FoundAtUpload => Opened with { Origin = Origin.Screening, ReportId = null, Act = Matching };
    private static ComplainantJoined FoundLater => Joined with { ReportId = null, ComplainantAccountId = Complainant, Finding = Samples.Evidence, Act = Matching };
    private static Act Matching => By("screening", "Found in the picture.");

    /// <summary>Facts that only one side hears of, and which: whoever adds a fact decides it here.</summary>
    private static readonly Dictionary<string, Party> OnlyFor = new()
    {
        [nameof(CaseOpened)] = Party.Complainant, [nameof(ComplainantJoined)] = Party.Complainant, [nameof(RegimeAdopted)] = Party.Complainant, [nameof(ComplainantWithdrew)] = Party.Complainant,
        [nameof(CounterNoticeReceived)] = Party.Respondent, [nameof(CounterNoticeDeficient)] = Party.Respondent, [nameof(CounterNoticeRejected)] = Party.Respondent,
        [nameof(NoticesBarred)] = Party.Complainant, [nameof(NoticeAcknowledged)] = Party.Complainant, [nameof(NoticeForwarded)] = Party.Respondent,
    };

    public static TheoryData<string> Packs => [.. Catalogue.Packs.Select(pack => pack.Id).Append("house-v1")];

    private static IEnumerable<string> FactNames => new[] { typeof(CaseEvent), typeof(NoticeEvent), typeof(ReporterEvent), typeof(PriorityEvent), typeof(StatementEvent) }
        .SelectMany(type => type.GetNestedTypes()).Where(type => !type.IsAbstract).Select(type => type.Name);

    [Fact]
    public void Every_fact_is_told_or_silent_for_a_reason()
    {
        foreach (var fact in FactNames)
        {
            var silent = Book.Silent.ContainsKey(fact);
            Parties.Any(party => Book.Find(fact, party) is not null).ShouldBe(!silent, fact);
            if (Book.Silent.TryGetValue(fact, out var reason)) reason.ShouldNotBeNullOrWhiteSpace(fact);
        }
        Book.Templates.Keys.Concat(Book.Silent.Keys).Except(FactNames).Except([Correspondence.OneOrderEnded, Correspondence.OneActionEnded, Correspondence.WorkFound]).ShouldBeEmpty("templates of facts that do not exist");
        foreach (var fact in typeof(CaseEvent).GetNestedTypes().Where(type => !type.IsAbstract && !Book.Silent.ContainsKey(type.Name)))
        foreach (var party in Parties)
            (Book.Find(fact.Name, party) is not null).ShouldBe(!OnlyFor.TryGetValue(fact.Name, out var only) || only == party, $"{fact.Name} {party}");
    }

    [Fact]
    public void Every_reference_of_a_template_leads_somewhere_and_nothing_is_left_over()
    {
        var templates = Book.Templates.Values.SelectMany(parties => parties.Values).ToList();
        templates.SelectMany(template => new[] { template.Attach, template.Otherwise }).Distinct().ShouldBe(Book.Phrases.Keys, ignoreOrder: true);
        templates.Select(template => template.Appeal).OfType<string>().Distinct().ShouldBe([.. Book.Appeals.Keys, MessageBook.AgainstMeasure], ignoreOrder: true);
        foreach (var appeals in Book.Appeals.Values) appeals.Keys.ShouldContain("*");
    }

    [Fact]
    public void Every_term_of_every_pack_that_concerns_a_party_is_told_to_it()
    {
        foreach (var clock in Catalogue.Packs.SelectMany(pack => pack.Clocks).Where(clock => clock.Amount is not null && clock.StartsAt.Count > 0))
        {
            var restores = clock.Fires?.Effect == Effect.MeasureEnds;
            foreach (var (party, words) in new[] { (Party.Complainant, new[] { "complainant", "notifier", "both", "offeree", "rights holder" }), (Party.Respondent, ["respondent", "both", "offeree"]) })
                if (restores || words.Any(word => clock.Actor.Contains(word, StringComparison.Ordinal))) Book.Concerns(clock.Id, party).ShouldBeTrue($"{clock.Id} for {party}");
        }
        Book.Terms.Keys.Except(Catalogue.Packs.SelectMany(pack => pack.Clocks).Select(clock => clock.Id)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Packs))]
    public void Every_message_of_a_case_says_what_it_must(string regime)
    {
        var pack = Catalogue.Find(regime);
        var count = 0;
        foreach (var fact in Facts)
        foreach (var before in Befores(pack))
        {
            CaseEvent[] history = fact is CaseOpened opened ? [opened with { Regime = ((CaseOpened)before[0]).Regime }] : [.. before, fact];
            var letters = Letters.Of(Id.Value, history);
            var hearers = Parties.Where(party => Book.Find(fact.GetType().Name, party) is not null && !(fact is InformedOfDecision { Particulars.Party: { } to } && to.ToString() != party.ToString())
                && (fact is not (DeadlineWarned or DeadlineElapsed) || Book.Concerns(RuleOf(fact)!, party))
                && (fact is not (CaseClosed or CaseReopened) || party == Party.Complainant || before.Any(each => each is MeasureApplied))).ToList();
            if (fact is not MeasureLifted { Cause: nameof(MeasureLifted) }) letters.Select(letter => letter.Values.Party).Distinct().ShouldBe(hearers, ignoreOrder: true, $"{fact.GetType().Name} under {regime}");
            var proceeding = Proceeding.Of(history, Catalogue);
            foreach (var letter in letters)
            {
                var texts = Book.Write(letter.Values).ShouldNotBeNull();
                texts.Select(text => text.Language).ShouldBe(MessageBook.Languages);
                foreach (var text in texts) ShouldSayAll(text, letter, proceeding, fact);
                count++;
            }
        }
        count.ShouldBeGreaterThan(Facts.Length);
    }

    [Fact]
    public void The_owner_of_a_work_is_told_that_it_was_found_and_the_other_account_is_not()
    {
        foreach (var history in new CaseEvent[][] { [FoundAtUpload], [Opened with { Origin = Origin.Retroactive, ReportId = null, Act = Matching }], [Opened with { Dispute = TheDispute with { ComplainantAccountId = null } }, FoundLater] })
        {
            var letter = Letters.Of(Id.Value, history).ShouldHaveSingleItem();
            (letter.AccountId, letter.Values.Fact, letter.Values.Party).ShouldBe((Complainant, Correspondence.WorkFound, Party.Complainant));
            Golden.Matches("messages/WorkFound.txt", string.Join("\n\n", Book.Write(letter.Values)!.Select(text => $"{text.Subject}\n\n{text.Body}")) + "\n");
        }
    }

    [Fact]
    public void Who_never_heard_of_a_case_is_not_told_of_its_end()
    {
        CaseEvent[] untold = [FoundAtUpload, new ComplainantWithdrew(TheDispute, Complainant, By(Complainant)), Closed(Outcome.Dismissed)];
        Letters.Of(Id.Value, untold).ShouldBeEmpty();
        Letters.Of(Id.Value, [FoundAtUpload, Closed(Outcome.Dismissed)]).ShouldHaveSingleItem().Values.Party.ShouldBe(Party.Complainant);
        Letters.Of(Id.Value, [FoundAtUpload, Applied, Lifted, Closed(Outcome.Dismissed)]).Select(letter => letter.Values.Party).ShouldBe([Party.Complainant, Party.Respondent]);
    }

    [Fact]
    public void Where_nobody_is_known_to_own_the_work_there_is_nobody_to_tell_then_or_later()
    {
        var unowned = TheDispute with { ComplainantAccountId = null };
        CaseEvent[] history = [FoundAtUpload with { Dispute = unowned }, FoundLater with { Dispute = unowned, ComplainantAccountId = null }, Applied with { Dispute = unowned }];
        Letters.Of(Id.Value, history[..1]).ShouldBeEmpty();
        Letters.Of(Id.Value, history[..2]).ShouldBeEmpty();
        Letters.Of(Id.Value, history).ShouldHaveSingleItem().Values.Party.ShouldBe(Party.Respondent);
    }

    [Fact]
    public void A_report_is_receipted_as_a_complaint_although_matching_found_the_work_before()
    {
        var report = Joined with { ComplainantAccountId = Complainant, Act = By(Complainant) };
        Letters.Of(Id.Value, [FoundAtUpload, report]).ShouldHaveSingleItem().Values.Fact.ShouldBe(nameof(ComplainantJoined));
    }

    [Fact]
    public void Every_message_of_a_notice_says_what_is_missing_with_an_example_and_by_when()
    {
        foreach (var pack in Catalogue.Packs.Where(pack => pack.Steps.Any(step => step.On == "NoticeReceived" && step.Form is not null)))
        {
            var fields = pack.Forms.Single(form => form.Name == pack.Steps.Single(step => step.On == "NoticeReceived").Form).Fields.Where(field => field.Code is not null).ToList();
            Lack[] lacks = [.. fields.Select(field => new Lack(field.Name, field.Code!))];
            var received = new NoticeEvent.NoticeReceived(pack.Id, Complainant, null, [], [], Noon);
            var asked = new NoticeEvent.CorrectionRequested(lacks, Noon.AddDays(7), Noon);
            NoticeEvent[] facts = [asked, new NoticeEvent.NoticeCorrected([], lacks, Noon), new NoticeEvent.NoticeEffective(Noon, Noon), new NoticeEvent.NoticeRejected(lacks, Noon), new NoticeEvent.NoticeLapsed(Noon)];
            foreach (var history in facts.Select(fact => fact == asked || fact is NoticeEvent.NoticeEffective or NoticeEvent.NoticeRejected ? new[] { received, fact } : [received, asked, fact]).Append([received]))
            foreach (var letter in Letters.Of("ntc_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b", history))
            foreach (var text in Book.Write(letter.Values)!)
            {
                ShouldBeWhole(text, letter);
                if (history[^1] is NoticeEvent.CorrectionRequested or NoticeEvent.NoticeRejected)
                {
                    foreach (var field in fields)
                    {
                        text.Body.ShouldContain(field.Code!);
                        text.Body.ShouldContain(text.Language == "zh" ? Catalogue.Codes[field.Code!].Zh : Catalogue.Codes[field.Code!].En);
                        text.Body.ShouldContain(text.Language == "zh" ? field.Example.Zh : field.Example.En);
                    }
                }
                if (history[^1] is NoticeEvent.CorrectionRequested or NoticeEvent.NoticeCorrected) text.Body.ShouldContain(pack.Zone);
            }
        }
    }

    [Fact]
    public void Every_message_to_a_reporter_and_about_priority_is_whole()
    {
        var factors = new MisuseFactors(6, 8, 1, 30, ["PriorityContradiction"], "Grave.", "Known.");
        var act = By("officer-weber", "Six without ground.", "Misuse");
        ReporterEvent[] facts =
        [
            new ReporterEvent.FastLaneEntered("rex", new Score(20, 20, 0), Noon), new ReporterEvent.FastLaneLeft("rex", new Score(20, 10, 0), Noon.AddMonths(3), Noon), new ReporterEvent.MisuseWarned("rex", factors, Noon.AddMonths(12), Noon),
            new ReporterEvent.ReporterSuspended("rex", factors, Noon.AddDays(30), act, Noon), new ReporterEvent.SuspensionAppealed("rex", act, Noon), new ReporterEvent.SuspensionConfirmed("rex", act, Noon), new ReporterEvent.SuspensionLifted("rex", act, Noon),
        ];
        foreach (var fact in facts)
        {
            var letter = Letters.Of(fact).ShouldHaveSingleItem();
            foreach (var text in Book.Write(letter.Values)!)
            {
                ShouldBeWhole(text, letter);
                if (fact is ReporterEvent.ReporterSuspended) text.Body.ShouldContain(text.Language == "zh" ? "2026年12月20日" : "20 December 2026");
            }
        }
        var found = new PriorityEvent.PriorityContradictionFound(Id.Value, new Sighting("rex", "ntc_1", null, Noon, null), new Sighting(Respondent, "wrk_1", TheDispute.ImageId, Noon.AddDays(-9), null), new DateOnly(2025, 1, 1), Noon.AddDays(5), Noon);
        PriorityEvent[] contradictions = [found, new PriorityEvent.PartyHeard(Id.Value, "rex", [], By("rex"), Noon), new PriorityEvent.PartyHeard(Id.Value, Respondent, [], By(Respondent), Noon), new PriorityEvent.PriorityDecided(Id.Value, Favoured.Respondent, By(Reviewer), Noon)];
        foreach (var fact in contradictions)
        {
            var letters = Letters.Of(fact, found);
            letters.Count.ShouldBe(fact is PriorityEvent.PartyHeard ? 1 : 2);
            foreach (var letter in letters)
            foreach (var text in Book.Write(letter.Values)!)
            {
                ShouldBeWhole(text, letter);
                text.Body.ShouldContain("PriorityContradiction");
                text.Body.ShouldNotContain(letter.AccountId == "rex" ? Respondent : "rex");
            }
        }
    }

    [Fact]
    public void The_window_of_restoration_is_told_to_the_second_where_the_law_is()
    {
        var received = new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);
        var opened = Opened with { Regime = "us-dmca-512.v1", Notice = new NoticeReference("ntc_1", received.AddDays(-7), received.AddDays(-7), []) };
        var countered = Countered with { Act = Countered.Act with { At = received } };
        var text = Book.Write(Letters.Of(Id.Value, [opened, Applied, countered]).Single(letter => letter.Values.Party == Party.Respondent).Values)!;
        text.Single(each => each.Language == "en").Body.ShouldContain(
            "not before Tuesday 8 December 2026 00:00:00 (last day Monday 7 December 2026, America/New_York, UTC-05:00) and before Saturday 12 December 2026 00:00:00 (last day Friday 11 December 2026, America/New_York, UTC-05:00)");
        text.Single(each => each.Language == "zh").Body.ShouldContain("不早于2026年12月8日(星期二)00:00:00(最后一日:2026年12月7日(星期一),America/New_York,UTC-05:00)");
    }

    [Fact]
    public void What_was_sent_is_stored_and_said_word_for_word()
    {
        var letter = Letters.Of(Id.Value, [Opened, Applied]).Single(each => each.Values.Party == Party.Respondent);
        var sent = new MessageEvent.MessageSent("pmg_1_1", nameof(MeasureApplied), Guid.Empty, Party.Respondent, Respondent, Id.Value, null, ["Copyright"], Noon.AddDays(1), Book.Write(letter.Values)!, Noon);
        Golden.Matches("events/message_sent_v1.json", Json(sent));
        Json(JsonSerializer.Deserialize<MessageEvent.MessageSent>(Json(sent), StoreOptions.Json)!).ShouldBe(Json(sent));
        var said = CaseManagementContracts.Translate(new RecordedEvent(Guid.Empty, 1, 1, $"messages-{Id.Value}", 1, sent, "message_sent_v1", Noon, "*DEFAULT*", null, null, null, null)).ShouldBeOfType<V1.PartyMessageSent>();
        Golden.Matches("contracts/PartyMessageSent.V1.json", Json(said));
    }

    /// <summary>Histories before a fact: at the beginning, and where the most terms run.</summary>
    private static IEnumerable<CaseEvent[]> Befores(RegimePack? pack)
    {
        if (pack is null) return [[Opened, Joined, Applied]];
        var opened = Opened with { Regime = pack.Id, Notice = new NoticeReference("ntc_1", Noon, Noon, []) };
        CaseEvent[] rest = [.. Proceedings.LawSamples.All.Where(fact => fact is NoticeForwarded), Applied, .. Proceedings.LawSamples.All.Where(fact => fact is ComplaintUpheld), Countered,
            .. Proceedings.LawSamples.All.Where(fact => fact is CounterNoticeForwarded or CounterNoticeDelivered or InformedOfDecision or DisputeFiled or AppealFiled or ChangeReported)];
        return [[opened, Joined], [opened, Joined, .. rest]];
    }

    private static string? RuleOf(CaseEvent fact) => fact switch { DeadlineWarned e => e.Ground.Rule, DeadlineElapsed e => e.Ground.Rule, _ => null };

    private static void ShouldSayAll(MessageText text, Letter letter, Proceeding? proceeding, CaseEvent fact)
    {
        ShouldBeWhole(text, letter);
        text.Body.ShouldContain(Id.Value);
        text.Body.ShouldContain(TheDispute.ImageId);
        if (fact is CounterNoticeDeficient deficient) foreach (var lack in deficient.Missing) text.Body.ShouldContain(lack.Code);
        else if (RuleOf(fact) is { } rule) text.Body.ShouldContain(rule);
        else text.Body.ShouldContain(fact.Act.ReasonCode);
        foreach (var clock in (proceeding?.Clocks ?? []).Where(clock => clock is { Status: ClockStatus.Running, Window: not null } && Book.Concerns(clock.Clock.Id, letter.Values.Party)
            && clock.IsFor(letter.Values.Party.ToString().ToLowerInvariant())).DistinctBy(clock => clock.Clock.Id))
        {
            foreach (var edge in new[] { clock.Window!.Opens, clock.Window.Closes }.OfType<Edge>())
            {
                var day = edge.At.InZone(proceeding!.Settings.Zone).Date;
                text.Body.ShouldContain(text.Language == "zh" ? $"{day.Year}年{day.Month}月{day.Day}日" : $"{day.Day} {CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(day.Month)} {day.Year}", customMessage: clock.Clock.Id);
            }
            text.Body.ShouldContain(proceeding!.Settings.Zone.Id);
            text.Body.ShouldContain(Book.Terms[clock.Clock.Id].Otherwise.In(text.Language));
        }
        // Whoever is written to learns nobody's name, contact or words from it.
        foreach (var secret in new[] { Respondent, Complainant, "author-weber", Reviewer, fact.Act.Statement, fact.Act.By }.Where(secret => secret.Length > 3)) text.Body.ShouldNotContain(secret, Case.Sensitive, fact.GetType().Name);
    }

    private static void ShouldBeWhole(MessageText text, Letter letter)
    {
        text.Subject.ShouldNotBeNullOrWhiteSpace();
        text.Body.ShouldNotContain("{");
        text.Body.ShouldNotContain("}");
        var template = Book.Find(letter.Values.Fact, letter.Values.Party)!;
        text.Body.ShouldContain(template.What.In(text.Language));
        text.Body.ShouldContain(Book.Phrases[template.Attach].In(text.Language));
        text.Body.ShouldContain(Book.Phrases[template.Otherwise].In(text.Language));
        if (template.Appeal is not null) text.Body.ShouldContain(Book.Labels["appeal"].In(text.Language));
        var whole = $"{text.Subject}\n{text.Body}";
        if (text.Language == "en") Chinese().Match(whole).Value.ShouldBeEmpty(whole);
        else English().Match(Neutral().Replace(whole, " ")).Value.ShouldBeEmpty(whole);
    }

    [GeneratedRegex(@"[\u4e00-\u9fff]+")]
    private static partial Regex Chinese();

    // What is left when codes, ids, zones, addresses and rules are out; shorter words are abbreviations such as CDN and P2B.
    [GeneratedRegex("[A-Za-z]{4,}")]
    private static partial Regex English();

    [GeneratedRegex(@"https?://\S+|[A-Za-z]+/[A-Za-z_]+|\b[a-z]{3,4}_[0-9a-z_]+|\b[A-Z][A-Za-z]*_[A-Za-z_]+|(?<=原因:)\S+? |(?<=原因: )[A-Za-z0-9_-]+|\b[A-Z]{2,}(-[A-Z0-9]+)+|Amazon|AliExpress|Alibaba|Temu|Joom|eBay|VeRO|Meta|YouTube|GitHub|Pinduoduo|Taobao|TIDA|DMCA|TAKE IT DOWN")]
    private static partial Regex Neutral();
}
