using System.Net;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

public class RestartTests
{
    [Fact]
    public async Task What_is_said_while_the_service_is_down_and_what_it_said_before_arrive_once()
    {
        var service = new RunningService();
        await service.InitializeAsync();
        try
        {
            var before = await new Scenarios(service).TakenDownAsync();
            var during = new Scenarios(service);
            await service.StopAsync();
            var messageId = Guid.CreateVersion7();
            await service.SayAsync(during.Screened(ScreeningVerdict.Match, during.Hit()), messageId);
            await service.SayAsync(during.Screened(ScreeningVerdict.Match, during.Hit()), messageId);
            await service.StartAsync();

            var opened = await Eventually.GetAsync(async () =>
                (string?)(await service.GetAsync($"/v1/cases?imageId={during.Image}")).Body!["items"]!.AsArray().SingleOrDefault()?["caseId"]);
            (await before.HistoryAsync()).ShouldBe(["case_opened_v1", "measure_applied_v1"]);
            (await before.TakeAsync("reinstatement", before.Scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
            await Eventually.HoldsAsync(() =>
            {
                service.HeardOf(opened).ShouldHaveSingleItem().ShouldBeOfType<CaseOpened>();
                service.HeardOf(before.Id).Select(contract => contract.GetType()).ShouldBe([typeof(CaseOpened), typeof(MeasureApplied), typeof(MeasureLifted)]);
                return Task.CompletedTask;
            });
        }
        finally
        {
            await service.DisposeAsync();
        }
    }
}
