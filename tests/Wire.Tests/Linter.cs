using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace ImageRights.Wire.Tests;

/// <summary>Spectral, as integrators run it.</summary>
internal static class Linter
{
    public static async Task ShouldPassAsync(JsonNode document, string ruleset)
    {
        var file = Path.Combine(Path.GetTempPath(), $"imagerights-{Guid.CreateVersion7():N}.json");
        await File.WriteAllTextAsync(file, document.ToJsonString());
        try
        {
            var root = typeof(Linter).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;
            var linter = Path.Combine(root, "node_modules/@stoplight/spectral-cli/dist/index.js");
            using var process = Process.Start(new ProcessStartInfo(
                "node", [linter, "lint", file, "--ruleset", Path.Combine(AppContext.BaseDirectory, ruleset), "--fail-severity", "warn", "--quiet"])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
            process.ExitCode.ShouldBe(0, $"{await output}\n{await errors}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
