using System.Net;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>17 USC 512 from the notice to the restoration and its variants, in New York, by the federal calendar.</summary>
[Collection(LawCollection.Name)]
public class DmcaJourneyTests(LawService service)
{
    private const string NewYork = "America/New_York";

    [Fact]
    public async Task A_counter_notice_brings_the_picture_back_by_itself_after_business_day_10_and_not_a_moment_before()
    {
        var dispute = await DownAsync();
        var early = await dispute.StepAtAsync("2026-11-19T09:00", "counter-notice", dispute.Counter(missing: "jurisdictionConsent"));
        early.ShouldBe(HttpStatusCode.OK);
        ((string)early.Body!["state"]!).ShouldBe("TakenDown");
        ((string)early.Body["counterNotice"]!["missing"]![0]!["code"]!).ShouldBe("Counter_JurisdictionConsent_Missing");

        var countered = await dispute.StepAtAsync("2026-11-20T15:00", "counter-notice", dispute.Counter());
        ((string)countered.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("CounterNoticed");
        (await dispute.StepAtAsync("2026-11-20T16:00", "counter-notice-forwarding", new { actor = "clerk", reasonCode = "Forwarded", statement = "With contact data; returns in 10 business days.", channel = "email", proof = "msg_1" }))
            .ShouldBe(HttpStatusCode.OK);

        // Thanksgiving is no business day: this is business day 9.
        var refused = await dispute.StepAtAsync("2026-12-04T11:00", "reinstatement", dispute.Scenario.Step("reviewer-jo"));
        refused.ShouldBe(HttpStatusCode.Conflict, "Restoration_Too_Early");
        ((string)refused.Body!["detail"]!).ShouldContain("2026-12-08T00:00:00-05");
        (await dispute.StepAtAsync("2026-12-07T23:59:50", "reinstatement", dispute.Scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.Conflict, "Restoration_Too_Early");
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");

        await service.GoToAsync("2026-12-08T00:00:05", NewYork);
        (await dispute.StateAsync()).ShouldBe("Reinstated");
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-12-08T00:00");
        (await dispute.TypesAsync()).ShouldBe([
            "case_opened_v1", "measure_applied_v1", "counter_notice_deficient_v1", "counter_notice_received_v1", "counter_notice_forwarded_v1", "deadline_fired_v1", "measure_lifted_v1"]);
        var fired = (await dispute.HistoryAsync()).Single(entry => (string)entry["type"]! == "deadline_fired_v1")["data"]!;
        ((string)fired["ground"]!["rule"]!).ShouldBe("US-06");
        ((string)fired["ground"]!["source"]!).ShouldBe("S61");
        await Eventually.HoldsAsync(() =>
        {
            service.HeardOf(dispute.Id).OfType<MeasureLifted>().Single().ShouldSatisfyAllConditions(it => it.Rule.ShouldBe("US-06"), it => it.Cause.ShouldBe("US-06"));
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData("2026-11-20T15:00", "2026-12-08T00:00")]
    [InlineData("2026-11-21T11:00", "2026-12-08T00:00")]
    [InlineData("2026-12-22T09:00", "2027-01-08T00:00")]
    public async Task The_day_of_receipt_decides_when_the_window_opens(string received, string opens)
    {
        var dispute = await DownAsync();
        (await dispute.StepAtAsync(received, "counter-notice", dispute.Counter())).ShouldBe(HttpStatusCode.OK);
        var opensAt = LawService.At(opens, NewYork);
        (await service.PutAsync("/v1/clock", new { now = opensAt.AddSeconds(-5) })).ShouldBe(HttpStatusCode.OK);
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");
        (await service.PutAsync("/v1/clock", new { now = opensAt.AddSeconds(5) })).ShouldBe(HttpStatusCode.OK);
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe(opens);
    }

    [Fact]
    public async Task A_court_action_stops_the_clock_until_it_is_dismissed()
    {
        var dispute = await CounteredAsync();
        var held = await dispute.StepAtAsync("2026-12-04T10:00", "court-action", Action(dispute));
        ((string)held.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("LitigationHold");
        await service.GoToAsync("2027-01-15T10:00", NewYork);
        (await dispute.StateAsync()).ShouldBe("LitigationHold");
        (await dispute.StepAsync("reinstatement", dispute.Scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.Conflict, "Litigation_Hold");
        (await dispute.StepAsync("closure", new { actor = "reviewer-jo", reasonCode = "Done", statement = "Done.", outcome = "Upheld" })).ShouldBe(HttpStatusCode.Conflict, "Close_Hold_Open");
        var back = await dispute.StepAtAsync("2027-03-01T10:00", "court-action-end", Action(dispute));
        ((string)back.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
        (await dispute.TypesAsync()).ShouldBe([
            "case_opened_v1", "measure_applied_v1", "counter_notice_received_v1", "court_action_notified_v1", "litigation_hold_v1", "court_action_dismissed_v1", "litigation_hold_ended_v1", "measure_lifted_v1"], ignoreOrder: false);
    }

    [Fact]
    public async Task A_restoration_that_did_not_happen_is_warned_of_on_business_day_12_and_a_court_action_still_stops_it()
    {
        await using var manual = await ChosenAsync("Manual");
        var pending = await CounteredAsync();
        await service.GoToAsync("2026-12-08T23:59:50", NewYork);
        (await pending.TypesAsync()).ShouldNotContain("deadline_warned_v1");
        await service.GoToAsync("2026-12-09T10:00", NewYork);
        (await pending.WhenAsync("deadline_warned_v1")).ShouldBe("2026-12-09T00:00");
        (await pending.StateAsync()).ShouldBe("CounterNoticed");
        var held = await pending.StepAtAsync("2026-12-09T10:01", "court-action", Action(pending));
        ((string)held.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("LitigationHold");
        await service.GoToAsync("2027-02-01T00:00", NewYork);
        (await pending.StateAsync()).ShouldBe("LitigationHold");
    }

    [Fact]
    public async Task A_restoration_left_to_people_happens_by_itself_at_the_end_of_business_day_14()
    {
        await using var closing = await ChosenAsync("AtClosing");
        var pending = await CounteredAsync();
        await service.GoToAsync("2026-12-11T23:59:50", NewYork);
        (await pending.StateAsync()).ShouldBe("CounterNoticed");
        await service.GoToAsync("2026-12-12T00:00:05", NewYork);
        (await pending.WhenAsync("measure_lifted_v1")).ShouldBe("2026-12-12T00:00");
    }

    [Fact]
    public async Task People_may_restore_within_the_window()
    {
        await using var manual = await ChosenAsync("Manual");
        var pending = await CounteredAsync();
        (await pending.StepAtAsync("2026-12-07T23:59:50", "reinstatement", pending.Scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.Conflict, "Restoration_Too_Early");
        (await pending.StepAtAsync("2026-12-08T00:00:05", "reinstatement", pending.Scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.OK);
        (await pending.StateAsync()).ShouldBe("Reinstated");
    }

    [Fact]
    public async Task After_the_restoration_a_court_action_takes_nothing_down()
    {
        var dispute = await CounteredAsync();
        (await dispute.StepAtAsync("2026-12-08T09:00", "court-action", Action(dispute))).ShouldBe(HttpStatusCode.OK);
        (await dispute.StateAsync()).ShouldBe("Reinstated");
        (await dispute.ReadAsync())["next"]!["reviewer"]!.AsArray().Select(step => (string)step!).ShouldContain("takedown");
        // A person may take it down anew, on a basis of its own; then the action holds it.
        var again = new { actor = "reviewer-jo", reasonCode = "Copyright", statement = "The complaint in court is well founded.", legalBasis = "17 USC 502" };
        ((string)(await dispute.StepAsync("takedown", again)).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("LitigationHold");
        (await dispute.StepAsync("reinstatement", dispute.Scenario.Step("reviewer-ada"))).ShouldBe(HttpStatusCode.Conflict, "Litigation_Hold");
    }

    [Fact]
    public async Task A_tenant_may_choose_that_an_action_after_the_restoration_takes_the_picture_down_again()
    {
        await using var choice = new Choice(service);
        await choice.PutAsync(new { platformType = "ECommerce", jurisdiction = "US", regime = new { name = "us-dmca-512", onAction = "TakeDown" } });
        var dispute = await CounteredAsync();
        ((string)(await dispute.StepAtAsync("2026-12-08T09:00", "court-action", Action(dispute))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("LitigationHold");
        ((string)(await dispute.StepAsync("court-action-end", Action(dispute))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
    }

    [Fact]
    public async Task What_was_due_while_the_service_was_away_is_done_late_once_and_says_so()
    {
        var dispute = await CounteredAsync();
        await service.GoToAsync("2026-12-10T09:00", NewYork, jump: true);
        await Eventually.HoldsAsync(async () => (await dispute.StateAsync()).ShouldBe("Reinstated"));
        var types = await dispute.TypesAsync();
        types.Count(type => type == "measure_lifted_v1").ShouldBe(1);
        types.ShouldNotContain("deadline_warned_v1");
        var late = (await dispute.HistoryAsync()).Single(entry => (string)entry["type"]! == "deadline_executed_late_v1")["data"]!;
        dispute.LocalOf((string)late["dueAt"]!).ShouldBe("2026-12-08T00:00");
        ((double)late["lateSeconds"]!).ShouldBeInRange(57 * 3600, (57 * 3600) + 60);
    }

    /// <summary>Chooses how the picture returns, until it is disposed of.</summary>
    private async Task<Choice> ChosenAsync(string restoration)
    {
        var choice = new Choice(service);
        await choice.PutAsync(new { platformType = "ECommerce", regime = new { name = "us-dmca-512", restoration } });
        return choice;
    }

    [Fact]
    public async Task Only_the_complainant_takes_the_notice_back()
    {
        var dispute = await CounteredAsync();
        (await dispute.StepAtAsync("2026-11-24T10:00", "retraction", dispute.Scenario.Step(dispute.Scenario.Respondent, "Retracted", "He wrote to me that he gives up.")))
            .ShouldBe(HttpStatusCode.Forbidden, "Retraction_Not_By_Complainant");
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");
        var back = await dispute.StepAsync("retraction", dispute.Scenario.Step(dispute.Scenario.Complainant, "Retracted", "It was licensed."));
        ((string)back.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-11-24T10:00");
        // Nothing is left for the clock to do.
        await service.GoToAsync("2027-02-01T00:00", NewYork);
        (await dispute.TypesAsync()).Count(type => type == "measure_lifted_v1").ShouldBe(1);
    }

    private static object Action(LawCase dispute) =>
        new { actor = dispute.Scenario.Complainant, reasonCode = "Court_Action", statement = "An action for infringement is filed.", docket = "1:26-cv-09876", body = "S.D.N.Y." };

    private async Task<LawCase> DownAsync() => await (await LawCase.NotifiedAsync(service, "us-dmca-512", "2026-11-13T10:00", NewYork)).TakenDownAsync("2026-11-13T12:00");

    private async Task<LawCase> CounteredAsync()
    {
        var dispute = await DownAsync();
        (await dispute.StepAtAsync("2026-11-20T15:00", "counter-notice", dispute.Counter())).ShouldBe(HttpStatusCode.OK);
        return dispute;
    }
}
