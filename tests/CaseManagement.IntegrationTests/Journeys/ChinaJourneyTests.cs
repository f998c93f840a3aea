using System.Net;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>E-Commerce Law, Civil Code and network-dissemination regulation over the same facts, in Shanghai.</summary>
[Collection(LawCollection.Name)]
public class ChinaJourneyTests(LawService service)
{
    private const string Shanghai = "Asia/Shanghai";

    [Theory]
    [InlineData("2026-09-28T10:00", "2026-10-14T00:00")]
    [InlineData("2026-09-18T10:00", "2026-10-04T00:00")]
    [InlineData("2026-02-10T23:30", "2026-02-26T00:00")]
    public async Task Fifteen_days_from_arrival_the_measure_ends_by_itself(string arrived, string ends)
    {
        var dispute = await DeclaredAsync("cn-ecl", arrived);
        var end = LawService.At(ends, Shanghai);
        (await service.PutAsync("/v1/clock", new { now = end.AddSeconds(-5) })).ShouldBe(HttpStatusCode.OK);
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");
        (await dispute.StepAsync("reinstatement", dispute.Scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.Conflict, "Restoration_Too_Early");
        (await service.PutAsync("/v1/clock", new { now = end.AddSeconds(5) })).ShouldBe(HttpStatusCode.OK);
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe(ends);
    }

    [Fact]
    public async Task The_clock_starts_on_arrival_and_not_on_forwarding()
    {
        var dispute = await DeclaredAsync("cn-ecl", null);
        await service.GoToAsync("2027-03-01T00:00", Shanghai);
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");
    }

    [Fact]
    public async Task An_arrival_that_is_proved_later_counts_from_the_arrival()
    {
        var dispute = await DeclaredAsync("cn-ecl", null);
        var delivery = new { actor = "clerk", reasonCode = "Delivered", statement = "Signed for.", arrivedAt = LawService.At("2026-09-28T10:00", Shanghai), proof = "EMS 1" };
        (await dispute.StepAtAsync("2026-10-02T10:00", "counter-notice-delivery", delivery)).ShouldBe(HttpStatusCode.OK);
        await service.GoToAsync("2026-10-14T00:00:05", Shanghai);
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-10-14T00:00");
        (await dispute.StepAsync("counter-notice-delivery", delivery)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_arrival_cannot_be_in_the_future_before_the_declaration_or_twice()
    {
        var dispute = await DeclaredAsync("cn-ecl", null);
        await service.GoToAsync("2026-09-28T10:00", Shanghai);
        object Delivery(string at) => new { actor = "clerk", reasonCode = "Delivered", statement = "Signed for.", arrivedAt = LawService.At(at, Shanghai), proof = "EMS 1" };
        (await dispute.StepAsync("counter-notice-delivery", Delivery("2026-09-29T10:00"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Arrival_Impossible");
        (await dispute.StepAsync("counter-notice-delivery", Delivery("2026-09-24T10:00"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Arrival_Impossible");
        (await dispute.StepAsync("counter-notice-delivery", Delivery("2026-09-27T10:00"))).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("counter-notice-delivery", Delivery("2026-09-28T09:00"))).ShouldBe(HttpStatusCode.Conflict, "Delivery_Already_Recorded");
    }

    [Theory]
    [InlineData("court-action")]
    [InlineData("authority-complaint")]
    public async Task Notice_of_a_lawsuit_or_a_complaint_ten_minutes_before_the_end_keeps_the_measure(string step)
    {
        var dispute = await DeclaredAsync("cn-ecl", "2026-09-28T10:00");
        var held = await dispute.StepAtAsync("2026-10-13T23:50", step,
            new { actor = dispute.Scenario.Complainant, reasonCode = "Accepted", statement = "The acceptance notice is uploaded.", docket = "(2026)沪0115民初1号", body = "Pudong" });
        ((string)held.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("LitigationHold");
        await service.GoToAsync("2026-11-30T00:00", Shanghai);
        (await dispute.StateAsync()).ShouldBe("LitigationHold");
    }

    [Fact]
    public async Task A_last_day_within_a_holiday_rolls_to_the_first_open_day_where_the_tenant_chooses_so()
    {
        await using var choice = new Choice(service);
        await choice.PutAsync(new { platformType = "ECommerce", regime = new { name = "cn-ecl", clocks = new Dictionary<string, object> { ["CN-03"] = new { roll = "NextOpenDay" } } } });
        var dispute = await DeclaredAsync("cn-ecl", "2026-09-18T10:00");
        await service.GoToAsync("2026-10-08T23:59:50", Shanghai);
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");
        // Golden Week ends with 7 October; the 8th is the first open day and the last of the term.
        await service.GoToAsync("2026-10-09T00:00:05", Shanghai);
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-10-09T00:00");
    }

    [Fact]
    public async Task The_regulation_of_2006_restores_at_once_and_refuses_the_same_notice_again()
    {
        var dispute = await (await LawCase.NotifiedAsync(service, "cn-ricr", "2026-09-10T10:00", Shanghai)).TakenDownAsync("2026-09-10T12:00");
        var back = await dispute.StepAtAsync("2026-09-25T10:00", "counter-notice", dispute.Counter());
        ((string)back.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-09-25T10:00");
        var again = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(dispute.Scenario, "cn-ricr"))).ShouldBe(HttpStatusCode.Created);
        ((string)again.Body!["cases"]![0]!["code"]!).ShouldBe("Notice_Barred");
        (await dispute.StepAsync("closure", new { actor = "reviewer-mei", reasonCode = "Done", statement = "Restored.", outcome = "Reinstated" })).ShouldBe(HttpStatusCode.OK);
        again = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(dispute.Scenario, "cn-ricr"))).ShouldBe(HttpStatusCode.Created);
        ((string)again.Body!["cases"]![0]!["code"]!).ShouldBe("Notice_Barred");
        // Somebody else's right is not barred by it.
        var other = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(dispute.Scenario, "cn-ricr", complainant: "somebody-else"))).ShouldBe(HttpStatusCode.Created);
        ((string)other.Body!["cases"]![0]!["caseId"]!).ShouldNotBe(dispute.Id);
    }

    [Fact]
    public async Task The_civil_code_waits_for_the_reasonable_period_that_the_tenant_sets()
    {
        await using var choice = new Choice(service);
        await choice.PutAsync(new { platformType = "InformationStorage", surfaces = new[] { "Listing" }, regime = new { name = "cn-civil-code", clocks = new Dictionary<string, object> { ["CN-08"] = new { days = 20 } } } });
        (await service.PostAsync("/v1/notices", LawCase.NoticeOf(await new Scenarios(service).KnownAsync(), "cn-ecl"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Regime_Not_Chosen");
        var dispute = await DeclaredAsync("cn-civil-code", "2026-09-28T10:00");
        await service.GoToAsync("2026-10-18T23:59:50", Shanghai);
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");
        await service.GoToAsync("2026-10-19T00:00:05", Shanghai);
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-10-19T00:00");
    }

    [Fact]
    public async Task A_court_that_orders_the_picture_back_is_obeyed_whatever_the_clock_says()
    {
        var dispute = await DeclaredAsync("cn-ecl", "2026-09-28T10:00");
        var back = await dispute.StepAtAsync("2026-10-01T09:00", "court-order",
            new { actor = "clerk", reasonCode = "Reverse_Preservation", statement = "Reverse preservation.", docket = "(2026)沪行保1号", body = "Shanghai IP Court", order = "Restoration" });
        ((string)back.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-10-01T09:00");
    }

    /// <summary>Down since 10 September (or ten days before the arrival), declared and forwarded; delivered unless there is no arrival.</summary>
    private async Task<LawCase> DeclaredAsync(string regime, string? arrived)
    {
        var arrival = LawService.At(arrived ?? "2026-09-28T10:00", Shanghai);
        string Local(int days, string time) => $"{arrival.ToOffset(TimeSpan.FromHours(8)).AddDays(days):yyyy-MM-dd}T{time}";
        var dispute = await (await LawCase.NotifiedAsync(service, regime, Local(-10, "10:00"), Shanghai)).TakenDownAsync(Local(-10, "12:00"));
        (await dispute.StepAtAsync(Local(-3, "10:00"), "counter-notice", dispute.Counter())).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAtAsync(Local(-3, "11:00"), "counter-notice-forwarding", new { actor = "clerk", reasonCode = "Forwarded", statement = "By EMS.", channel = "EMS", proof = "EMS 1" })).ShouldBe(HttpStatusCode.OK);
        if (arrived is null) return dispute;
        (await dispute.StepAtAsync(arrived, "counter-notice-delivery", new { actor = "clerk", reasonCode = "Delivered", statement = "Signed for.", proof = "EMS 1" })).ShouldBe(HttpStatusCode.OK);
        return dispute;
    }
}
