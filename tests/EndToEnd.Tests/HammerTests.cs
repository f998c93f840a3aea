using System.Diagnostics;

namespace ImageRights.EndToEnd.Tests;

[Collection(nameof(OneSystem))]
public class HammerTests(OneSystem one)
{
    [Fact]
    public async Task Under_load_nothing_is_lost_doubled_or_wrong()
    {
        using var hammer = Process.Start(new ProcessStartInfo(
            "dotnet", [RunningSystem.OutputOf("Hammer"), Path.Combine(one.System.Data, "endpoints.json"), "seconds=4", "scenes=4", "width=480", "writers=3"]) { RedirectStandardOutput = true })!;
        var said = await hammer.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(5));
        await hammer.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        hammer.ExitCode.ShouldBe(0, said);
        said.ShouldMatch("uploads [1-9][0-9]*, refused 0, decisions lost 0, webhooks doubled 0, decisions wrong 0, webhooks forged 0");
    }
}
