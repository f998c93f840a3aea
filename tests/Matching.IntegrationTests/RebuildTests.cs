using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.TestKit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

public class RebuildTests
{
    private const int Known = 30_000;

    [Fact]
    public async Task A_restarted_service_is_not_ready_and_screens_nothing_until_its_index_has_read_the_log()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using (await Replica.StartAsync(surroundings))
        {
            // Makes the tables.
        }
        await KnownPictures.RecordAsync(surroundings.Database, Enumerable.Range(1, Known).Select(number => KnownPictures.Upload(number, sha256: "5a")));
        var waiting = NewImage();
        await surroundings.PublishAsync(Upload(waiting, "newcomer", KnownPictures.HashOf(Known)));

        await using var replica = await Replica.StartWithoutWaitingAsync(surroundings);
        var early = await replica.IndexHealthAsync();
        early.Status.ShouldBe(HealthStatus.Unhealthy);
        early.Description.ShouldNotBeNull().ShouldStartWith("The index is being rebuilt: at ");
        var refused = await replica.Http.PostAsJsonAsync("/v1/searches", new { pdq = NewHash() });
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("Dependency_Unavailable");

        // The upload was waiting when the service started, and the picture it matches is the last that the index reads.
        var screened = await surroundings.ScreeningOfAsync(waiting);
        screened.Matches.ShouldHaveSingleItem().ReferenceId.ShouldBe($"img_{Known}");
        screened.Thresholds.IndexVersion.ShouldBe(Known);

        await Eventually.HoldsAsync(async () => (await replica.Http.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK), Surroundings.Patience);
        var index = await replica.Http.GetFromJsonAsync<JsonElement>("/v1/index");
        (index.GetProperty("uploads").GetInt32(), index.GetProperty("version").GetInt64()).ShouldBe((Known + 1, Known + 1));
        var found = await (await replica.Http.PostAsJsonAsync("/v1/searches", new { pdq = KnownPictures.HashOf(Known) })).Content.ReadFromJsonAsync<JsonElement>();
        found.GetProperty("matches")[0].GetProperty("referenceId").GetString().ShouldBe($"img_{Known}");
        found.GetProperty("matches")[0].GetProperty("distance").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_restarted_service_begins_with_its_checkpoint()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("matching-checkpoint-").FullName;
        try
        {
            var (hash, earlier, later) = (NewHash(), NewImage(), NewImage());
            await using (var replica = await Replica.StartAsync(surroundings, $"--Matching:CheckpointFolder={folder}"))
            {
                await surroundings.PublishAsync(Upload(earlier, "first", hash));
                await surroundings.ScreeningOfAsync(earlier);
            }
            await using var restarted = await Replica.StartAsync(surroundings, $"--Matching:CheckpointFolder={folder}");
            // It is written when the service ends: what it says now was read.
            (await restarted.IndexHealthAsync()).Description.ShouldNotBeNull().ShouldMatch("^at [0-9]+, checkpoint at [1-9][0-9]*; 0 pictures with local features, 1 with hashes only$");
            await surroundings.PublishAsync(Upload(later, "second", hash));
            (await surroundings.ScreeningOfAsync(later)).Matches.ShouldHaveSingleItem().ReferenceId.ShouldBe(earlier);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_checkpoint_of_another_log_is_not_believed()
    {
        var folder = Directory.CreateTempSubdirectory("matching-checkpoint-").FullName;
        try
        {
            var hash = NewHash();
            await using (var other = await Surroundings.CreateAsync())
            await using (await Replica.StartAsync(other, $"--Matching:CheckpointFolder={folder}"))
            {
                var stranger = NewImage();
                await other.PublishAsync(Upload(stranger, "stranger", hash));
                await other.ScreeningOfAsync(stranger);
            }
            await using var surroundings = await Surroundings.CreateAsync();
            await using var replica = await Replica.StartAsync(surroundings, $"--Matching:CheckpointFolder={folder}");
            var image = NewImage();
            await surroundings.PublishAsync(Upload(image, "first", hash));
            (await surroundings.ScreeningOfAsync(image)).Matches.ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
