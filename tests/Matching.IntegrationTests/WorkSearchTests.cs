using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Each new work is looked for among the uploads before it, and that is said once, with how many those were.</summary>
public class WorkSearchTests
{
    [Fact]
    public async Task A_work_that_comes_after_uploads_says_once_among_how_many_it_was_found()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        var (hash, work, gone) = (NewHash(), Work(NewWork(), "author", NewHash()), NewImage());
        await ScreenAsync(surroundings, (NewImage(), "thief", hash), (NewImage(), "another", Off(hash, 3)), (NewImage(), "author", hash), (NewImage(), "seller", NewHash()), (gone, "third", hash));
        await surroundings.PublishAsync(new ImageWithdrawn(DocumentStore.DefaultTenant, gone, "third", Noon));
        await Eventually.HoldsAsync(async () => (await surroundings.StoredAsync("picture_withdrawn_v1")).ShouldHaveSingleItem(), Surroundings.Patience);

        var (registered, message) = (Work(NewWork(), "author", hash), Guid.NewGuid());
        await surroundings.PublishAsync(registered, message);
        await surroundings.PublishAsync(registered, message);
        await surroundings.PublishAsync(registered);
        var found = (await surroundings.HearAsync<WorkSearched>(1)).ShouldHaveSingleItem();
        (found.WorkId, found.AccountId, found.Uploads, found.Detailed, found.Copies, found.Conflicts).ShouldBe((registered.SubjectId, "author", 4, 0, 2, 0), "an author's own upload is no copy");
        surroundings.Heard<CopyFound>().Count.ShouldBe(2);

        await surroundings.PublishAsync(work);
        var nothing = (await surroundings.HearAsync<WorkSearched>(2)).Single(search => search.WorkId == work.SubjectId);
        (nothing.Uploads, nothing.Copies, nothing.Conflicts).ShouldBe((4, 0, 0));
        nothing.Thresholds.IndexVersion.ShouldBe(found.Thresholds.IndexVersion + 1);

        (await surroundings.StoredAsync("work_searched_v1")).Count.ShouldBe(2);
        var read = await ReadAsync(replica.Http, $"/v1/works/{registered.SubjectId}/search");
        (Text(read, "status"), Number(read, "uploads"), Number(read, "copies"), read.GetProperty("since").GetDateTimeOffset()).ShouldBe(("done", 4, 2, found.SearchedAt));
    }

    [Fact]
    public async Task What_has_no_fingerprint_is_not_searched_for_and_of_a_work_from_before_nothing_is_stated()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using (await Replica.StartAsync(surroundings))
        {
            // Makes the tables.
        }
        await KnownPictures.RecordAsync(surroundings.Database, KnownPictures.WorkAndUpload(1));
        await using var replica = await Replica.StartAsync(surroundings);
        (await StatusAsync("wrk_1")).ShouldBe("notStated");
        // The stream is folded anew, and still does not say that it waits.
        await surroundings.PublishAsync(Work("wrk_1", "account of wrk_1", KnownPictures.HashOf(1)) with { Version = 2 });
        await Eventually.HoldsAsync(async () => (await surroundings.StoredAsync("fingerprint_renewed_v1")).ShouldHaveSingleItem(), Surroundings.Patience);
        (await StatusAsync("wrk_1")).ShouldBe("notStated");

        var broken = NewWork();
        await surroundings.PublishAsync(new ImageUnreadable(DocumentStore.DefaultTenant, PictureRole.Work, broken, "author", null, null, NewHash(), "Image_Truncated", Noon));
        await Eventually.HoldsAsync(async () => (await StatusAsync(broken)).ShouldBe("unreadable"), Surroundings.Patience);
        Text(await ReadAsync(replica.Http, $"/v1/works/{broken}/search"), "unreadableCode").ShouldBe("Image_Truncated");

        foreach (var unknown in new[] { "wrk_unknown", "img_1" })
            (await replica.Http.GetAsync($"/v1/works/{unknown}/search")).StatusCode.ShouldBe(HttpStatusCode.NotFound, unknown);

        async Task<string?> StatusAsync(string work)
        {
            using var answer = await replica.Http.GetAsync($"/v1/works/{work}/search");
            return answer.IsSuccessStatusCode ? Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "status") : null;
        }
    }

    [Fact]
    public async Task A_catalogue_in_whose_middle_the_service_is_killed_is_searched_for_once_each()
    {
        const int Works = 300;
        await using var surroundings = await Surroundings.CreateAsync();
        var (hash, image) = (NewHash(), NewImage());
        var catalogue = Enumerable.Range(0, Works).Select(number => Work(NewWork(), "author", number % 50 == 0 ? hash : NewHash())).ToList();
        Task publishing;
        using (var first = await ReplicaProcess.StartAsync(surroundings))
        {
            await ScreenAsync(surroundings, (image, "thief", hash));
            publishing = Task.WhenAll(catalogue.Select(work => surroundings.PublishAsync(work)));
            await surroundings.HearAsync<WorkSearched>(1);
            first.Kill();
        }
        await publishing;
        (await surroundings.StoredAsync("work_searched_v1")).Count.ShouldBeLessThan(Works, "the service was to stop in the middle");
        await using var second = await Replica.StartAsync(surroundings);
        (await surroundings.HearAsync<WorkSearched>(Works)).Select(search => search.WorkId).ShouldBe(catalogue.Select(work => work.SubjectId), ignoreOrder: true);
        var searches = (await surroundings.StoredAsync("work_searched_v1")).Select(fact => (Text(fact, "workId"), Number(fact, "uploads"), Number(fact, "copies")));
        searches.ShouldBe(catalogue.Select((work, number) => ((string?)work.SubjectId, (int?)1, (int?)(number % 50 == 0 ? 1 : 0))), ignoreOrder: true);
        (await surroundings.StoredAsync("copy_found_v1")).Count.ShouldBe(Works / 50);
        var progress = await ReadAsync(second.Http, "/v1/works/searches");
        (Number(progress, "waiting"), Number(progress, "doneLastHour"), Number(progress, "secondsLeft")).ShouldBe((0, Works, null));
        progress.GetProperty("rate").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task How_many_wait_is_told_of_the_tenant_and_to_a_party_of_its_own()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        var now = DateTimeOffset.UtcNow;
        await using (var session = replica.Store.LightweightSession(DocumentStore.DefaultTenant))
        {
            foreach (var (number, (account, status, age)) in new[]
            {
                ("author", WorkSearchStatus.Waiting, 5), ("author", WorkSearchStatus.Waiting, 3), ("author", WorkSearchStatus.Done, 20), ("author", WorkSearchStatus.Done, 10), ("author", WorkSearchStatus.Done, 3000),
                ("author", WorkSearchStatus.Done, 7200), ("author", WorkSearchStatus.Unreadable, 90_000), ("rival", WorkSearchStatus.Waiting, 8), ("rival", WorkSearchStatus.Done, 600),
            }.Index())
            {
                session.Store($"wrk_{number}", new WorkSearchView($"wrk_{number}", account, status, now.AddSeconds(-age)));
            }
            await session.SaveChangesAsync();
        }

        var all = await ReadAsync(replica.Http, "/v1/works/searches");
        (Number(all, "waiting"), Number(all, "doneLastHour"), Number(all, "unreadable"), all.GetProperty("waitingSince").GetDateTimeOffset()).ShouldBe((3, 4, 1, now.AddSeconds(-8)));
        // Two within the last minute, since the first of them twenty seconds ago.
        all.GetProperty("rate").GetDouble().ShouldBeInRange(0.02, 0.11);
        Number(all, "secondsLeft").ShouldBe((int)Math.Ceiling(3 / all.GetProperty("rate").GetDouble()));

        using var author = Party("author");
        var own = await ReadAsync(author, "/v1/works/searches");
        (Number(own, "waiting"), Number(own, "doneLastHour"), Number(own, "unreadable")).ShouldBe((2, 3, 1));
        using var rival = Party("rival");
        own = await ReadAsync(rival, "/v1/works/searches");
        (Number(own, "waiting"), Number(own, "doneLastHour"), Number(own, "unreadable"), own.TryGetProperty("rate", out _)).ShouldBe((1, 1, 0, false));
        using var stranger = Party("stranger");
        own = await ReadAsync(stranger, "/v1/works/searches");
        (Number(own, "waiting"), Number(own, "doneLastHour"), Number(own, "unreadable")).ShouldBe((0, 0, 0));

        HttpClient Party(string account) => new HttpClient { BaseAddress = replica.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(30) }
            .Authorized(TestAccess.Token(DocumentStore.DefaultTenant, [Roles.RightsHolder], change: claims => claims["account"] = account));
    }

    private static async Task ScreenAsync(Surroundings surroundings, params (string Image, string Account, string Hash)[] uploads)
    {
        foreach (var (image, account, hash) in uploads) await surroundings.PublishAsync(Upload(image, account, hash));
        foreach (var (image, _, _) in uploads) await surroundings.ScreeningOfAsync(image);
    }

    private static Task<JsonElement> ReadAsync(HttpClient http, string path) => http.GetFromJsonAsync<JsonElement>(path);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static int? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt32() : null;
}
