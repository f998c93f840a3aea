using System.Net;
using ImageRights.ServiceDefaults;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class ReadModelTests(RunningService service)
{
    [Fact]
    public async Task Rebuilt_beside_the_running_service_they_equal_the_live_ones()
    {
        await new Scenarios(service).TakenDownAsync();
        var reported = await new Scenarios(service).ReportedAsync();

        (await ServiceRun.RebuildAsync(service.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Store, [], onlyCompare: false, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        (await service.GetAsync($"/v1/cases/{reported.Id}")).ShouldBe(HttpStatusCode.OK);
        (await ServiceRun.RebuildAsync(service.Store, ["Nothing"], onlyCompare: false, TextWriter.Null)).ShouldBe(1);
    }
}
