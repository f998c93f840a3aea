using System.Diagnostics;
using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

/// <summary>The samples of the documentation, run as an integrator runs them.</summary>
[Collection(nameof(OneSystem))]
public class SampleTests(OneSystem one)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("dotnet", "run", "csharp/integrator.cs")]
    [InlineData("node", null, "node/integrator.mjs")]
    [InlineData("bash", null, "curl/integrator.sh")]
    public async Task A_sample_uploads_registers_verifies_and_follows(string program, string? verb, string file)
    {
        var picture = Path.Combine(one.System.Data, $"sample-{Guid.CreateVersion7():N}.png");
        await File.WriteAllBytesAsync(picture, new SamplePicture(Random.Shared.Next()).ToPng());
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = one.System.Data };
        if (verb is not null) start.ArgumentList.Add(verb);
        start.ArgumentList.Add(Repository.Path("docs", "samples", file));
        start.ArgumentList.Add(picture);
        foreach (var service in new[] { "console", "ingestion", "notification" }) start.Environment[$"IMAGERIGHTS_{service.ToUpperInvariant()}"] = one.System[service].ToString().TrimEnd('/');
        start.Environment["IMAGERIGHTS_CLIENT_ID"] = one.System.FirstCredentials["client_id"];
        start.Environment["IMAGERIGHTS_CLIENT_SECRET"] = one.System.FirstCredentials["client_secret"];
        using var sample = Process.Start(start)!;
        try
        {
            var (output, errors) = (sample.StandardOutput.ReadToEndAsync(), sample.StandardError.ReadToEndAsync());
            await sample.WaitForExitAsync().WaitAsync(Limit);
            var said = $"{await output}\n{await errors}";
            sample.ExitCode.ShouldBe(0, said);
            said.ShouldMatch("work: wrk_[0-9a-f]{32}");
            said.ShouldContain("webhook: verified");
            said.ShouldMatch("upload: img_[0-9a-f]{32} (Match|Clear)");
            said.ShouldContain("feed: the upload's screening is there");
        }
        finally
        {
            if (!sample.HasExited) sample.Kill(entireProcessTree: true);
        }
    }
}
