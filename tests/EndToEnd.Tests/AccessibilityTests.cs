using System.Diagnostics;
using System.Text.Json;
using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

/// <summary>The console in a real browser: for everybody to use, under its own content security policy, with pictures from their origin.</summary>
[Collection(nameof(OneSystem))]
public class AccessibilityTests(OneSystem one)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_page_can_be_used_by_everybody_and_shows_its_pictures()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.case.opened.v1");
        var picture = new SamplePicture(67);
        var image = await marketplace.UploadAsync("shop-everybody", picture.ToPng(240, 180));
        await marketplace.ScreeningAsync(image);
        var work = await marketplace.RegisterAsync("fang-everybody", picture.ToPng(640, 480));
        var caseId = (await Eventually.GetAsync(
            () => Task.FromResult(marketplace.Webhooks.Select(webhook => webhook.Body).FirstOrDefault(body => body["data"]!["workId"]?.GetValue<string>() == work)), what: "The case"))["data"]!["caseId"]!.GetValue<string>();
        using (await Browser.OfAdministratorAsync(one.System)) { }
        var delivery = (await marketplace.GetAsync("notification", "/v1/deliveries?limit=1"))["items"]![0]!;

        var start = new ProcessStartInfo("node", [Repository.Path("tests", "EndToEnd.Tests", "accessibility.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var browser = Process.Start(start)!;
        try
        {
            await browser.StandardInput.WriteAsync(JsonSerializer.Serialize(new
            {
                console = one.System["console"].ToString(),
                user = one.System.FirstCredentials["user"],
                password = Browser.OwnPassword,
                open = new[] { "/guest/report", "/guest/follow" },
                signedIn = new[]
                {
                    "/", "/pictures", $"/pictures/{image}", "/works", $"/works/{work}", "/cases", $"/cases/{caseId}", "/deliveries", $"/deliveries/{delivery["deliveryId"]}", $"/endpoints/{delivery["endpointId"]}", "/inbox", "/erasures", "/access/people", "/access/programs",
                    $"/access/programs/{one.System.FirstCredentials["client_id"]}", "/access/tenants", "/account/password", "/account/two-factor", "/denied",
                },
            }));
            browser.StandardInput.Close();
            var (output, errors) = (browser.StandardOutput.ReadToEndAsync(), browser.StandardError.ReadToEndAsync());
            await browser.WaitForExitAsync().WaitAsync(Limit);
            browser.ExitCode.ShouldBe(0, await errors);
            JsonSerializer.Deserialize<string[]>(await output)!.ShouldBeEmpty();
        }
        finally
        {
            if (!browser.HasExited) browser.Kill(entireProcessTree: true);
        }
    }
}
