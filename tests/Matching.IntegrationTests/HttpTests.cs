using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

public class HttpTests(MatchingService service) : IClassFixture<MatchingService>
{
    private readonly HttpClient http = service.Replica.Http;
    private readonly Surroundings surroundings = service.Surroundings;

    [Fact]
    public async Task A_screening_can_be_read_and_the_copies_of_a_work_in_both_directions()
    {
        var (hash, work, early, late) = (NewHash(), NewWork(), NewImage(), NewImage());
        await ScreenAsync(early, "thief", hash);
        await surroundings.PublishAsync(Work(work, "author", Off(hash, 2)));
        await KnownWorkAsync(work);
        await ScreenAsync(late, "seller", hash);

        var screening = await GetAsync($"/v1/screenings/{late}");
        screening.GetProperty("status").GetString().ShouldBe("screened");
        screening.GetProperty("verdict").GetString().ShouldBe("Match");
        var match = screening.GetProperty("matches").EnumerateArray().Single(one => one.GetProperty("bank").GetString() == "Works");
        (match.GetProperty("referenceId").GetString(), match.GetProperty("distance").GetInt32(), match.GetProperty("disposition").GetString()).ShouldBe((work, 2, "Hit"));
        screening.GetProperty("thresholds").GetProperty("maxDistance").GetInt32().ShouldBe(31);

        var copies = (await GetAsync($"/v1/works/{work}/copies")).GetProperty("items");
        copies.EnumerateArray().Select(copy => (copy.GetProperty("imageId").GetString(), copy.GetProperty("foundBy").GetString()))
            .ShouldBe([(late, "screening"), (early, "registration")]);

        var first = await GetAsync($"/v1/works/{work}/copies?limit=1");
        first.GetProperty("items")[0].GetProperty("imageId").GetString().ShouldBe(late);
        var second = await GetAsync($"/v1/works/{work}/copies?limit=1&cursor={first.GetProperty("next").GetString()}");
        second.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("imageId").GetString().ShouldBe(early);
        second.TryGetProperty("next", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_known_and_not_yet_screened_is_pending()
    {
        var image = NewImage();
        await surroundings.PublishAsync(new ImageWithdrawn(DocumentStore.DefaultTenant, image, "seller", Noon));
        var screening = await Eventually.GetAsync(async () =>
            await http.GetAsync($"/v1/screenings/{image}") is { StatusCode: HttpStatusCode.OK } answer ? await answer.Content.ReadFromJsonAsync<JsonElement?>() : null, Surroundings.Patience);
        screening!.Value.GetProperty("status").GetString().ShouldBe("pending");
        screening.Value.TryGetProperty("verdict", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Screenings_are_listed_newest_first_by_verdict_and_account_in_pages()
    {
        var (hash, account) = (NewHash(), $"seller&{Guid.NewGuid():N}");
        await ScreenAsync(NewImage(), "first", hash);
        var images = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            images.Add(NewImage());
            await ScreenAsync(images[^1], account, number % 2 == 0 ? hash : NewHash());
        }
        var listed = new List<string>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/v1/screenings?accountId={Uri.EscapeDataString(account)}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("imageId").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        listed.ShouldBe(Enumerable.Reverse(images));

        var matches = await GetAsync($"/v1/screenings?verdict=Match&accountId={Uri.EscapeDataString(account)}");
        matches.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("imageId").GetString()).ShouldBe([images[4], images[2], images[0]]);
    }

    [Fact]
    public async Task A_search_answers_at_once_and_stores_nothing()
    {
        var (hash, work) = (NewHash(), NewWork());
        var original = Work(work, "author", hash);
        await surroundings.PublishAsync(original);
        await KnownWorkAsync(work);
        var facts = (await surroundings.StoredAsync("image_screened_v1")).Count;
        var version = (await GetAsync("/v1/index")).GetProperty("version").GetInt64();

        var hit = await SearchAsync(new { pdq = Off(hash, 7), accountId = "seller" });
        (hit.GetProperty("verdict").GetString(), hit.GetProperty("matches")[0].GetProperty("distance").GetInt32()).ShouldBe(("Match", 7));
        hit.GetProperty("thresholds").GetProperty("indexVersion").GetInt64().ShouldBeGreaterThanOrEqualTo(version);
        (await SearchAsync(new { pdq = hash, accountId = "author" })).GetProperty("matches")[0].GetProperty("disposition").GetString().ShouldBe("Own");
        (await SearchAsync(new { pdq = hash })).GetProperty("verdict").GetString().ShouldBe("Match");
        (await SearchAsync(new { pdq = hash, pdqQuality = 49 })).GetProperty("verdict").GetString().ShouldBe("Featureless");
        (await SearchAsync(new { pdq = NewHash() })).GetProperty("verdict").GetString().ShouldBe("Clear");

        var turned = new[] { NewHash(), NewHash(), NewHash(), hash, NewHash(), NewHash(), NewHash(), NewHash() };
        (await SearchAsync(new { pdq = turned[0], pdqDihedrals = turned })).GetProperty("matches")[0].GetProperty("transform").GetString().ShouldBe("Rotate90");
        (await surroundings.StoredAsync("image_screened_v1")).Count.ShouldBe(facts);
    }

    [Fact]
    public async Task A_picture_that_many_accounts_use_is_common()
    {
        var (hash, work) = (NewHash(), NewWork());
        var images = Enumerable.Range(0, 11).Select(_ => NewImage()).ToList();
        foreach (var (number, image) in images.Index()) await surroundings.PublishAsync(Upload(image, $"shop{Math.Min(number, 9)}", Off(hash, number), at: Noon.AddDays(number)));
        foreach (var image in images) await surroundings.ScreeningOfAsync(image);

        var common = await GetAsync($"/v1/commonness/{images[3]}");
        (common.GetProperty("accounts").GetInt32(), common.GetProperty("pictures").GetInt32(), common.GetProperty("since").GetDateTimeOffset(), common.GetProperty("isCommon").GetBoolean())
            .ShouldBe((10, 11, Noon, true));
        (await SearchAsync(new { pdq = hash, accountId = "newcomer" })).GetProperty("commonness").GetProperty("accounts").GetInt32().ShouldBe(10);

        // What is withdrawn is not used any more.
        await surroundings.PublishAsync(new ImageWithdrawn(DocumentStore.DefaultTenant, images[0], "shop0", Noon.AddDays(20)));
        await Eventually.HoldsAsync(async () =>
        {
            var left = await GetAsync($"/v1/commonness/{images[3]}");
            (left.GetProperty("accounts").GetInt32(), left.GetProperty("since").GetDateTimeOffset(), left.GetProperty("isCommon").GetBoolean()).ShouldBe((9, Noon.AddDays(1), false));
        }, Surroundings.Patience);
        await surroundings.PublishAsync(Work(work, "author", Off(hash, 3)));
        await KnownWorkAsync(work);
        (await GetAsync($"/v1/commonness/{work}")).GetProperty("accounts").GetInt32().ShouldBe(9);
        await ShouldBeProblemAsync(await http.GetAsync("/v1/commonness/img_unknown"), 404, "Picture_Not_Found");
        await ShouldBeProblemAsync(await http.GetAsync("/v1/commonness/%01"), 404, "Picture_Not_Found");
    }

    [Fact]
    public async Task The_index_describes_itself()
    {
        await SettledAsync();
        var before = await GetAsync("/v1/index");
        before.GetProperty("caughtUp").GetBoolean().ShouldBeTrue();
        var (image, work) = (NewImage(), NewWork());
        await ScreenAsync(image, "seller", NewHash());
        await surroundings.PublishAsync(Work(work, "author", NewHash()));
        await KnownWorkAsync(work);
        var after = await GetAsync("/v1/index");
        after.GetProperty("uploads").GetInt32().ShouldBe(before.GetProperty("uploads").GetInt32() + 1);
        after.GetProperty("works").GetInt32().ShouldBe(before.GetProperty("works").GetInt32() + 1);
        after.GetProperty("version").GetInt64().ShouldBe(before.GetProperty("version").GetInt64() + 2);
    }

    [Theory]
    [InlineData("/v1/screenings/img_unknown", 404, "Screening_Not_Found")]
    [InlineData("/v1/screenings/%01", 404, "Screening_Not_Found")]
    [InlineData("/v1/screenings/%FF%FE", 404, "Screening_Not_Found")]
    [InlineData("/v1/screenings?verdict=Guilty", 422, "Request_Invalid")]
    [InlineData("/v1/screenings?verdict=1", 422, "Request_Invalid")]
    [InlineData("/v1/screenings?accountId=a%00b", 422, "Request_Invalid")]
    [InlineData("/v1/screenings?limit=0", 422, "Request_Invalid")]
    [InlineData("/v1/screenings?limit=many", 422, "Request_Invalid")]
    [InlineData("/v1/screenings?cursor=***", 400, "Cursor_Invalid")]
    [InlineData("/v1/screenings?cursor=AAAA", 400, "Cursor_Invalid")]
    [InlineData("/v1/works/wrk_unknown/copies", 404, "Work_Not_Found")]
    [InlineData("/v1/works/%01/copies", 404, "Work_Not_Found")]
    [InlineData("/v1/works/wrk_unknown/copies?limit=201", 422, "Request_Invalid")]
    [InlineData("/v1/nothing", 404, "Not_Found")]
    public async Task A_wrong_address_or_parameter_is_answered_with_a_code(string address, int status, string code) =>
        await ShouldBeProblemAsync(await http.GetAsync(address), status, code);

    [Fact]
    public async Task An_address_longer_than_any_id_is_not_found() =>
        await ShouldBeProblemAsync(await http.GetAsync($"/v1/screenings/{new string('a', 5000)}"), 404, "Screening_Not_Found");

    [Fact]
    public async Task An_image_is_no_work()
    {
        var image = NewImage();
        await ScreenAsync(image, "seller", NewHash());
        await ShouldBeProblemAsync(await http.GetAsync($"/v1/works/{image}/copies"), 404, "Work_Not_Found");
    }

    [Theory]
    [InlineData("{}", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"xyz"}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"<hash>","lumaSha256":"0123"}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"<hash>","pdqQuality":101}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"<hash>","pdqQuality":-1}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"<hash>","pdqDihedrals":[]}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"<hash>","pdqDihedrals":[null,null,null,null,null,null,null,null]}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"<hash>","pdqDihedrals":["<hash>","<hash>","<hash>","<hash>","<hash>","<hash>","<hash>","x"]}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":"<hash>","accountId":"a\u0000"}""", 422, "Request_Invalid")]
    [InlineData("""{"pdq":5}""", 400, "Request_Malformed")]
    [InlineData("""{"pdq":"<hash>","pdqQuality":"high"}""", 400, "Request_Malformed")]
    [InlineData("null", 400, "Request_Malformed")]
    [InlineData("[]", 400, "Request_Malformed")]
    [InlineData("{ not json", 400, "Request_Malformed")]
    [InlineData("", 400, "Request_Malformed")]
    public async Task A_search_that_makes_no_sense_is_refused(string body, int status, string code)
    {
        var json = body.Replace("<hash>", new string('5', 64));
        await ShouldBeProblemAsync(await http.PostAsync("/v1/searches", new StringContent(json, Encoding.UTF8, "application/json")), status, code);
    }

    [Fact]
    public async Task A_search_that_is_no_json_is_refused() =>
        await ShouldBeProblemAsync(await http.PostAsync("/v1/searches", new StringContent("pdq", Encoding.UTF8, "text/plain")), 415, "Media_Type_Unsupported");

    private static async Task ShouldBeProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }

    private async Task ScreenAsync(string image, string account, string hash)
    {
        await surroundings.PublishAsync(Upload(image, account, hash));
        await surroundings.ScreeningOfAsync(image);
    }

    private async Task KnownWorkAsync(string work)
    {
        await Eventually.HoldsAsync(async () => (await http.GetAsync($"/v1/works/{work}/copies")).StatusCode.ShouldBe(HttpStatusCode.OK), Surroundings.Patience);
        await SettledAsync();
    }

    // What the log holds now has been screened, and is in the index.
    private Task SettledAsync() => Eventually.HoldsAsync(async () =>
    {
        (await GetAsync("/v1/index")).GetProperty("unscreened").GetInt64().ShouldBe(0);
        service.Replica.Followers.Single(follower => follower.Name == "index").Position.ShouldBe(service.Replica.Followers.Single(follower => follower.Name == "screener").Position);
    }, Surroundings.Patience);

    private async Task<JsonElement> GetAsync(string address)
    {
        var answer = await http.GetAsync(address);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> SearchAsync(object request)
    {
        var answer = await http.PostAsJsonAsync("/v1/searches", request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
