using System.Net;
using ImageRights.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageRights.Wire.Tests;

/// <summary>What every service's program does alike.</summary>
public sealed class ServiceProgramTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK, "Healthy")]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK, "Degraded\nevent-store: a write transaction that is open for 19 s holds the followers back")]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable, "Unhealthy\nevent-store: a write transaction that is open for 19 s holds the followers back")]
    public async Task Health_says_what_is_not_well(HealthStatus status, HttpStatusCode code, string said)
    {
        await using var app = Build(services => services.AddHealthChecks().AddCheck("event-store", () => new HealthCheckResult(status, "a write transaction that is open for 19 s holds the followers back")));
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
        using var answer = await http.GetAsync("/health");
        (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((code, said));
        (await http.GetStringAsync("/alive")).ShouldBe("Healthy");
    }

    [Theory]
    [InlineData("--compar")]
    [InlineData("--help")]
    public async Task A_rebuild_with_an_option_that_is_none_touches_nothing(string option)
    {
        // There is no store, which would be asked for next.
        var app = Build(_ => { });
        (await app.RunServiceAsync(["rebuild", "CaseView", option])).ShouldBe(1);
    }

    private static WebApplication Build(Action<IServiceCollection> with)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        with(builder.Services);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        return app;
    }
}
