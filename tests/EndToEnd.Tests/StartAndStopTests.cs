using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

public class StartAndStopTests
{
    [Fact]
    public async Task Ctrl_C_stops_everything_it_started_and_a_second_start_finds_the_data()
    {
        var first = await RunningSystem.StartAsync();
        string image;
        await using (var marketplace = await Marketplace.JoinAsync(first, "imagerights.image.screened.v1"))
        {
            image = await marketplace.UploadAsync("shop-restart", new SamplePicture(31).ToPng());
            await marketplace.ScreeningAsync(image);
        }
        var started = first.Descendants();
        started.Count.ShouldBeGreaterThan(8);
        (await first.InterruptAsync()).ShouldBe(0, first.Output);
        // What a server had started for itself may end a moment after it.
        await Eventually.HoldsAsync(() =>
        {
            started.Where(id => Directory.Exists($"/proc/{id}")).ShouldBeEmpty();
            return Task.CompletedTask;
        }, TimeSpan.FromSeconds(10), "The end of all processes");

        await using var second = await RunningSystem.StartAsync(first.Data);
        await using var returning = await Marketplace.JoinAsync(second, "imagerights.image.screened.v1");
        (await returning.ScreeningAsync(image))["verdict"]!.GetValue<string>().ShouldBe("Clear");
        var copy = await returning.UploadAsync("shop-after-restart", new SamplePicture(31).ToPng(240, 180));
        (await returning.ScreeningAsync(copy))["matches"]!.ToJsonString().ShouldContain(image);
    }
}
