using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Ingestion.IntegrationTests;

[Collection(nameof(SharedIngestion))]
public class ReceivingImagesTests(RunningIngestion ingestion)
{
    [Fact]
    public async Task A_picture_is_taken_in_kept_and_told_of_once()
    {
        var file = SampleFiles.Read("described.jpg");
        var answer = await ingestion.SendAsync("/v1/images", file, null, ("accountId", "seller-whole"), ("surface", "Sku"), ("listingId", "listing-7"));
        answer.Status.ShouldBe(202);
        var body = answer.Accepted();
        var imageId = body["imageId"]!.GetValue<string>();
        answer.Headers.Location!.ToString().ShouldBe($"/v1/images/{imageId}");
        answer.Version.ShouldBe("\"1\"");
        body["sha256"]!.GetValue<string>().ShouldBe(RunningIngestion.Sha256(file));
        body["status"]!.GetValue<string>().ShouldBe("received");

        var view = await ingestion.GetAsync(answer.Headers.Location.ToString());
        view.Version.ShouldBe("\"1\"");
        view.Body!["metadata"]!["creator"]!.GetValue<string>().ShouldBe("Ada Example; Ben Example");
        view.Body["metadata"]!["hasGps"]!.GetValue<bool>().ShouldBeTrue();
        view.Body["links"]!["self"]!.GetValue<string>().ShouldBe($"/v1/images/{imageId}");

        var (messageId, contract) = await ingestion.Bus.HearAsync<ImageReceived>(message => message.ImageId == imageId);
        contract.ShouldBe(new ImageReceived(
            EventStore.DocumentStore.DefaultTenant, imageId, "seller-whole", Surface.Sku, "listing-7", RunningIngestion.Sha256(file), "JPEG", 60, 80, file.Length, contract.ReceivedAt));
        (await ingestion.EventsAsync()).Single(stored => stored.Stream == $"image-{imageId}").Id.ShouldBe(messageId);
        ingestion.Bus.Heard.Count(message => message.Contract is ImageReceived heard && heard.ImageId == imageId).ShouldBe(1);
        ingestion.Fingerprint.LastQuestion.ShouldBe(file);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Every_format_is_taken_in(string name) => await ingestion.UploadAsync("seller-formats", SampleFiles.Read(name));

    public static TheoryData<string> Samples() => new(SampleFiles.Names);

    [Fact]
    public async Task Other_services_read_the_bytes_and_browsers_are_told_not_to_show_them()
    {
        var file = SampleFiles.Read("photo.jpg");
        await ingestion.UploadAsync("seller-bytes", file);
        using var response = await ingestion.Http.GetAsync($"/internal/v1/contents/{RunningIngestion.Sha256(file)}");
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(file);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        response.Content.Headers.ContentLength.ShouldBe(file.Length);
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("nothing")]
    public async Task Contents_that_are_not_there_are_not_found(string address) =>
        (await ingestion.GetAsync($"/internal/v1/contents/{address}")).ShouldBeProblem(404, "Content_Not_Found");

    [Fact]
    public async Task A_tenant_does_not_see_the_bytes_of_another()
    {
        var file = SampleFiles.Read("small.png");
        await ingestion.UploadAsync("seller-tenant", file);
        using var other = new HttpClient { BaseAddress = ingestion.Address, Timeout = TimeSpan.FromSeconds(20) }.Authorized(TestAccess.FullToken("other"));
        using var answer = await other.GetAsync($"/internal/v1/contents/{RunningIngestion.Sha256(file)}?tenant=*DEFAULT*");
        (await Answer.ReadAsync(answer)).ShouldBeProblem(404, "Content_Not_Found");
    }

    [Fact]
    public async Task The_same_bytes_at_once_are_many_images_and_one_content()
    {
        var file = SampleFiles.Png(333, 333);
        var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => ingestion.UploadAsync($"seller-same-{number}", file)));
        ids.Distinct().Count().ShouldBe(16);
        ingestion.VaultFiles().Count(path => path.EndsWith(RunningIngestion.Sha256(file), StringComparison.Ordinal)).ShouldBe(1);
        foreach (var id in ids) await ingestion.Bus.HearAsync<ImageReceived>(message => message.ImageId == id);
    }

    [Fact]
    public async Task A_list_shows_one_account_newest_first_page_by_page()
    {
        var ids = new List<string>();
        for (var number = 0; number < 5; number++) ids.Add(await ingestion.UploadAsync("seller-list"));
        await ingestion.UploadAsync("seller-other");
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = (await ingestion.GetAsync($"/v1/images?accountId=seller-list&limit=2{(next is null ? "" : $"&cursor={next}")}")).Accepted();
            page["items"]!.AsArray().Count.ShouldBeInRange(1, 2);
            seen.AddRange(page["items"]!.AsArray().Select(item => item!["imageId"]!.GetValue<string>()));
            next = page["next"]?.GetValue<string>();
        }
        while (next is not null);
        ids.Reverse();
        seen.ShouldBe(ids);
        (await ingestion.GetAsync("/v1/images?accountId=nobody")).Accepted()["items"]!.AsArray().ShouldBeEmpty();
        (await ingestion.GetAsync("/v1/images?limit=3")).Accepted()["items"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_list_goes_either_way_between_two_instants_and_stays_stable_while_it_grows()
    {
        var ids = new List<string>();
        for (var number = 0; number < 4; number++) ids.Add(await ingestion.UploadAsync("seller-sort"));
        var times = new List<string>();
        foreach (var id in ids) times.Add((await ingestion.GetAsync($"/v1/images/{id}")).Body!["receivedAt"]!.GetValue<string>());

        (await IdsAsync("accountId=seller-sort&sort=createdAt")).ShouldBe(ids);
        (await IdsAsync($"accountId=seller-sort&from={Uri.EscapeDataString(times[1])}&to={Uri.EscapeDataString(times[3])}")).ShouldBe([ids[2], ids[1]]);
        (await IdsAsync("accountId=seller-sort&status=withdrawn")).ShouldBeEmpty();
        (await IdsAsync("accountId=seller-sort&status=RECEIVED&surface=listing")).Count.ShouldBe(4);

        var first = (await ingestion.GetAsync("/v1/images?accountId=seller-sort&limit=2")).Accepted();
        await ingestion.UploadAsync("seller-sort");
        (await IdsAsync($"accountId=seller-sort&cursor={first["next"]!.GetValue<string>()}")).ShouldBe([ids[1], ids[0]]);
        (await ingestion.GetAsync($"/v1/images?sort=createdAt&cursor={first["next"]!.GetValue<string>()}")).ShouldBeProblem(400, "Cursor_Invalid", "/cursor");
    }

    [Theory]
    [InlineData("acountId=seller-1", "/acountId")]
    [InlineData("accountId=", "/accountId")]
    [InlineData("accountId=a&accountId=b", "/accountId")]
    [InlineData("status=lost", "/status")]
    [InlineData("from=yesterday", "/from")]
    [InlineData("to=2026", "/to")]
    [InlineData("sort=size", "/sort")]
    [InlineData("sort=--createdAt", "/sort")]
    public async Task A_list_refuses_what_it_does_not_understand_instead_of_answering_everything(string query, string pointer) =>
        (await ingestion.GetAsync($"/v1/images?{query}")).ShouldBeProblem(422, "Request_Invalid", pointer);

    private async Task<IReadOnlyList<string>> IdsAsync(string query) =>
        [.. (await ingestion.GetAsync($"/v1/images?{query}")).Accepted()["items"]!.AsArray().Select(item => item!["imageId"]!.GetValue<string>())];

    [Theory]
    [InlineData("?limit=0", 422, "Request_Invalid")]
    [InlineData("?limit=201", 422, "Request_Invalid")]
    [InlineData("?limit=x", 422, "Request_Invalid")]
    [InlineData("?cursor=!!", 400, "Cursor_Invalid")]
    [InlineData("?cursor=AAAA", 400, "Cursor_Invalid")]
    [InlineData("?accountId=a%00b", 422, "Request_Invalid")]
    public async Task A_list_refuses_what_it_does_not_understand(string query, int status, string code)
    {
        foreach (var list in new[] { "/v1/images", "/v1/works" }) (await ingestion.GetAsync(list + query)).ShouldBeProblem(status, code);
    }

    [Fact]
    public async Task A_picture_is_withdrawn_by_whoever_knows_its_version()
    {
        var id = await ingestion.UploadAsync("seller-withdraw");
        var path = $"/v1/images/{id}";
        (await ingestion.SendAsync(HttpMethod.Delete, path)).ShouldBeProblem(428, "If_Match_Missing");
        (await ingestion.SendAsync(HttpMethod.Delete, path, version: "\"7\"")).ShouldBeProblem(412, "Version_Stale");
        (await ingestion.SendAsync(HttpMethod.Delete, path, version: "seven")).ShouldBeProblem(400, "If_Match_Malformed");
        (await ingestion.GetAsync(path)).Body!["status"]!.GetValue<string>().ShouldBe("received");

        var withdrawn = await ingestion.SendAsync(HttpMethod.Delete, path, version: "\"1\"");
        withdrawn.Status.ShouldBe(204);
        withdrawn.Version.ShouldBe("\"2\"");
        (await ingestion.GetAsync(path)).Body!["status"]!.GetValue<string>().ShouldBe("withdrawn");
        await ingestion.Bus.HearAsync<ImageWithdrawn>(message => message.ImageId == id && message.AccountId == "seller-withdraw");

        (await ingestion.SendAsync(HttpMethod.Delete, path, version: "\"1\"")).ShouldBeProblem(412, "Version_Stale");
        (await ingestion.SendAsync(HttpMethod.Delete, path, version: "\"2\"")).Status.ShouldBe(204);
        (await ingestion.EventsAsync()).Count(stored => stored.Stream == $"image-{id}").ShouldBe(2);
    }

    [Fact]
    public async Task Two_who_withdraw_at_once_leave_one_fact()
    {
        var id = await ingestion.UploadAsync("seller-race");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ingestion.SendAsync(HttpMethod.Delete, $"/v1/images/{id}", version: "\"1\"")));
        answers.Count(answer => answer.Status == 204).ShouldBe(1);
        foreach (var loser in answers.Where(answer => answer.Status != 204)) loser.ShouldBeProblem(412, "Version_Stale");
        (await ingestion.EventsAsync()).Count(stored => stored.Stream == $"image-{id}").ShouldBe(2);
    }

    [Theory]
    [InlineData("img_00000000000000000000000000000000")]
    [InlineData("img_")]
    [InlineData("wrk_00000000000000000000000000000000")]
    [InlineData("'; drop table mt_events; --")]
    public async Task Unknown_images_are_not_found(string id)
    {
        (await ingestion.GetAsync($"/v1/images/{Uri.EscapeDataString(id)}")).ShouldBeProblem(404, "Image_Not_Found");
        (await ingestion.SendAsync(HttpMethod.Delete, $"/v1/images/{Uri.EscapeDataString(id)}", version: "\"1\"")).ShouldBeProblem(404, "Image_Not_Found");
    }

    [Fact]
    public async Task The_limits_can_be_read_by_a_program()
    {
        var limits = (await ingestion.GetAsync("/v1/limits")).Accepted();
        limits["picture"]!["bytes"]!.GetValue<int>().ShouldBe(25_000_000);
        limits["picture"]!["frames"]!.GetValue<int>().ShouldBe(200);
        limits["works"]!["minShorterSide"]!.GetValue<int>().ShouldBe(320);
        limits["formats"]!.AsArray().Select(format => format!.GetValue<string>()).ShouldBe(["JPEG", "PNG", "WEBP", "GIF", "AVIF"]);
    }

    [Fact]
    public async Task The_service_says_that_it_is_well()
    {
        (await ingestion.GetAsync("/health")).Text.ShouldBe("Healthy");
        (await ingestion.GetAsync("/alive")).Text.ShouldBe("Healthy");
    }
}
