using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>Ingestion's internal door to the vault, on real Kestrel: answers as told, can go down and come back at the same address.</summary>
internal sealed class VaultDouble : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<HttpContext, int, Task>> answers = new();
    private readonly ConcurrentDictionary<string, int> requests = new();
    private WebApplication? app;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Answers everything before what is held is looked at; null: as usual.</summary>
    public Func<HttpContext, Task>? Trouble { get; set; }

    public static async Task<VaultDouble> StartAsync()
    {
        var vault = new VaultDouble();
        await vault.UpAsync();
        return vault;
    }

    public async Task UpAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        app = builder.Build();
        app.MapGet("/internal/v1/contents/{sha256}", AnswerAsync);
        await app.StartAsync().WaitAsync(Surroundings.Patience);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task DownAsync()
    {
        if (app is null) return;
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
        app = null;
    }

    /// <summary>Puts bytes in; gives their address.</summary>
    public string Hold(byte[] bytes)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Answer(sha256, (context, _) => context.Response.Body.WriteAsync(bytes).AsTask());
        return sha256;
    }

    /// <summary>Says how to answer for an address; the number counts the requests for it from 1.</summary>
    public void Answer(string sha256, Func<HttpContext, int, Task> answer) => answers[sha256] = answer;

    public int Requests(string sha256) => requests.GetValueOrDefault(sha256);

    /// <summary>Answers as if there were no trouble.</summary>
    public Task GiveAsync(HttpContext context) => GiveAsync((string)context.Request.RouteValues["sha256"]!, context);

    private async Task AnswerAsync(string sha256, HttpContext context)
    {
        requests.AddOrUpdate(sha256, 1, (_, before) => before + 1);
        await (Trouble?.Invoke(context) ?? GiveAsync(sha256, context));
    }

    private async Task GiveAsync(string sha256, HttpContext context)
    {
        if (TestAccess.TenantOf(context.Request.Headers.Authorization) == TestAccess.Tenant && answers.TryGetValue(sha256, out var answer)) await answer(context, Requests(sha256));
        else context.Response.StatusCode = (int)HttpStatusCode.NotFound;
    }

    public async ValueTask DisposeAsync() => await DownAsync();
}
