using System.Collections.Concurrent;
using System.Net;
using ImageRights.CaseManagement.IntegrationTests.Journeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>The work that a complaint names, with a double of the service that registers works.</summary>
public sealed class RegisteredWorksTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, object> works = [];
    private WebApplication ingestion = null!;
    private RunningService service = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        ingestion = builder.Build();
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
    public async Task A_complaint_does_not_wait_for_a_service_that_is_down()
    {
        var scenario = await KnownAsync(isRegistered: false);
        await ingestion.StopAsync();
        (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created);
    }
}
