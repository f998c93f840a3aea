using System.Net;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>People without an account: report, keep number and PIN, come back.</summary>
[Collection(ServiceCollection.Name)]
public class GuestsTests(RunningService service)
{
    [Fact]
    public async Task A_guest_reports_and_follows_with_number_and_PIN_and_sees_nothing_of_the_other_side()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var (number, pin) = await ReportAsync(scenario.Image);
        pin.Length.ShouldBe(8);
        var seen = (await FollowAsync(number, pin)).ShouldBe(HttpStatusCode.OK).Body!;
        ((string?)seen["state"]).ShouldBe("UnderReview");
        seen.AsObject().Select(field => field.Key).ShouldBe(["number", "state", "receivedAt", "changedAt", "canWithdraw", "isWithdrawn"], ignoreOrder: true);
        seen.ToJsonString().ShouldNotContain(scenario.Image);

        var open = (await service.GetAsync($"/v1/cases?imageId={scenario.Image}")).Body!["items"]!.AsArray();
        var caseId = (string)open.First(entry => (string?)entry!["workId"] is null)!["caseId"]!;
        var found = await service.GetAsync($"/v1/cases/{caseId}");
        (await service.PostAsync($"/v1/cases/{caseId}/takedown", new { actor = "mei", reasonCode = "Copyright", statement = "Mine." }, found.ETag)).ShouldBe(HttpStatusCode.OK);
        ((string?)(await FollowAsync(number, pin)).Body!["state"]).ShouldBe("TakenDown");
    }

    [Fact]
    public async Task A_wrong_PIN_an_unknown_number_and_another_s_number_look_alike()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var (first, firstPin) = await ReportAsync(scenario.Image);
        var (second, secondPin) = await ReportAsync(scenario.Image);
        second.ShouldNotBe(first);
        (await FollowAsync(first, secondPin)).ShouldBe(HttpStatusCode.NotFound, "Guest_Report_Not_Found");
        (await FollowAsync("rpt_unknown", firstPin)).ShouldBe(HttpStatusCode.NotFound, "Guest_Report_Not_Found");
        (await FollowAsync(first, "")).ShouldBe(HttpStatusCode.NotFound, "Guest_Report_Not_Found");
        (await FollowAsync(first, firstPin)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Five_wrong_PINs_side_by_side_lock_the_report_also_for_the_right_one()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var (number, pin) = await ReportAsync(scenario.Image);
        var wrong = pin == "00000000" ? "00000001" : "00000000";
        var tries = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => FollowAsync(number, wrong)));
        tries.Count(answer => answer.Status == HttpStatusCode.NotFound).ShouldBe(5, string.Join(", ", tries.Select(answer => $"{(int)answer.Status} {answer.Code}")));
        tries.Count(answer => answer.Code == "Guest_Report_Locked").ShouldBe(7);
        using var locked = await SendAsync(number, pin);
        locked.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        locked.Headers.RetryAfter!.Delta!.Value.TotalMinutes.ShouldBeInRange(1, 15);
    }

    [Fact]
    public async Task A_PIN_is_shown_once_and_kept_nowhere()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var request = new { imageId = scenario.Image, reasonCode = "Portrait", statement = "It shows me." };
        var key = Guid.NewGuid().ToString();
        var first = (await service.PostAsync("/v1/guest/reports", request, idempotencyKey: key)).ShouldBe(HttpStatusCode.Created);
        var again = (await service.PostAsync("/v1/guest/reports", request, idempotencyKey: key)).ShouldBe(HttpStatusCode.Created);
        again.Replayed.ShouldBeTrue();
        ((string?)again.Body!["number"]).ShouldBe((string?)first.Body!["number"]);
        again.Body["pin"].ShouldBeNull();
        (await FollowAsync((string)first.Body["number"]!, (string)first.Body["pin"]!)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_guest_takes_the_report_back_with_number_and_PIN_and_only_his_own()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var (first, firstPin) = await ReportAsync(scenario.Image);
        var (second, secondPin) = await ReportAsync(scenario.Image);
        (await WithdrawAsync(first, secondPin)).ShouldBe(HttpStatusCode.NotFound, "Guest_Report_Not_Found");
        (await ShownAsync(first, firstPin)).ShouldBe(("UnderReview", null, true, false));
        ((string)(await WithdrawAsync(first, firstPin)).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("UnderReview", "the other's report stands");
        (await ShownAsync(first, firstPin)).ShouldBe(("UnderReview", null, false, true));
        (await ShownAsync(second, secondPin)).ShouldBe(("UnderReview", null, true, false));
        (await WithdrawAsync(first, firstPin)).ShouldBe(HttpStatusCode.OK);
        ((string)(await WithdrawAsync(second, secondPin)).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Closed");
        (await ShownAsync(second, secondPin)).ShouldBe(("Closed", "Dismissed", false, true));
        var found = (await service.GetAsync($"/v1/cases?imageId={scenario.Image}")).Body!["items"]!.AsArray().ShouldHaveSingleItem()!;
        var types = (await service.GetAsync($"/v1/cases/{(string)found["caseId"]!}/history")).Body!["events"]!.AsArray().Select(entry => (string)entry!["type"]!);
        types.ShouldBe(["case_opened_v1", "complainant_joined_v1", "complainant_withdrew_v1", "notice_retracted_v1", "case_closed_v1"]);
    }

    [Fact]
    public async Task Another_tenant_does_not_open_it()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var (number, pin) = await ReportAsync(scenario.Image);
        using var other = new HttpClient { BaseAddress = service.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(20) }.Authorized(TestAccess.FullToken("other"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/guest/reports/{number}");
        request.Headers.Add("Guest-Pin", pin);
        using var answer = await other.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(string Number, string Pin)> ReportAsync(string image)
    {
        var answer = (await service.PostAsync("/v1/guest/reports", new { imageId = image, reasonCode = "Portrait", statement = "It shows me." })).ShouldBe(HttpStatusCode.Created);
        return ((string)answer.Body!["number"]!, (string)answer.Body["pin"]!);
    }

    private async Task<(string State, string? Outcome, bool CanWithdraw, bool IsWithdrawn)> ShownAsync(string number, string pin)
    {
        var report = (await FollowAsync(number, pin)).ShouldBe(HttpStatusCode.OK).Body!;
        report["decisionDueAt"].ShouldBeNull("the marketplace's own rules have no term");
        return ((string)report["state"]!, (string?)report["outcome"], (bool)report["canWithdraw"]!, (bool)report["isWithdrawn"]!);
    }

    private async Task<Answer> WithdrawAsync(string number, string pin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/guest/reports/{number}/withdrawal");
        request.Headers.TryAddWithoutValidation("Guest-Pin", pin);
        using var answer = await service.Http.SendAsync(request);
        return await Answer.ReadAsync(answer);
    }

    private async Task<Answer> FollowAsync(string number, string pin)
    {
        using var answer = await SendAsync(number, pin);
        return await Answer.ReadAsync(answer);
    }

    private Task<HttpResponseMessage> SendAsync(string number, string pin)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/guest/reports/{number}");
        request.Headers.TryAddWithoutValidation("Guest-Pin", pin);
        return service.Http.SendAsync(request);
    }
}
