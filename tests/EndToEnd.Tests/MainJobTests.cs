using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

[Collection(nameof(OneSystem))]
public class MainJobTests(OneSystem one)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    [Theory]
    [InlineData("ingestion")]
    [InlineData("fingerprint")]
    [InlineData("matching")]
    [InlineData("casemanagement")]
    [InlineData("notification")]
    [InlineData("console")]
    public async Task Every_endpoint_is_healthy(string service)
    {
        (await Http.GetStringAsync(new Uri(one.System[service], "/health"))).ShouldBe("Healthy");
        (await Http.GetStringAsync(new Uri(one.System[service], "/alive"))).ShouldBe("Healthy");
    }

    [Fact]
    public async Task What_probes_of_health_ask_the_database_is_in_no_log_and_no_trace()
    {
        (await Http.GetStringAsync(new Uri(one.System["console"], "/health"))).ShouldBe("Healthy");
        foreach (var (page, nothing) in new[] { ("/logs?q=%22SELECT%201%22", "No record matches"), ("/traces?q=url.path=/health", "No trace matches"), ("/traces?q=db.query.text=%22SELECT%201%22", "No trace matches") })
            (await Http.GetStringAsync(new Uri(one.System["dashboard"], page))).ShouldContain(nothing, customMessage: page);
    }

    [Fact]
    public async Task An_upload_reaches_the_webhook_in_one_trace()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.image.screened.v1");
        var picture = new SamplePicture(11);
        var work = await marketplace.RegisterAsync("fang-trace", picture.ToPng());
        await AwaitWorkAsync(marketplace, "probe-trace", picture, work);

        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var image = await marketplace.UploadAsync("shop-trace", picture.ToPng(240, 180), $"00-{trace}-00f067aa0ba902b7-01");

        var body = await Eventually.GetAsync(
            () => Task.FromResult(marketplace.Webhooks.Select(webhook => webhook.Body).FirstOrDefault(body => body["data"]!["imageId"]!.GetValue<string>() == image)), what: "The webhook");
        body["specversion"]!.GetValue<string>().ShouldBe("1.0");
        body["traceparent"]!.GetValue<string>().ShouldContain(trace);
        var match = body["data"]!["matches"]!.AsArray().Single(candidate => candidate!["referenceId"]!.GetValue<string>() == work)!;
        match["distance"]!.GetValue<int>().ShouldBeLessThanOrEqualTo(31);
        body["data"]!["verdict"]!.GetValue<string>().ShouldBe("Match");

        await Eventually.HoldsAsync(async () =>
        {
            foreach (var service in new[] { "ingestion", "fingerprint", "matching", "casemanagement", "notification" })
                (await Http.GetStringAsync(new Uri(one.System["dashboard"], $"/traces?q=service.name={service}%20imagerights.image.id={image}"))).ShouldContain(trace, customMessage: service);
        }, what: "The whole trace in the dashboard");
    }

    [Fact]
    public async Task A_copy_is_reported_taken_down_and_the_marketplace_hears_of_it_once()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.measure.applied.v1");
        var picture = new SamplePicture(12);
        var work = await marketplace.RegisterAsync("fang-case", picture.ToPng());
        await AwaitWorkAsync(marketplace, "probe-case", picture, work);
        var image = await marketplace.UploadAsync("shop-case", picture.ToPng(mirrored: true));
        (await marketplace.ScreeningAsync(image))["verdict"]!.GetValue<string>().ShouldBe("Match");

        // Case management may hear of the screening a moment after its verdict can be read.
        var report = await Eventually.GetAsync<System.Text.Json.Nodes.JsonNode>(
            async () => await marketplace.PostAsync("casemanagement", "/v1/reports", new { imageId = image, workId = work, complainantAccountId = "fang-case", reasonCode = "Copyright", statement = "Mine." }), what: "The report");
        var caseId = report["caseId"]!.GetValue<string>();
        var opened = await marketplace.GetAsync("casemanagement", $"/v1/cases/{caseId}");
        await marketplace.PostAsync("casemanagement", $"/v1/cases/{caseId}/takedown", new { reasonCode = "Copyright", statement = "A copy of a registered work.", actor = "reviewer" }, opened["etag"]!.GetValue<string>());

        var notice = await Eventually.GetAsync(
            () => Task.FromResult(marketplace.Webhooks.Select(webhook => webhook.Body).FirstOrDefault(body => body["data"]!["caseId"]!.GetValue<string>() == caseId)), what: "The webhook");
        notice["data"]!["imageId"]!.GetValue<string>().ShouldBe(image);
        marketplace.Webhooks.Count(webhook => webhook.Body["data"]!["caseId"]!.GetValue<string>() == caseId).ShouldBe(1);
        var history = await marketplace.GetAsync("casemanagement", $"/v1/cases/{caseId}/history");
        history["events"]!.AsArray().Select(entry => entry!["type"]!.GetValue<string>()).ShouldContain("measure_applied_v1");
    }

    [Fact]
    public async Task A_work_registered_later_is_found_in_what_was_uploaded_before()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.copy.found.v1");
        var picture = new SamplePicture(13);
        var image = await marketplace.UploadAsync("shop-early", picture.ToPng());
        (await marketplace.ScreeningAsync(image))["verdict"]!.GetValue<string>().ShouldBe("Clear");

        var work = await marketplace.RegisterAsync("fang-late", picture.ToPng(640, 480));

        var found = await Eventually.GetAsync(
            () => Task.FromResult(marketplace.Webhooks.Select(webhook => webhook.Body).FirstOrDefault(body => body["data"]!["workId"]!.GetValue<string>() == work)), what: "The webhook");
        found["data"]!["imageId"]!.GetValue<string>().ShouldBe(image);
    }

    [Fact]
    public async Task Nothing_listens_beyond_loopback()
    {
        var processes = one.System.Descendants().Append(one.System.ProcessId).ToHashSet();
        var beyond = new List<string>();
        foreach (var table in new[] { "tcp", "tcp6" })
        {
            foreach (var line in (await File.ReadAllLinesAsync($"/proc/net/{table}")).Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[3] != "0A") continue;
                var address = fields[1].Split(':')[0];
                if (address is "0100007F" or "00000000000000000000000001000000" or "0000000000000000FFFF00000100007F") continue;
                if (processes.Any(id => OwnsSocket(id, fields[9]))) beyond.Add(line.Trim());
            }
        }
        beyond.ShouldBeEmpty();
    }

    private static bool OwnsSocket(int processId, string inode)
    {
        try
        {
            return Directory.GetFiles($"/proc/{processId}/fd").Any(file => File.ResolveLinkTarget(file, false)?.Name == $"socket:[{inode}]");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A work matches from the moment its fingerprint is in the index; a probe upload by another account tells.
    private static Task AwaitWorkAsync(Marketplace marketplace, string account, SamplePicture picture, string work) => Eventually.HoldsAsync(async () =>
    {
        var probe = await marketplace.UploadAsync(account, picture.ToPng(160, 120));
        (await marketplace.ScreeningAsync(probe))["matches"]!.ToJsonString().ShouldContain(work);
    }, what: "The work in the index");
}
