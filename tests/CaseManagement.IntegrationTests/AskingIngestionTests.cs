using System.Collections.Concurrent;
using System.Net;
using ImageRights.CaseManagement.IntegrationTests.Journeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>What is asked of Ingestion before something is recorded, with a double of it: the work that a complaint names, the person that is to be erased.</summary>
public sealed class AskingIngestionTests : IAsyncLifetime
{
    private const string Registered = "author-registered", Reported = "seller-reported";

    private readonly ConcurrentDictionary<string, object> works = [];
    private WebApplication ingestion = null!;
    private RunningService service = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        ingestion = builder.Build();
        ingestion.MapGet("/v1/{list}", (string list, string accountId) => Results.Json(new { items = list == "works" && accountId == Registered ? [new { accountId }] : Array.Empty<object>() }));
        ingestion.MapGet("/internal/v1/sellers/{id}/contact", (string id) => id == Reported ? Results.Json(new { accountId = id }) : Results.NotFound());
        ingestion.MapGet("/v1/works/{id}", (string id) => works.TryGetValue(id, out var work) ? Results.Json(work) : Results.NotFound());
        await ingestion.StartAsync();
        service = new RunningService { More = [$"--services:ingestion:http:0={ingestion.Urls.Single()}"] };
        await service.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await service.DisposeAsync();
        await ingestion.DisposeAsync();
    }

    private async Task<Scenarios> KnownAsync(bool isRegistered = true, DateTimeOffset? withdrawnAt = null)
    {
        var scenario = await new Scenarios(service).KnownAsync();
        if (isRegistered) works[scenario.Work] = new { workId = scenario.Work, accountId = scenario.Complainant, title = "Bag", withdrawnAt };
        return scenario;
    }

    [Fact]
    public async Task A_complaint_of_a_work_that_nobody_registered_or_that_was_withdrawn_is_refused_with_the_reason()
    {
        foreach (var (scenario, status, code) in new[]
        {
            (await KnownAsync(isRegistered: false), HttpStatusCode.NotFound, "Work_Not_Found"),
            (await KnownAsync(withdrawnAt: DateTimeOffset.UtcNow.AddDays(-1)), HttpStatusCode.UnprocessableEntity, "Work_Withdrawn"),
        })
        {
            (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(status, code);
            (await service.PostAsync("/v1/notices", LawCase.NoticeOf(scenario, "us-dmca-512"))).ShouldBe(status, code);
            (await service.PostAsync("/v1/guest/reports", new { imageId = scenario.Image, workId = scenario.Work, reasonCode = "Copyright", statement = "Mine." })).ShouldBe(status, code);
            (await service.GetAsync($"/v1/cases?imageId={scenario.Image}")).Body!["items"]!.AsArray().ShouldBeEmpty();
            // Without a work it is anybody's word, as before.
            (await service.PostAsync("/v1/guest/reports", new { imageId = scenario.Image, reasonCode = "Copyright", statement = "Mine." })).ShouldBe(HttpStatusCode.Created);
        }
    }

    [Fact]
    public async Task A_work_of_another_account_is_its_owner_s_to_complain_of_or_his_agent_s()
    {
        var scenario = await KnownAsync();
        (await service.PostAsync("/v1/reports", scenario.Report("agency"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Work_Of_Another_Account");
        (await service.PostAsync("/v1/notices", LawCase.NoticeOf(scenario, "us-dmca-512", complainant: "agency"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Work_Of_Another_Account");
        object Agent(string until) => new { imageId = scenario.Image, workId = scenario.Work, complainantAccountId = "agency", reasonCode = "Copyright", statement = "For the author.", authorityUntil = until };
        (await service.PostAsync("/v1/reports", Agent("2020-01-01"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await service.PostAsync("/v1/reports", Agent("2100-01-01"))).ShouldBe(HttpStatusCode.Created);
        (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created);
        // Who has no account may be the author.
        (await service.PostAsync("/v1/guest/reports", new { imageId = scenario.Image, workId = scenario.Work, reasonCode = "Copyright", statement = "Mine." })).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_erasure_or_a_hold_for_somebody_whom_nobody_knows_is_refused_and_what_waits_is_listed()
    {
        object Erasure(string person) => new { personId = person, legalBasis = "GDPR_17_1_b", actor = "agent-li" };
        object Hold(string person) => new { personId = person, reason = "Proceeding 12 O 34/26", by = "counsel-wu" };
        (await service.PostAsync("/v1/erasures", Erasure("author-misspelt"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Person_Unknown");
        (await service.PostAsync("/v1/holds", Hold("author-misspelt"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Person_Unknown");

        var scenario = await KnownAsync();
        (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created);
        var holds = new List<string>();
        foreach (var person in new[] { Registered, Reported, scenario.Complainant, scenario.Respondent }) holds.Add((string)(await service.PostAsync("/v1/holds", Hold(person))).ShouldBe(HttpStatusCode.Created).Body!["holdId"]!);
        (await service.PostAsync($"/v1/holds/{holds[0]}/lift", new { reason = "It ended.", by = "counsel-wu" })).ShouldBe(HttpStatusCode.OK);
        var erasure = (string)(await service.PostAsync("/v1/erasures", Erasure(Registered))).ShouldBe(HttpStatusCode.Accepted).Body!["erasureId"]!;

        var first = (await service.GetAsync("/v1/holds?status=Standing&limit=2")).ShouldBe(HttpStatusCode.OK).Body!;
        var rest = (await service.GetAsync($"/v1/holds?status=Standing&limit=2&cursor={first["next"]}")).Body!;
        first["items"]!.AsArray().Concat(rest["items"]!.AsArray()).Select(hold => (string)hold!["holdId"]!).ShouldBe(Enumerable.Reverse(holds[1..]));
        rest["next"].ShouldBeNull();
        (await service.GetAsync("/v1/holds?status=Lifted")).Body!["items"]!.AsArray().ShouldHaveSingleItem()!["personId"]!.ToString().ShouldBe(Registered);
        var waiting = (await service.GetAsync($"/v1/erasures?status=Prepared&personId={Registered}")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)waiting["erasureId"]!, waiting["requestedAt"] is null).ShouldBe((erasure, false));
        (await service.PostAsync($"/v1/erasures/{erasure}/approval", new { actor = "counsel-wu" })).ShouldBe(HttpStatusCode.OK);
        (await service.GetAsync("/v1/erasures?status=Prepared")).Body!["items"]!.AsArray().ShouldBeEmpty();
        (await service.GetAsync("/v1/erasures")).Body!["items"]!.AsArray().ShouldHaveSingleItem()!["requestedAt"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_complaint_does_not_wait_for_a_service_that_is_down()
    {
        var scenario = await KnownAsync(isRegistered: false);
        await ingestion.StopAsync();
        (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created);
    }
}
