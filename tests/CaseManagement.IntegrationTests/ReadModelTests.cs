using System.Net;
using ImageRights.ServiceDefaults;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class ReadModelTests(RunningService service)
{
    [Fact]
    public async Task Rebuilt_beside_the_running_service_they_equal_the_live_ones()
    {
        var scenario = new Scenarios(service);
        await scenario.TakenDownAsync();
        var reported = await scenario.ReportedAsync();

        // As an operator does it, beside the running service.
        (await Composition.Build(service.Settings).RunServiceAsync(["rebuild", "--compare"])).ShouldBe(0);
        (await Composition.Build(service.Settings).RunServiceAsync(["rebuild"])).ShouldBe(0);
        (await Composition.Build(service.Settings).RunServiceAsync(["rebuild", "--compare"])).ShouldBe(0);
        (await service.GetAsync($"/v1/cases/{reported.Id}")).ShouldBe(HttpStatusCode.OK);
        (await Composition.Build(service.Settings).RunServiceAsync(["rebuild", "Nothing"])).ShouldBe(1);
    }
}
