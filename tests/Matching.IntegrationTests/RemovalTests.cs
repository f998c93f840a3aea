using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>What a measure has taken down stays known.</summary>
public class RemovalTests
{
    [Fact]
    public async Task A_picture_that_was_taken_down_is_recognised_when_it_comes_back_until_the_measure_is_lifted()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings, "--Matching:Removed:Review=0.2", "--Matching:Removed:Auto=0.99");
        var (hash, removed) = (NewHash(), NewImage());
        await ScreenAsync(surroundings, removed, "thief", hash);
        await ScreenAsync(surroundings, NewImage(), "thief", hash, ScreeningVerdict.Clear);

        var measure = Applied("msr_1", "case_1", removed, "thief");
        await surroundings.PublishAsync(measure);
        await StoredAsync(surroundings, "removal_recorded_v1", 1);
        var again = await ScreenAsync(surroundings, NewImage(), "thief", Off(hash, 4), ScreeningVerdict.Match);
        var match = again.Matches.Single(match => match.Disposition == Disposition.Hit);
        (match.Bank, match.ReferenceId, match.OwnerAccountId, match.CaseId, match.Distance).ShouldBe((Bank.Removed, removed, "thief", "case_1", 4));
        again.Thresholds.Removed.ShouldBe(new BandLimits(0.2, 0.99));
        (await CountAsync(replica)).ShouldBe(1);

        await surroundings.PublishAsync(Lifted(measure));
        await StoredAsync(surroundings, "removal_ended_recorded_v1", 1);
        await ScreenAsync(surroundings, NewImage(), "thief", Off(hash, 5), ScreeningVerdict.Clear);
        (await CountAsync(replica)).ShouldBe(0);
    }

    [Fact]
    public async Task A_withdrawn_listing_does_not_free_what_was_taken_down_and_a_restart_forgets_nothing()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var (hash, removed, free, folder) = (NewHash(), NewImage(), NewHash(), Directory.CreateTempSubdirectory("matching-removals-"));
        string[] settings = [$"--Matching:CheckpointFolder={folder.FullName}"];
        try
        {
            await using (var before = await Replica.StartAsync(surroundings, settings))
            {
                await ScreenAsync(surroundings, removed, "thief", hash);
                var other = NewImage();
                await ScreenAsync(surroundings, other, "thief", free);
                var measure = Applied("msr_1", "case_1", removed, "thief");
                var id = Guid.CreateVersion7();
                // The same message twice, the same measure in another message, and a withdrawal.
                await Task.WhenAll(surroundings.PublishAsync(measure, id), surroundings.PublishAsync(measure, id), surroundings.PublishAsync(measure));
                foreach (var image in (string[])[removed, other])
                    await surroundings.PublishAsync(new Contracts.Ingestion.V1.ImageWithdrawn(measure.TenantId, image, "thief", Noon));
                await StoredAsync(surroundings, "removal_recorded_v1", 1);
                await StoredAsync(surroundings, "picture_withdrawn_v1", 2);
            }
            await using (var after = await Replica.StartAsync(surroundings, settings))
            {
                var again = await ScreenAsync(surroundings, NewImage(), "fence", hash, ScreeningVerdict.Match);
                again.Matches.ShouldHaveSingleItem().CaseId.ShouldBe("case_1");
                await ScreenAsync(surroundings, NewImage(), "fence", free, ScreeningVerdict.Clear);
                // A later work is not told of pictures that are gone.
                await surroundings.PublishAsync(Work(NewWork(), "author", hash));
                (await surroundings.HearAsync<CopyFound>(1)).ShouldHaveSingleItem().ImageId.ShouldBe(again.ImageId);
                var searched = await SearchAsync(after, hash);
                searched.GetProperty("matches").EnumerateArray().Select(match => match.GetProperty("bank").GetString()).ShouldBe(["Works", "Removed", "Uploads"]);
                searched.GetProperty("commonness").GetProperty("pictures").GetInt32().ShouldBe(1);
            }
            (await surroundings.StoredAsync("removal_recorded_v1")).Count.ShouldBe(1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_measure_that_breaks_its_contract_is_set_aside()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        await surroundings.PublishAsync(Applied("", "case_1", "img_1", "thief"));
        await surroundings.PublishAsync(Lifted(Applied("msr_1", "case\0", "img_1", "thief")));
        foreach (var queue in (string[])["matching-measure-applied_error", "matching-measure-lifted_error"])
            await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync(queue)).ShouldBe(1u), Surroundings.Patience, queue);
        (await CountAsync(replica)).ShouldBe(0);
    }

    private static async Task<ImageScreened> ScreenAsync(Surroundings surroundings, string imageId, string account, string hash, ScreeningVerdict? expected = null)
    {
        await surroundings.PublishAsync(Upload(imageId, account, hash));
        var screened = await surroundings.ScreeningOfAsync(imageId);
        if (expected is { } verdict) screened.Verdict.ShouldBe(verdict);
        return screened;
    }

    private static Task StoredAsync(Surroundings surroundings, string type, int count) =>
        Eventually.HoldsAsync(async () => (await surroundings.StoredAsync(type)).Count.ShouldBe(count), Surroundings.Patience, type);

    private static async Task<int> CountAsync(Replica replica) => (await replica.Http.GetFromJsonAsync<JsonElement>("/v1/index")).GetProperty("removed").GetInt32();

    private static async Task<JsonElement> SearchAsync(Replica replica, string hash)
    {
        using var response = await replica.Http.PostAsJsonAsync("/v1/searches", new { pdq = hash });
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>())!;
    }
}
