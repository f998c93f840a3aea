using System.Diagnostics;
using System.Text.Json;
using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>A fact that needs the npm package <c>standardwebhooks</c> in the repository's <c>node_modules</c>.</summary>
public sealed class StandardWebhooksFactAttribute : FactAttribute
{
    public StandardWebhooksFactAttribute()
    {
        if (NodeModules is null) Skip = "The npm package standardwebhooks is not installed; run npm ci.";
    }

    internal static string? NodeModules
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                var modules = Path.Combine(folder.FullName, "node_modules");
                if (Directory.Exists(Path.Combine(modules, "standardwebhooks"))) return modules;
            }
            return null;
        }
    }
}

/// <summary>The standard's own verifier judges what is sent.</summary>
public sealed class IndependentVerifierTests
{
    private const string Script =
        """
        const { Webhook } = require(process.argv[1] + '/standardwebhooks');
        const { secret, headers, body } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        try { new Webhook(secret).verify(body, headers); console.log('accepted'); } catch (e) { console.log('refused: ' + e.message); }
        """;

    [StandardWebhooksFact]
    public async Task The_official_verifier_accepts_our_requests_and_refuses_changed_ones()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, first) = await service.RegisterAsync("/hooks");
        (await service.Http.PostAsync($"/v1/endpoints/{endpoint}/secret-rotations", null)).EnsureSuccessStatusCode();
        await service.PublishAsync(RunningService.Measure(statement: "桜 & <b>"));
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        var request = service.Receiver.At("/hooks").Single();
        var body = System.Text.Encoding.UTF8.GetString(request.Body);

        (await VerifyAsync(first, request.Headers, body)).ShouldBe("accepted");
        (await VerifyAsync(first, request.Headers, body + " ")).ShouldStartWith("refused");
        (await VerifyAsync("whsec_" + Convert.ToBase64String(new byte[32]), request.Headers, body)).ShouldStartWith("refused");
    }

    private static async Task<string> VerifyAsync(string secret, IReadOnlyDictionary<string, string> headers, string body)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-e");
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add(StandardWebhooksFactAttribute.NodeModules!);
        using var node = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(new { secret, headers, body }));
        node.StandardInput.Close();
        var output = await node.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await node.StandardError.ReadToEndAsync(limit.Token);
        await node.WaitForExitAsync(limit.Token);
        errors.ShouldBeEmpty();
        return output.Trim();
    }
}
