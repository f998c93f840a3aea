using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Regimes;
using NodaTime;
using NodaTime.Text;
using static ImageRights.CaseManagement.UnitTests.Regimes.RegimeCatalogueTests;

namespace ImageRights.CaseManagement.UnitTests.Regimes;

/// <summary>Histories under packs, by exact local times.</summary>
public class ProcedureTests
{
    private static readonly string[] TakenDownInNewYork = ["2026-11-13T10:00 NoticeReceived", "2026-11-13T12:00 MeasureApplied"];
    private static readonly string[] TakenDownInShanghai = ["2026-09-10T10:00 NoticeReceived", "2026-09-10T12:00 MeasureApplied"];

    [Fact]
    public void A_counter_notice_brings_the_picture_back_after_business_day_10()
    {
        var run = Run("us-dmca-512", [
            .. TakenDownInNewYork,
            "2026-11-19T09:00 CounterNoticeReceived -jurisdictionConsent",
            "2026-11-20T15:00 CounterNoticeReceived",
            "2026-11-20T16:00 CounterNoticeForwarded",
            "2026-12-04T11:00 MeasureLifted",
        ]);
        Refused(run, "2026-11-19T09:00").ShouldBe(["Counter_JurisdictionConsent_Missing"]);
        Refused(run, "2026-12-04T11:00").ShouldBe(["Restoration_Too_Early"]);
        var restore = run.Deadlines.Single(deadline => deadline.Rule == "US-06");
        (restore.OpensOn, restore.AlarmOn, restore.LastDay).ShouldBe(("2026-12-07", "2026-12-09", "2026-12-11"));
        (restore.NotBefore!.Local, restore.NotAfter!.Local).ShouldBe(("2026-12-08T00:00:00-05:00", "2026-12-12T00:00:00-05:00"));
        restore.Status.ShouldBe(ClockStatus.Fired);
        restore.Source.ShouldBe("S61");
        (run.Outcome.Item, run.Outcome.RestoredAt!.Local, run.Outcome.RestoredBy).ShouldBe((ItemStatus.Live, "2026-12-08T00:00:00-05:00", "US-06"));
        run.Deadlines.Single(deadline => deadline.Rule == "US-05").Status.ShouldBe(ClockStatus.Met);
    }

    [Fact]
    public void A_restoration_that_failed_is_warned_of_on_business_day_12_and_missed_after_14()
    {
        var run = Run("us-dmca-512", [.. TakenDownInNewYork, "2026-11-20T15:00 CounterNoticeReceived"], restoration: Restoration.Manual);
        run.Timeline.Single(entry => entry.Kind == LogKind.Warning).At.Local.ShouldBe("2026-12-09T00:00:00-05:00");
        run.Timeline.Single(entry => entry is { Kind: LogKind.Elapsed, Rule: "US-06" }).At.Local.ShouldBe("2026-12-12T00:00:00-05:00");
        run.Outcome.Item.ShouldBe(ItemStatus.Down);
    }

    [Theory]
    [InlineData("2026-12-07T23:59", false)]
    [InlineData("2026-12-08T00:00", true)]
    [InlineData("2026-12-11T23:59", true)]
    public void Nobody_restores_before_the_end_of_business_day_10(string at, bool may)
    {
        var run = Run("us-dmca-512", [.. TakenDownInNewYork, "2026-11-20T15:00 CounterNoticeReceived", $"{at} MeasureLifted"], restoration: Restoration.Manual);
        Refused(run, at).ShouldBe(may ? [] : ["Restoration_Too_Early"]);
        run.Outcome.Item.ShouldBe(may ? ItemStatus.Live : ItemStatus.Down);
    }

    [Fact]
    public void Notice_of_a_court_action_stops_the_clock_and_its_dismissal_restores()
    {
        string[] sued = [.. TakenDownInNewYork, "2026-11-20T15:00 CounterNoticeReceived", "2026-12-04T10:00 CourtActionNotified"];
        var held = Run("us-dmca-512", sued);
        held.Outcome.Item.ShouldBe(ItemStatus.HeldDown);
        held.Deadlines.Single(deadline => deadline.Rule == "US-06").Status.ShouldBe(ClockStatus.Held);
        held.Deadlines.Single(deadline => deadline.Rule == "US-07").Status.ShouldBe(ClockStatus.Met);
        Refused(Run("us-dmca-512", [.. sued, "2026-12-10T10:00 MeasureLifted"]), "2026-12-10T10:00").ShouldBe(["Litigation_Hold"]);
        Run("us-dmca-512", [.. sued, "2027-03-01T10:00 CourtActionDismissed"]).Outcome.RestoredAt!.Local.ShouldBe("2027-03-01T10:00:00-05:00");
    }

    [Fact]
    public void A_court_action_counts_while_the_restoration_is_pending_and_takes_nothing_down_after_it()
    {
        string[] countered = [.. TakenDownInNewYork, "2026-11-20T15:00 CounterNoticeReceived"];
        Run("us-dmca-512", [.. countered, "2026-12-09T10:00 CourtActionNotified"], restoration: Restoration.Manual).Outcome.Item.ShouldBe(ItemStatus.HeldDown);
        var late = Run("us-dmca-512", [.. countered, "2026-12-09T10:00 CourtActionNotified"]);
        Refused(late, "2026-12-09T10:00").ShouldBeEmpty("it is taken in");
        late.Outcome.Item.ShouldBe(ItemStatus.Live, "and takes nothing down by itself");
    }

    [Fact]
    public void A_court_action_before_the_counter_notice_holds_the_picture_too() =>
        Run("us-dmca-512", [.. TakenDownInNewYork, "2026-11-18T10:00 CourtActionNotified", "2026-11-20T15:00 CounterNoticeReceived"]).Outcome.Item.ShouldBe(ItemStatus.HeldDown);

    [Fact]
    public void A_second_counter_notice_does_not_start_the_clock_anew() =>
        Run("us-dmca-512", [.. TakenDownInNewYork, "2026-11-20T15:00 CounterNoticeReceived", "2026-11-27T15:00 CounterNoticeReceived"])
            .Outcome.RestoredAt!.Local.ShouldBe("2026-12-08T00:00:00-05:00");

    [Theory]
    [InlineData("2026-12-22T10:00", "2027-01-07", "2027-01-13")]
    [InlineData("2026-11-21T10:00", "2026-12-07", "2026-12-11")]
    public void Holidays_and_weekends_move_the_window(string received, string earliest, string latest)
    {
        var restore = Run("us-dmca-512", [.. TakenDownInNewYork, $"{received} CounterNoticeReceived"]).Deadlines.Single(deadline => deadline.Rule == "US-06");
        (restore.OpensOn, restore.LastDay).ShouldBe((earliest, latest));
    }

    [Fact]
    public void Only_the_complainant_takes_the_notice_back()
    {
        Run("us-dmca-512", [.. TakenDownInNewYork, "2026-11-20T15:00 CounterNoticeReceived", "2026-11-25T10:00 NoticeRetracted complainant"])
            .Outcome.RestoredAt!.Local.ShouldBe("2026-11-25T10:00:00-05:00");
        var forwarded = Run("us-dmca-512", [.. TakenDownInNewYork, "2026-11-25T10:00 NoticeRetracted respondent"]);
        Refused(forwarded, "2026-11-25T10:00").ShouldBe(["Retraction_Not_By_Complainant"]);
        forwarded.Outcome.Item.ShouldBe(ItemStatus.Down);
    }

    [Fact]
    public void A_counter_notice_before_anything_was_removed_is_refused() =>
        Refused(Run("us-dmca-512", ["2026-11-13T10:00 NoticeReceived", "2026-11-14T10:00 CounterNoticeReceived"]), "2026-11-14T10:00").ShouldBe(["Counter_Before_Measure"]);

    [Fact]
    public void A_missing_signature_is_cured_within_five_business_days_under_the_original_receipt()
    {
        var cured = Run("us-dmca-512", ["2026-11-20T10:00 NoticeReceived -signature", "2026-11-30T23:00 NoticeCorrected"]);
        cured.Outcome.Notice.ShouldBe(NoticeStatus.Effective);
        cured.Outcome.NoticeReceivedAt!.Local.ShouldBe("2026-11-20T10:00:00-05:00");
        var lapsed = Run("us-dmca-512", ["2026-11-20T10:00 NoticeReceived -signature", "2026-12-01T00:00 NoticeCorrected", "2026-12-01T10:00 MeasureApplied"]);
        lapsed.Outcome.Notice.ShouldBe(NoticeStatus.Lapsed);
        Refused(lapsed, "2026-12-01T00:00").ShouldBe(["Deadline_Missed"]);
        Refused(lapsed, "2026-12-01T10:00").ShouldBe(["Notice_Not_Effective"]);
        // Fri 20 November: 23, 24, 25, (26 Thanksgiving), 27, 30.
        lapsed.Deadlines.Single(deadline => deadline.Rule == "IR-03").LastDay.ShouldBe("2026-11-30");
    }

    [Fact]
    public void A_notice_that_does_not_locate_the_picture_is_refused_at_once() =>
        Run("us-dmca-512", ["2026-11-20T10:00 NoticeReceived -material -signature"]).Outcome.Notice.ShouldBe(NoticeStatus.Rejected);

    [Theory]
    [InlineData("us-dmca-512")]
    [InlineData("us-take-it-down")]
    [InlineData("eu-dsa")]
    [InlineData("cn-ecl")]
    [InlineData("cn-civil-code")]
    [InlineData("cn-ricr")]
    public void Each_missing_element_has_exactly_its_code_and_takes_nothing_down(string name)
    {
        var pack = Catalogue.Find(name)!;
        var form = pack.Forms.Single(form => form.Name == pack.Steps.Single(step => step.On == "NoticeReceived").Form);
        foreach (var field in form.Fields)
        {
            var run = Run(name, [$"2026-11-13T10:00 NoticeReceived -{field.Name}", "2026-11-13T12:00 MeasureApplied"]);
            Refused(run, "2026-11-13T10:00").ShouldBe(field.Code is null ? [] : [field.Code]);
            run.Outcome.Item.ShouldBe(field.Code is null ? ItemStatus.Down : ItemStatus.Live, field.Name);
        }
    }

    [Fact]
    public void One_history_has_a_lawful_outcome_of_its_own_under_each_pack()
    {
        string[] history = [.. TakenDownInShanghai, "2026-09-25T10:00 CounterNoticeReceived", "2026-09-25T11:00 CounterNoticeForwarded", "2026-09-28T09:00 CounterNoticeDelivered"];
        Restored("cn-ecl", history).ShouldBe(("2026-10-14T00:00:00+08:00", "CN-03"));
        Restored("cn-ricr", history).ShouldBe(("2026-09-25T10:00:00+08:00", "CN-10"));
        var civil = Run("cn-civil-code", history, "CN-08", new ClockSettings(20, Roll.Stay));
        (civil.Outcome.RestoredAt!.Local, civil.Outcome.RestoredBy).ShouldBe(("2026-10-19T00:00:00+08:00", "CN-08"));
        civil.Deadlines.Single(deadline => deadline.Rule == "CN-08").Confirmed.ShouldBeFalse();
        // 25 September is a Friday: business days 28 Sep to 9 Oct, without Columbus Day on the 12th.
        Restored("us-dmca-512", history).ShouldBe(("2026-10-09T00:00:00-04:00", "US-06"));
        Run("cn-ecl", history).Deadlines.Single(deadline => deadline.Rule == "CN-03").LastDay.ShouldBe("2026-10-13");
    }

    [Theory]
    [InlineData("2026-10-13T23:50", "CourtActionNotified", ItemStatus.HeldDown)]
    [InlineData("2026-10-13T23:50", "AuthorityComplaintNotified", ItemStatus.HeldDown)]
    [InlineData("2026-10-14T00:00", "CourtActionNotified", ItemStatus.Live)]
    public void Proof_of_a_suit_counts_until_the_last_minute_of_the_fifteenth_day(string at, string fact, ItemStatus item) =>
        Run("cn-ecl", [.. TakenDownInShanghai, "2026-09-25T10:00 CounterNoticeReceived", "2026-09-28T09:00 CounterNoticeDelivered", $"{at} {fact}"]).Outcome.Item.ShouldBe(item);

    [Theory]
    [InlineData(Roll.Stay, "2026-10-04T00:00:00+08:00")]
    [InlineData(Roll.NextOpenDay, "2026-10-09T00:00:00+08:00")]
    public void A_fifteenth_day_in_Golden_Week_rolls_as_the_tenant_chose(Roll roll, string restored) =>
        Run("cn-ecl", [.. TakenDownInShanghai, "2026-09-16T10:00 CounterNoticeReceived", "2026-09-18T09:00 CounterNoticeDelivered"], "CN-03", new ClockSettings(null, roll))
            .Outcome.RestoredAt!.Local.ShouldBe(restored);

    [Fact]
    public void The_clock_does_not_start_before_the_declaration_arrives()
    {
        var run = Run("cn-ecl", [.. TakenDownInShanghai, "2026-09-25T10:00 CounterNoticeReceived", "2026-09-25T11:00 CounterNoticeForwarded"]);
        run.Outcome.Item.ShouldBe(ItemStatus.Down);
        run.Deadlines.ShouldNotContain(deadline => deadline.Rule == "CN-03");
    }

    [Fact]
    public void After_a_written_statement_the_same_notice_is_barred()
    {
        var run = Run("cn-ricr", [.. TakenDownInShanghai, "2026-09-25T10:00 CounterNoticeReceived", "2026-09-26T10:00 NoticeReceived", "2026-09-26T11:00 MeasureLifted"]);
        Refused(run, "2026-09-26T10:00").ShouldBe(["Notice_Barred"]);
    }

    [Theory]
    [InlineData("cn-ecl")]
    [InlineData("cn-civil-code")]
    public void A_court_order_restores_at_once_whatever_the_clock(string pack) =>
        Restored(pack, [.. TakenDownInShanghai, "2026-09-25T10:00 CounterNoticeReceived", "2026-09-28T09:00 CounterNoticeDelivered", "2026-09-30T15:00 CourtOrderedRestoration court"]).At
            .ShouldBe("2026-09-30T15:00:00+08:00");

    [Theory]
    [InlineData("2027-02-28T23:59", true)]
    [InlineData("2027-03-01T00:00", false)]
    public void A_complaint_is_admissible_through_the_last_day_of_six_months(string lodged, bool admissible)
    {
        var run = Run("eu-dsa", ["2026-08-30T10:00 NoticeReceived", "2026-08-31T09:00 MeasureApplied", "2026-08-31T10:00 InformedOfDecision", $"{lodged} ComplaintLodged"]);
        Refused(run, lodged).ShouldBe(admissible ? [] : ["Complaint_Out_Of_Time"]);
    }

    [Fact]
    public void A_complaint_is_decided_by_a_person_and_a_reversal_needs_no_window()
    {
        string[] lodged = ["2026-08-30T10:00 NoticeReceived", "2026-08-31T09:00 MeasureApplied", "2026-08-31T10:00 InformedOfDecision", "2026-09-02T10:00 ComplaintLodged"];
        Refused(Run("eu-dsa", [.. lodged, "2026-09-03T10:00 DecisionOverturned machine"]), "2026-09-03T10:00").ShouldBe(["Review_By_Machine"]);
        Restored("eu-dsa", [.. lodged, "2026-09-03T10:00 DecisionOverturned platform"]).ShouldBe(("2026-09-03T10:00:00+02:00", "EU-07"));
    }

    [Fact]
    public void Intimate_pictures_are_down_within_48_hours()
    {
        var run = Run("us-take-it-down", ["2026-11-20T10:00 NoticeReceived", "2026-11-21T10:00 MeasureApplied"]);
        var removal = run.Deadlines.Single(deadline => deadline.Rule == "US-12");
        (removal.NotAfter!.Local, removal.Status).ShouldBe(("2026-11-22T10:00:00-05:00", ClockStatus.Met));
        Run("us-take-it-down", ["2026-11-20T10:00 NoticeReceived"]).Deadlines.Single().Status.ShouldBe(ClockStatus.Elapsed);
    }

    [Fact]
    public void A_platform_gives_three_attempts_with_their_own_windows()
    {
        var run = Run("preset-alibaba-ipp", [
            "2026-11-02T10:00 NoticeReceived", "2026-11-05T10:00 CounterNoticeReceived", "2026-11-20T10:00 CounterNoticeReceived", "2026-12-01T10:00 CounterNoticeReceived", "2026-12-02T10:00 CounterNoticeReceived",
        ]);
        Refused(run, "2026-12-01T10:00").ShouldBeEmpty();
        Refused(run, "2026-12-02T10:00").ShouldBe(["Counter_Attempts_Exhausted"]);
        Refused(Run("preset-alibaba-ipp", ["2026-11-02T10:00 NoticeReceived", "2026-11-06T00:00 CounterNoticeReceived"]), "2026-11-06T00:00").ShouldBe(["Counter_Late"]);
    }

    [Fact]
    public void A_fact_that_a_regime_does_not_know_changes_nothing_and_is_shown()
    {
        var run = Run("cn-ricr", [.. TakenDownInShanghai, "2026-09-12T10:00 InformedOfDecision"]);
        run.Timeline.Single(entry => entry.Name == "InformedOfDecision").Kind.ShouldBe(LogKind.NotRegulated);
        run.Outcome.Item.ShouldBe(ItemStatus.Down);
    }

    [Fact]
    public void Looking_at_an_instant_shows_what_is_still_to_come()
    {
        var run = Run("us-dmca-512", [.. TakenDownInNewYork, "2026-11-20T15:00 CounterNoticeReceived", "2026-12-04T10:00 CourtActionNotified"], until: "2026-12-01T00:00");
        run.Outcome.Item.ShouldBe(ItemStatus.Down);
        run.Deadlines.Single(deadline => deadline.Rule == "US-06").Status.ShouldBe(ClockStatus.Running);
        run.Timeline.ShouldNotContain(entry => entry.Name == "CourtActionNotified");
    }

    [Fact]
    public void Folding_step_by_step_and_looking_in_between_changes_nothing()
    {
        var facts = new[] { "2026-11-13T10:00 NoticeReceived", "2026-11-13T12:00 MeasureApplied", "2026-11-20T15:00 CounterNoticeReceived", "2026-12-10T10:00 CourtActionNotified" };
        var pack = Catalogue.Find("us-dmca-512")!;
        var settings = Catalogue.SettingsOf(pack);
        var procedure = new Procedure(pack, settings, Catalogue.Codes);
        var parsed = facts.Select(fact => Parse(fact, settings.Zone)).ToList();
        var looked = ProcedureState.Initial;
        foreach (var fact in parsed)
        {
            for (var back = 5; back >= 0; back--) looked = procedure.Advance(looked, fact.At - Duration.FromHours(back));
            looked = procedure.Next(looked, fact);
        }
        Samples.Json(SimulatedRun.Of(pack, settings, procedure.Advance(looked, Instant.MaxValue), "en")).ShouldBe(Samples.Json(SimulatedRun.Of(pack, settings, procedure.Run(parsed), "en")));
    }

    private static (string At, string Rule) Restored(string pack, string[] history)
    {
        var outcome = Run(pack, history).Outcome;
        outcome.Item.ShouldBe(ItemStatus.Live);
        return (outcome.RestoredAt!.Local, outcome.RestoredBy!);
    }

    private static string[] Refused(SimulatedRun run, string local) =>
        [.. run.Timeline.Where(entry => entry.At.Local.StartsWith(local, StringComparison.Ordinal) && !entry.Accepted).SelectMany(entry => entry.Refusals).Select(refusal => refusal.Code)];

    private static SimulatedRun Run(
        string name, string[] history, string? clock = null, ClockSettings? chosen = null, Restoration restoration = Restoration.Automatic, string? until = null)
    {
        var pack = Catalogue.Find(name)!;
        var settings = Catalogue.SettingsOf(pack) with { Restoration = restoration };
        if (clock is not null) settings = settings with { Clocks = new Dictionary<string, ClockSettings> { [clock] = chosen! } };
        // One history is one set of instants, so the place where it happened is fixed by what it is about and not by the pack.
        var zone = history[0] == TakenDownInShanghai[0] ? DateTimeZoneProviders.Tzdb["Asia/Shanghai"] : settings.Zone;
        var state = new Procedure(pack, settings, Catalogue.Codes).Run(history.Select(fact => Parse(fact, zone)), until is null ? null : At(until, settings.Zone));
        return SimulatedRun.Of(pack, settings, state, "en");
    }

    private static Fact Parse(string line, DateTimeZone zone)
    {
        var words = line.Split(' ');
        return new Fact(words[1], At(words[0], zone), words.Skip(2).FirstOrDefault(word => word[0] != '-'), [.. words.Skip(2).Where(word => word[0] == '-').Select(word => word[1..])]);
    }

    private static Instant At(string local, DateTimeZone zone) => LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(local).Value.InZoneStrictly(zone).ToInstant();
}
