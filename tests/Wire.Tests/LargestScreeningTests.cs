using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Wire.Tests;

/// <summary>A picture that everybody has uploaded before, from the upload to the webhook.</summary>
public sealed class LargestScreeningTests(RunningServices services) : IClassFixture<RunningServices>
{
    private const int LargestEvent = 64 * 1024, MostMatches = 50, WithEvidence = 10;

    [Fact]
    public async Task An_upload_with_more_matches_than_are_listed_is_told_whole_by_webhook()
    {
        var bodies = new ConcurrentQueue<byte[]>();
        await using var receiver = await ReceiveAsync(bodies);
        var market = new Market(services, $"market-{Guid.NewGuid():N}");
        var picture = new SamplePicture(Random.Shared.Next()).ToPng();
        for (var account = 0; account <= MostMatches; account++) await market.SendAsync("/v1/images", picture, ("accountId", $"shop-{account}"));
        await market.PostAsync("Notification", "/v1/endpoints", new { url = $"{receiver.Urls.Single()}/hook", eventTypes = new[] { "imagerights.image.screened.v1" } });

        var upload = await market.SendAsync("/v1/images", picture, ("accountId", "late"));
        var imageId = upload["imageId"]!.GetValue<string>();
        var body = await Eventually.GetAsync(() => Task.FromResult(bodies.FirstOrDefault(body => JsonNode.Parse(body)!["subject"]!.GetValue<string>() == imageId)), TimeSpan.FromSeconds(60), "The webhook");

        body.Length.ShouldBeLessThanOrEqualTo(LargestEvent);
        var told = JsonNode.Parse(body)!;
        told["sequence"]!.GetValue<string>().ShouldMatch("^[0-9]{10}$");
        var (data, matches) = (told["data"]!, told["data"]!["matches"]!.AsArray());
        matches.Count.ShouldBe(MostMatches);
        matches.Count(match => match!["evidence"] is not null).ShouldBe(WithEvidence);
        data["evidenceLeftOut"]!.GetValue<int>().ShouldBe(MostMatches - WithEvidence);
        // And all of it is where the event says.
        (await market.ReadAsync("Matching", $"/v1/screenings/{imageId}"))["matches"]!.AsArray().Count(match => match!["evidence"] is not null).ShouldBe(MostMatches);
    }

    private static async Task<WebApplication> ReceiveAsync(ConcurrentQueue<byte[]> bodies)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = builder.Build();
        receiver.MapPost("/hook", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            bodies.Enqueue(body.ToArray());
        });
        await receiver.StartAsync();
        return receiver;
    }
}
