using System.Collections.Concurrent;
using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

[Collection(nameof(OneSystem))]
public class BadDayTests(OneSystem one)
{
    // Five programs that start anew on two cores, beside other tests, have been seen to take half of it.
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_service_killed_in_mid_work_loses_nothing_and_says_nothing_twice()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.image.screened.v1");
        var uploads = new ConcurrentBag<string>();
        foreach (var service in new[] { "fingerprint", "matching", "notification", "casemanagement" })
        {
            var sending = Task.Run(async () =>
            {
                for (var number = 0; number < 8; number++)
                    uploads.Add(await marketplace.UploadAsync($"shop-{service}-{number}", new SamplePicture(HashCode.Combine(service.Length, number)).ToPng(200, 150)));
            });
            await Eventually.HoldsAsync(() => { uploads.Count.ShouldBeGreaterThan(0); return Task.CompletedTask; });
            one.System.Kill(service);
            await sending;
        }
        try
        {
            foreach (var image in uploads) await marketplace.ScreeningAsync(image, Recovery);
            await Eventually.HoldsAsync(() =>
            {
                var told = marketplace.Webhooks.GroupBy(webhook => webhook.Body["data"]!["imageId"]!.GetValue<string>()).ToDictionary(group => group.Key, group => group.Select(webhook => webhook.WebhookId).Distinct().Count());
                foreach (var image in uploads) told.ShouldContainKeyAndValue(image, 1);
                return Task.CompletedTask;
            }, Recovery, "A webhook for each upload");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{one.System.LastWords()}", late);
        }
    }

    [Theory]
    [MemberData(nameof(BadPictures))]
    public async Task A_bad_picture_is_refused_with_a_code(string what, string code)
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.image.screened.v1");
        var bytes = what switch
        {
            "truncated" => new SamplePicture(21).ToPng()[..^4000],
            "text" => "this is not a picture at all, it is a sentence"u8.ToArray(),
            "empty" => [],
            "bomb" => SamplePicture.Bomb(),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        foreach (var (path, fields) in new (string, (string, string)[])[] { ("/v1/images", [("surface", "Listing")]), ("/v1/works", [("title", "x"), ("author", "x")]) })
        {
            using var response = await marketplace.SendPictureAsync(path, bytes, null, [("accountId", "shop-bad"), .. fields]);
            var problem = await response.Content.ReadAsStringAsync();
            ((int)response.StatusCode).ShouldBeInRange(400, 499, problem);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            problem.ShouldContain($"\"{code}\"");
        }
    }

    [Fact]
    public async Task A_picture_without_detail_cannot_be_registered_and_is_told_apart_at_upload()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.image.screened.v1");
        using var response = await marketplace.SendPictureAsync("/v1/works", SamplePicture.Blank(), null, ("accountId", "fang-blank"), ("title", "White"), ("author", "Fang"));
        (await response.Content.ReadAsStringAsync()).ShouldContain("Reg_Featureless");

        var image = await marketplace.UploadAsync("shop-blank", SamplePicture.Blank());
        (await marketplace.ScreeningAsync(image))["verdict"]!.GetValue<string>().ShouldBe("Featureless");
    }

    public static TheoryData<string, string> BadPictures() => new()
    {
        { "truncated", "Image_Truncated" },
        { "text", "Image_Format_Unsupported" },
        { "empty", "Image_Empty" },
        { "bomb", "Image_Side_Too_Long" },
    };
}
