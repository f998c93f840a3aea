using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>A request as it arrived.</summary>
public sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];
    public JsonElement Event => JsonDocument.Parse(Body).RootElement;
}

/// <summary>An integrator's web server: keeps what arrives, and answers as each test says.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Received, Task>> answers = [];
    private readonly ConcurrentQueue<Received> requests = [];

    private Receiver(WebApplication app) => this.app = app;

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver.app.Run(receiver.HandleAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public string Url(string path) => new Uri(new Uri(app.Urls.Single()), path).ToString();

    public IReadOnlyList<Received> At(string path) => [.. requests.Where(request => request.Path == path)];

    /// <summary>Without an answer of its own a path says 200.</summary>
    public void Answer(string path, Func<HttpContext, Received, Task> answer) => answers[path] = answer;

    public void AnswerStatus(string path, params int[] statuses)
    {
        var index = -1;
        Answer(path, (context, _) =>
        {
            context.Response.StatusCode = statuses[Math.Min(Interlocked.Increment(ref index), statuses.Length - 1)];
            return Task.CompletedTask;
        });
    }

    /// <summary>Never answers; gives what opens the gate.</summary>
    public TaskCompletionSource Hold(string path)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Answer(path, (context, _) => gate.Task.WaitAsync(TimeSpan.FromMinutes(2), context.RequestAborted));
        return gate;
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var received = new Received(
            context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body.ToArray());
        requests.Enqueue(received);
        if (!answers.TryGetValue(received.Path, out var answer)) return;
        try
        {
            await answer(context, received);
        }
        catch (OperationCanceledException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }
}
