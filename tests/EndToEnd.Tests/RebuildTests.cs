using System.Diagnostics;

namespace ImageRights.EndToEnd.Tests;

/// <summary>Read models rebuilt as an operator does it, beside what runs.</summary>
[Collection(nameof(OneSystem))]
public class RebuildTests(OneSystem one)
{
    [Theory]
    [InlineData("ingestion")]
    [InlineData("fingerprint")]
    [InlineData("matching")]
    [InlineData("casemanagement")]
    [InlineData("notification")]
    public async Task A_rebuild_is_handed_its_service_s_settings_and_nobody_s_user_at_the_broker(string service)
    {
        var watched = Directory.CreateTempSubdirectory("imagerights-rebuild-").FullName;
        try
        {
            // What the program is handed shows before it runs.
            var program = Path.Combine(watched, "dotnet");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\nenv > '{watched}/environment'\nPATH=\"${{PATH#*:}}\" exec dotnet \"$@\"\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var start = new ProcessStartInfo(Repository.Path("run.sh"), ["rebuild", service, "--compare"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["IMAGERIGHTS_DATA"] = one.System.Data;
            start.Environment["PATH"] = $"{watched}:{start.Environment["PATH"]}";
            using var rebuild = Process.Start(start)!;
            var (said, complained) = (rebuild.StandardOutput.ReadToEndAsync(), rebuild.StandardError.ReadToEndAsync());
            await rebuild.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));

            rebuild.ExitCode.ShouldBe(0, await said + await complained);
            (await said).ShouldContain("documents differ from the live ones");
            var broker = (await File.ReadAllLinesAsync(Path.Combine(watched, "environment"))).Single(line => line.StartsWith("ConnectionStrings__messaging=", StringComparison.Ordinal));
            new Uri(broker.Split('=', 2)[1]).UserInfo.ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(watched, recursive: true);
        }
    }
}
