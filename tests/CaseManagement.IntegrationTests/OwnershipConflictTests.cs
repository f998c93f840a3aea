using System.Net;
using System.Net.Http.Headers;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>Somebody registers another's photograph later and complains of it.</summary>
[Collection(ServiceCollection.Name)]
public class OwnershipConflictTests(RunningService service)
{
    private static readonly DateTimeOffset Registered = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_desk_is_shown_the_earlier_registration_and_no_machine_decides_on_the_later_one()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var earlier = scenario.Work.Replace("wrk_", "wrk_e");
        var caseId = (string)(await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created).Body!["caseId"]!;
        // Matching names what it compared first; what counts is who registered first.
        await RegisterAsync(scenario.Work, scenario.Complainant, Registered.AddSeconds(2));
        await RegisterAsync(earlier, "author-weber", Registered);
        await service.SayAsync(new OwnershipConflictFound("*DEFAULT*", earlier, "author-weber", scenario.Work, scenario.Complainant, 4, Orientation.Original, Registered.AddDays(1)));

        await Eventually.HoldsAsync(async () =>
        {
            var shown = (await service.GetAsync($"/v1/cases/{caseId}")).Body!["earlierRegistrations"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)shown["workId"]!, (string)shown["accountId"]!, (DateTimeOffset)shown["registeredAt"]!).ShouldBe((earlier, "author-weber", Registered));
        });
        (await service.GetAsync($"/v1/cases?imageId={scenario.Image}")).Body!["items"]![0]!["earlierRegistrations"].ShouldNotBeNull();
        foreach (var party in new[] { scenario.Complainant, scenario.Respondent })
        foreach (var path in new[] { $"/v1/cases/{caseId}", $"/v1/cases?imageId={scenario.Image}", $"/v1/cases/{caseId}/history" })
            (await AsAsync(party, path)).ShouldBe(HttpStatusCode.OK).Body!.ToJsonString().ShouldNotContain("arlierRegistration");

        object Takedown(bool automated) => new { actor = "reviewer-mei", reasonCode = "Copyright", statement = "As the file shows.", automated };
        var refused = (await service.PostAsync($"/v1/cases/{caseId}/takedown", Takedown(true), "*")).ShouldBe(HttpStatusCode.Conflict, "Measure_Needs_Review");
        ((string)refused.Body!["detail"]!).ShouldContain("another account registered before it");
        (await service.PostAsync($"/v1/cases/{caseId}/takedown", Takedown(false), "*")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_the_earlier_owner_complains_too_the_later_registration_is_no_obstacle_and_his_own_case_has_no_flag()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var earlier = scenario.Work.Replace("wrk_", "wrk_e");
        var owner = $"owner-{scenario.Complainant}";
        await RegisterAsync(earlier, owner, Registered);
        await service.SayAsync(new OwnershipConflictFound("*DEFAULT*", scenario.Work, scenario.Complainant, earlier, owner, 4, Orientation.Original, Registered.AddDays(1)));
        var caseId = (string)(await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created).Body!["caseId"]!;
        var own = (string)(await service.PostAsync("/v1/reports", scenario.Report(owner, earlier))).ShouldBe(HttpStatusCode.Created).Body!["caseId"]!;
        await Eventually.HoldsAsync(async () => (await service.GetAsync($"/v1/cases/{caseId}")).Body!["earlierRegistrations"].ShouldNotBeNull());
        (await service.GetAsync($"/v1/cases/{own}")).Body!["earlierRegistrations"].ShouldBeNull();
        (await service.PostAsync("/v1/reports", scenario.Report(owner))).ShouldBe(HttpStatusCode.Created).Body!["caseId"]!.ToString().ShouldBe(caseId);
        (await service.PostAsync($"/v1/cases/{caseId}/takedown", new { actor = "reviewer-mei", reasonCode = "Copyright", statement = "As the file shows.", automated = true }, "*")).Body!["detail"].ShouldBeNull("complaints of newcomers are looked at, whatever they own");
    }

    private Task RegisterAsync(string work, string account, DateTimeOffset at) =>
        service.SayAsync(new WorkRegistered("*DEFAULT*", work, account, "Bag", null, null, new string('a', 64), "JPEG", 800, 800, at));

    private async Task<Answer> AsAsync(string account, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", TestAccess.Token(TestAccess.Tenant, ["seller", "rights-holder"], change: claims => claims["account"] = account)) } };
        using var answer = await service.Http.SendAsync(request);
        return await Answer.ReadAsync(answer);
    }
}
