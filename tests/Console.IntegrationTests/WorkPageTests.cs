using System.Net;
using System.Security.Cryptography;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.Matching.Screening;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.Console.IntegrationTests;

/// <summary>A registered work's page says whether it was compared with the pictures before it, and what was found.</summary>
public sealed class WorkPageTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    private const string Polls = "hx-trigger=\"every";
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xD9];

    [Fact]
    public async Task A_work_s_page_follows_its_search_until_that_is_done_and_stands_without_Matching()
    {
        using var browser = new Browser(console);
        await browser.FirstSignInAsync("admin", console.First["password"], "correct horse battery staple");
        using var chinese = new Browser(console) { Language = "zh-CN" };
        (await chinese.SignInAsync("admin", "correct horse battery staple")).ShouldBeTrue();
        var tenant = TestAccess.TenantOf($"Bearer {await console.TokenAsync("cases:read")}")!;
        string NewWork() => console.Pictures.Add(tenant, Jpeg, "image/jpeg");

        var (first, stolen, alone, broken) = (NewWork(), NewWork(), NewWork(), NewWork());
        var page = await ReadAsync(browser, $"/works/{stolen}");
        page.ShouldContain("Still being compared with earlier pictures…", customMessage: "Matching has not heard of it");
        page.ShouldContain(Polls);

        var hash = Hash();
        await RecordAsync(tenant, Work(first, Hash()), new WorkSearchRequested(first, "author"));
        await ShouldSayAsync(first, "There were no earlier pictures to compare it with.");
        await RecordAsync(tenant, Work(stolen, hash) with { Role = PictureRole.Upload, SubjectId = "img_1", AccountId = "thief", Surface = Surface.Listing });
        await RecordAsync(tenant, Work(stolen, hash), new WorkSearchRequested(stolen, "author"));
        await ShouldSayAsync(stolen, "Compared with 1 earlier picture on ");
        (await ReadAsync(browser, $"/works/{stolen}")).ShouldContain("UTC: 1 copy found.");
        (await ReadAsync(chinese, $"/works/{stolen}")).ShouldContain("发现 1 处复制");
        await RecordAsync(tenant, Work(alone, Hash()), new WorkSearchRequested(alone, "author"));
        await ShouldSayAsync(alone, "No copy among 1 earlier picture, compared on ");
        await RecordAsync(tenant, new UnreadableRecorded(PictureRole.Work, broken, "author", null, null, Hash(), "Image_Truncated", DateTimeOffset.UtcNow));
        await ShouldSayAsync(broken, "It could not be compared with earlier pictures (Image_Truncated).");

        (await ReadAsync(browser, "/works")).ShouldNotContain("still being compared");
        await using (var session = Store.LightweightSession(tenant))
        {
            foreach (var id in new[] { "wrk_1", "wrk_2" }) session.Store(id, new WorkSearchView(id, "author", WorkSearchStatus.Waiting, DateTimeOffset.UtcNow));
            await session.SaveChangesAsync();
        }
        (await ReadAsync(browser, "/works")).ShouldContain("2 works are still being compared with earlier pictures; about ");
        (await ReadAsync(chinese, "/works")).ShouldContain("还有 2 件作品正在与此前上传的图片比对");

        await console.MatchingService.StopAsync();
        page = await ReadAsync(browser, $"/works/{stolen}");
        (browser.Status, page.Contains("Registered</dt>", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true));
        page.ShouldContain("The matching service, which compares pictures, does not answer.");
        page.ShouldNotContain("Still being compared");
        page.ShouldContain(Polls, customMessage: "it asks again");
        await ReadAsync(browser, "/works");
        browser.Status.ShouldBe(HttpStatusCode.OK);

        Task ShouldSayAsync(string work, string sentence) => Eventually.HoldsAsync(async () =>
        {
            var read = await ReadAsync(browser, $"/works/{work}");
            read.ShouldContain(sentence);
            read.ShouldNotContain(Polls);
        }, TimeSpan.FromSeconds(60), sentence);
    }

    private DocumentStore Store => console.MatchingService.Services.GetRequiredService<DocumentStore>();

    private async Task RecordAsync(string tenant, params object[] facts)
    {
        await using var session = Store.LightweightSession(tenant);
        var subject = facts[0] is FingerprintRecorded picture ? picture.SubjectId : ((UnreadableRecorded)facts[0]).SubjectId;
        session.Events.StartStream(ScreeningDecider.StreamKey(subject), facts);
        await session.SaveChangesAsync();
    }

    private static FingerprintRecorded Work(string id, string hash) =>
        new(PictureRole.Work, id, "author", null, null, Hash(), hash, [.. Enumerable.Repeat(hash, 8)], 100, "pdq/1", DateTimeOffset.UtcNow);

    private static string Hash() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>A page as a reader sees its letters.</summary>
    private static async Task<string> ReadAsync(Browser browser, string path) => WebUtility.HtmlDecode(await browser.OpenAsync(path));
}
