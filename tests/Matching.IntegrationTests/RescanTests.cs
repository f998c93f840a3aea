using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Everything is compared anew: what was not found before is, once.</summary>
public class RescanTests
{
    private const int Pairs = 3000;

    [Fact]
    public async Task A_withdrawn_work_is_matched_against_no_more_and_a_rescan_says_nothing_of_it()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var (hash, work, image) = (NewHash(), NewWork(), NewImage());
        await using (var narrow = await Replica.StartAsync(surroundings, "--Matching:MaxDistance=10"))
        {
            await ScreenAsync(surroundings, image, "thief", Off(hash, 20));
            await PublishWorkAsync(surroundings, narrow, Work(work, "author", hash));
        }
        await using var wide = await Replica.StartAsync(surroundings);
        (await BanksAsync()).ShouldBe(["Works", "Uploads"]);
        var withdrawal = new Contracts.Ingestion.V1.WorkWithdrawn(EventStore.DocumentStore.DefaultTenant, work, "author", Noon);
        await Task.WhenAll(surroundings.PublishAsync(withdrawal), surroundings.PublishAsync(withdrawal));
        await Eventually.HoldsAsync(async () => (await BanksAsync()).ShouldBe(["Uploads"]), Surroundings.Patience, "the search");
        (await wide.Http.GetFromJsonAsync<JsonElement>("/v1/index")).GetProperty("works").GetInt32().ShouldBe(0);
        (await RescanAsync(wide)).GetProperty("found").GetInt32().ShouldBe(0);
        (await surroundings.StoredAsync("work_withdrawn_v1")).ShouldHaveSingleItem();
        surroundings.Heard<CopyFound>().ShouldBeEmpty();

        async Task<IEnumerable<string>> BanksAsync()
        {
            using var answer = await wide.Http.PostAsJsonAsync("/v1/searches", new { pdq = hash });
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("matches").EnumerateArray().Select(match => match.GetProperty("bank").GetString()!);
        }
    }

    [Fact]
    public async Task Nothing_is_matched_against_a_suspended_work_until_it_is_resumed()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        var (hash, work) = (NewHash(), NewWork());
        await PublishWorkAsync(surroundings, replica, Work(work, "author", hash));
        await surroundings.PublishAsync(new Contracts.Ingestion.V1.WorkSuspended(EventStore.DocumentStore.DefaultTenant, work, "author", "wsp_1", Noon));
        await SuspendedAsync(1);
        (await WorksAsync("thief")).ShouldBeEmpty();
        await surroundings.PublishAsync(new Contracts.Ingestion.V1.WorkResumed(EventStore.DocumentStore.DefaultTenant, work, "author", "wsp_1", Noon));
        await SuspendedAsync(0);
        (await WorksAsync("another")).ShouldBe([work]);
        (await RescanAsync(replica)).GetProperty("found").GetInt32().ShouldBe(1, "what came meanwhile");

        async Task<IEnumerable<string>> WorksAsync(string account)
        {
            var image = NewImage();
            await surroundings.PublishAsync(Upload(image, account, Off(hash, 3)));
            return from match in (await surroundings.ScreeningOfAsync(image)).Matches where match.Bank == Bank.Works select match.ReferenceId;
        }

        Task SuspendedAsync(int count) => Eventually.HoldsAsync(
            async () => (await replica.Http.GetFromJsonAsync<JsonElement>("/v1/index")).GetProperty("suspended").GetInt32().ShouldBe(count), Surroundings.Patience, "suspended");
    }

    [Fact]
    public async Task A_rescan_finds_what_the_limits_of_then_did_not_and_says_nothing_twice()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var (hash, work, rival, early, near, late, own) = (NewHash(), NewWork(), NewWork(), NewImage(), NewImage(), NewImage(), NewImage());
        await using (var narrow = await Replica.StartAsync(surroundings, "--Matching:MaxDistance=10"))
        {
            await ScreenAsync(surroundings, early, "thief", Off(hash, 20));
            await PublishWorkAsync(surroundings, narrow, Work(work, "author", hash));
            await ScreenAsync(surroundings, near, "thief", Off(hash, 3));
            await ScreenAsync(surroundings, late, "thief", Off(hash, 18));
            await ScreenAsync(surroundings, own, "author", Off(hash, 19));
            await PublishWorkAsync(surroundings, narrow, Work(rival, "rival", Off(hash, 31)));
        }
        surroundings.Heard<CopyFound>().ShouldBeEmpty();

        await using var wide = await Replica.StartAsync(surroundings);
        var done = await RescanAsync(wide);
        // The work in two uploads, the rival's like work in three and the author's own, and the two works in each other.
        (done.GetProperty("works").GetInt32(), done.GetProperty("done").GetInt32(), done.GetProperty("left").GetInt32()).ShouldBe((2, 2, 0));
        done.GetProperty("found").GetInt32().ShouldBe(6);
        var copies = await surroundings.HearAsync<CopyFound>(5);
        copies.Select(copy => (copy.WorkId, copy.ImageId, copy.Distance)).ShouldBe(
            [(work, early, 20), (work, late, 18), (rival, early, 11), (rival, near, 28), (rival, late, 13)], ignoreOrder: true);
        var conflict = (await surroundings.HearAsync<OwnershipConflictFound>(1)).ShouldHaveSingleItem();
        (conflict.WorkId, conflict.EarlierWorkId, conflict.Distance).ShouldBe((rival, work, 31));
        (await ListAsync(wide, $"/v1/works/{work}/copies")).ShouldBe([late, near, early]);

        (await RescanAsync(wide)).GetProperty("found").GetInt32().ShouldBe(0);
        (await surroundings.StoredAsync("copy_found_v1")).Count.ShouldBe(5);
        (await surroundings.StoredAsync("ownership_conflict_found_v1")).Count.ShouldBe(1);
        (await ListAsync(wide, "/v1/rescans?status=done", "rescanId")).Count.ShouldBe(2);
        (await wide.Http.GetAsync("/v1/rescans/rsc_unknown")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_rescan_that_is_killed_goes_on_where_it_was_and_uploads_do_not_wait_for_it()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using (await Replica.StartAsync(surroundings))
        {
            // Makes the tables.
        }
        await KnownPictures.RecordAsync(surroundings.Database, Enumerable.Range(1, Pairs).SelectMany(KnownPictures.WorkAndUpload));
        string rescan;
        using (var first = await ReplicaProcess.StartAsync(surroundings))
        {
            var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => first.Http.PostAsync("/v1/rescans", null)));
            asked.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.Accepted, HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.Conflict]);
            rescan = (await asked.Single(answer => answer.StatusCode == HttpStatusCode.Accepted).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rescanId").GetString()!;
            var image = NewImage();
            await ScreenAsync(surroundings, image, "seller", NewHash());
            await Eventually.HoldsAsync(async () => (await ReadAsync(first.Http, rescan)).GetProperty("found").GetInt32().ShouldBePositive(), Surroundings.Patience);
            first.Kill();
        }
        (await surroundings.StoredAsync("copy_found_v1")).Count.ShouldBeInRange(1, Pairs - 1, "the service was to screen the upload and to stop in the middle");
        await using var second = await Replica.StartAsync(surroundings);
        var done = await DoneAsync(second, rescan);
        done.GetProperty("found").GetInt32().ShouldBe(Pairs);
        done.GetProperty("rate").GetDouble().ShouldBeGreaterThan(0);
        (await surroundings.StoredAsync("copy_found_v1")).Select(copy => (copy.GetProperty("workId").GetString(), copy.GetProperty("imageId").GetString()))
            .ShouldBe(Enumerable.Range(1, Pairs).Select(number => ((string?)$"wrk_{number}", (string?)$"img_{number}")), ignoreOrder: true);
    }

    private static async Task<JsonElement> RescanAsync(Replica replica)
    {
        var answer = await replica.Http.PostAsync("/v1/rescans", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var rescan = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rescanId").GetString()!;
        answer.Headers.Location!.OriginalString.ShouldBe($"/v1/rescans/{rescan}");
        return await DoneAsync(replica, rescan);
    }

    private static async Task<JsonElement> DoneAsync(Replica replica, string rescan)
    {
        await Eventually.HoldsAsync(async () => (await ReadAsync(replica.Http, rescan)).GetProperty("status").GetString().ShouldBe("done"), Surroundings.Patience);
        return await ReadAsync(replica.Http, rescan);
    }

    private static Task<JsonElement> ReadAsync(HttpClient http, string rescan) => http.GetFromJsonAsync<JsonElement>($"/v1/rescans/{rescan}");

    private static async Task<List<string?>> ListAsync(Replica replica, string address, string field = "imageId") =>
        [.. (await replica.Http.GetFromJsonAsync<JsonElement>(address)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty(field).GetString())];

    private static async Task ScreenAsync(Surroundings surroundings, string image, string account, string hash)
    {
        await surroundings.PublishAsync(Upload(image, account, hash));
        await surroundings.ScreeningOfAsync(image);
    }

    private static async Task PublishWorkAsync(Surroundings surroundings, Replica replica, ImageRights.Contracts.Fingerprint.V1.ImageFingerprinted work)
    {
        await surroundings.PublishAsync(work);
        await Eventually.HoldsAsync(async () =>
        {
            (await replica.Http.GetAsync($"/v1/works/{work.SubjectId}/copies")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await replica.Http.GetFromJsonAsync<JsonElement>("/v1/index")).GetProperty("unscreened").GetInt64().ShouldBe(0);
        }, Surroundings.Patience);
    }
}
