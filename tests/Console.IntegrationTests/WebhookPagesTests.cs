using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Console.IntegrationTests;

/// <summary>Who keeps an integration running sees what was sent and answered, sends it again, and turns an endpoint off and on.</summary>
public sealed class WebhookPagesTests : IAsyncLifetime
{
    private readonly RunningConsole console = new();
    private WebApplication notification = null!, receiver = null!;
    private volatile int answered = StatusCodes.Status200OK;

    public async Task InitializeAsync()
    {
        await console.InitializeAsync();
        notification = ImageRights.Notification.Composition.Build([
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=None", $"--ConnectionStrings:notificationdb={await TestServers.CreateDatabaseAsync()}",
            $"--ConnectionStrings:messaging={await TestServers.CreateVirtualHostAsync()}", "--Messaging:AwaitSubscribers=false", $"--Access:Issuer={console.Address.GetLeftPart(UriPartial.Authority)}", $"--Access:ServiceKey={TestAccess.ServiceKey}",
            "--Secrets:Key=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "--Egress:AllowLoopback=true", "--Egress:AllowHttp=true", "--Webhooks:Schedule:0=00:00:00", "--Webhooks:Schedule:1=00:00:00.1", "--Webhooks:Poll=00:00:00.05",
        ]);
        await notification.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        receiver = builder.Build();
        receiver.MapPost("/hooks", () => Results.Text("<b>as it was answered</b>", statusCode: answered));
        await receiver.StartAsync();
        await console.StopAsync();
        await console.StartAsync($"--services:notification:http:0={notification.Urls.Single()}");
    }

    public async Task DisposeAsync()
    {
        await notification.StopAsync();
        await notification.DisposeAsync();
        await receiver.DisposeAsync();
        await console.DisposeAsync();
    }

    [Fact]
    public async Task What_was_not_taken_is_seen_and_sent_again()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        (await browser.OpenAsync("/deliveries")).ShouldContain("No endpoint yet");
        var page = await browser.SendAsync("/deliveries", "/endpoints", ("url", "no address"), ("description", "Shop system"), ("eventTypes", "imagerights.case.opened.v1"));
        browser.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        foreach (var kept in new[] { "value=\"no address\"", "value=\"Shop system\"", "value=\"imagerights.case.opened.v1\" checked" }) page.ShouldContain(kept);
        page = await browser.SendAsync("/deliveries", "/endpoints", ("url", $"{receiver.Urls.Single()}/hooks"), ("description", "Shop system"), ("eventTypes", "imagerights.case.opened.v1"));
        var (endpoint, secret) = (Browser.Shown(page, "Endpoint"), Browser.Shown(page, "Secret"));
        secret.ShouldStartWith("whsec_");
        (await browser.OpenAsync("/deliveries")).ShouldContain($"href=\"/endpoints/{endpoint}\"");
        page = await browser.OpenAsync($"/endpoints/{endpoint}");
        page.ShouldContain("imagerights.case.opened.v1</dd>");
        page.ShouldNotContain("whsec_");
        Browser.Shown(await browser.SendAsync($"/endpoints/{endpoint}", $"/endpoints/{endpoint}/secret-rotations"), "Secret").ShouldNotBe(secret);

        answered = StatusCodes.Status500InternalServerError;
        await browser.SendAsync($"/endpoints/{endpoint}", $"/endpoints/{endpoint}/test-events");
        var delivery = browser.Here;
        delivery.ShouldStartWith("/deliveries/");
        page = await UntilAsync(browser, delivery, "Exhausted");
        foreach (var shown in new[] { "imagerights.endpoint.tested.v1", "refused</strong>, status 500", "&lt;b&gt;as it was answered&lt;/b&gt;", "webhook-id", "specversion" }) page.ShouldContain(shown);
        page.ShouldNotContain("<b>as it was answered", customMessage: "a receiver's words are no page");
        (await browser.OpenAsync($"/deliveries?status=Succeeded&endpoint={endpoint}")).ShouldContain("None.");
        (await browser.OpenAsync($"/deliveries?status=Exhausted&endpoint={endpoint}")).ShouldContain($"href=\"{delivery}\"");
        (await browser.OpenAsync($"/endpoints/{endpoint}")).ShouldContain("Failing since");

        answered = StatusCodes.Status200OK;
        (await browser.SendAsync(delivery, $"{delivery}/replays")).ShouldContain("Done: it is sent again.");
        (await UntilAsync(browser, delivery, "Succeeded")).ShouldContain("taken</strong>, status 200");
        using var chinese = new Browser(console) { Language = "zh-CN" };
        (await chinese.SignInAsync("admin", Browser.Own)).ShouldBeTrue();
        WebUtility.HtmlDecode(await chinese.OpenAsync(delivery)).ShouldContain("已接收</strong>，状态码 200");

        // A test event is nothing that an endpoint could lack.
        (await browser.SendAsync($"/endpoints/{endpoint}", $"/endpoints/{endpoint}/replays", ("from", "2026-01-01T00:00"), ("to", ""))).ShouldContain("Done: what it lacks is sent again.");
        (await browser.SendAsync($"/endpoints/{endpoint}", $"/endpoints/{endpoint}/replays", ("from", "yesterday"), ("to", ""))).ShouldContain("A time is such as 2026-11-20 15:00.");
        browser.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task An_endpoint_is_turned_off_and_on_by_who_may_and_by_nobody_else()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        var endpoint = await RegisterAsync();
        var page = await browser.SendAsync($"/endpoints/{endpoint}", $"/endpoints/{endpoint}/state", ("enabled", "false"));
        foreach (var shown in new[] { "Done: disabled.", "somebody turned it off", "Enable: what waits is sent" }) page.ShouldContain(shown);
        (await browser.SendAsync($"/endpoints/{endpoint}", $"/endpoints/{endpoint}/test-events")).ShouldContain("disabled");
        browser.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await browser.SendAsync($"/endpoints/{endpoint}", $"/endpoints/{endpoint}/state", ("enabled", "true"))).ShouldContain("Done: enabled.");

        using var auditor = await browser.OfPersonAsync("auditor", "auditor");
        page = await auditor.OpenAsync($"/endpoints/{endpoint}");
        page.ShouldContain("/hooks");
        page.ShouldNotContain($"action=\"/endpoints/{endpoint}");
        await auditor.SendAsync("/deliveries", $"/endpoints/{endpoint}/state", ("enabled", "false"));
        (await browser.OpenAsync($"/endpoints/{endpoint}")).ShouldNotContain("somebody turned it off");
        (await browser.OpenAsync("/endpoints/ep_unknown")).ShouldContain("There is no endpoint with the id ep_unknown.");
        (await browser.OpenAsync("/deliveries/dlv_unknown")).ShouldContain("There is no delivery with the id dlv_unknown.");
        (await browser.SendWithoutTokenAsync($"/endpoints/{endpoint}/state", ("enabled", "false"))).ShouldNotContain("Done");
    }

    private async Task<string> RegisterAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(notification.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await console.TokenAsync());
        using var answer = await http.PostAsJsonAsync("/v1/endpoints", new { url = $"{receiver.Urls.Single()}/hooks" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["endpointId"]!;
    }

    private static Task<string> UntilAsync(Browser browser, string page, string state) => Eventually.GetAsync(async () =>
    {
        var shown = await browser.OpenAsync(page);
        shown.ShouldContain($">{state}</span>");
        return shown;
    }, what: $"A delivery that is {state}");
}
