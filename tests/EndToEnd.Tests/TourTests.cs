using System.Diagnostics;

namespace ImageRights.EndToEnd.Tests;

[Collection(nameof(OneSystem))]
public class TourTests(OneSystem one)
{
    [Fact]
    public async Task The_tour_walks_from_registration_to_a_verified_webhook()
    {
        using var tour = Process.Start(new ProcessStartInfo("dotnet", [RunningSystem.OutputOf("Tour"), Path.Combine(one.System.Data, "endpoints.json")]) { RedirectStandardOutput = true })!;
        var said = await tour.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(3));
        await tour.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        tour.ExitCode.ShouldBe(0, said);
        foreach (var edit in new[] { "untouched", "saved again, quality 40", "half the size", "mirrored", "turned by 90 degrees", "cropped to 60 %" }) said.ShouldMatch($"{edit} +6 of 6 recognised");
        said.ShouldMatch("another picture +0 of 6 recognised");
        said.ShouldContain("Signature verified");
        said.ShouldContain("measure_applied_v1");
    }
}
