using ImageRights.ServiceDefaults;

namespace ImageRights.Ingestion.IntegrationTests;

[Collection(nameof(SharedIngestion))]
public class ReadModelTests(RunningIngestion ingestion)
{
    [Fact]
    public async Task Rebuilt_beside_the_running_service_they_equal_the_live_ones()
    {
        var workId = await ingestion.RegisterAsync("author-rebuilt");

        (await ServiceRun.RebuildAsync(ingestion.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(ingestion.Store, [], onlyCompare: false, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(ingestion.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        (await ingestion.GetAsync($"/v1/works/{workId}")).Status.ShouldBe(200);
    }
}
