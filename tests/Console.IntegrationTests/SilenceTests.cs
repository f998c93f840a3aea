using System.Net;

namespace ImageRights.Console.IntegrationTests;

/// <summary>A service that takes requests and answers none, as a process that stands still does.</summary>
public sealed class SilenceTests : IAsyncLifetime
{
    private readonly RunningConsole console = new();

    public async Task InitializeAsync()
    {
        await console.InitializeAsync();
        await console.StopAsync();
        await console.StartAsync("--Peers:Timeout=00:00:01");
    }

    public Task DisposeAsync() => console.DisposeAsync();

    [Fact]
    public async Task It_is_named_by_a_page_that_shows_the_rest()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        using var chinese = new Browser(console) { Language = "zh-CN" };
        (await chinese.SignInAsync("admin", Browser.Own)).ShouldBeTrue();
        console.Pictures.IsSilent = true;
        (await browser.OpenAsync("/works")).ShouldContain("The ingestion service, which keeps pictures and works, does not answer.");
        browser.Status.ShouldBe(HttpStatusCode.OK);
        WebUtility.HtmlDecode(await chinese.OpenAsync("/works")).ShouldContain("ingestion 服务（保管图片与作品）没有响应");
        console.Pictures.IsSilent = false;
        (await browser.OpenAsync("/works")).ShouldNotContain("does not answer");
    }
}
