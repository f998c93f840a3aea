using System.Security.Cryptography;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ImageRights.Hosting;

/// <summary>How the AppHost itself runs, from its launch profile, environment and arguments.</summary>
/// <param name="DataDirectory"><c>IMAGERIGHTS_DATA</c>, or <c>.data</c> beside the AppHost's folder.</param>
/// <param name="RandomPorts"><c>IMAGERIGHTS_RANDOM_PORTS</c>: free ports for everything, so that several applications run side by side.</param>
/// <param name="ThrowAway"><c>IMAGERIGHTS_THROW_AWAY</c>: the servers trade safety of data for speed (tests only).</param>
/// <param name="StartTimeout"><c>IMAGERIGHTS_START_TIMEOUT</c> in seconds; 180 when not set.</param>
/// <param name="BrowserToken">Null when the dashboard asks nobody to sign in.</param>
internal sealed record HostSettings(
    string ApplicationName, bool Development, string DataDirectory, bool RandomPorts, bool ThrowAway, TimeSpan StartTimeout,
    bool DashboardEnabled, Uri DashboardUrl, Uri OtlpGrpcUrl, Uri OtlpHttpUrl, string? BrowserToken, string OtlpApiKey,
    Func<string, string?> ExternalConnectionString)
{
    internal static string DataDirectoryOf(IConfiguration configuration, string appHostDirectory) =>
        Path.GetFullPath(configuration["IMAGERIGHTS_DATA"] is { Length: > 0 } given ? given : Path.Combine(appHostDirectory, "..", ".data"));

    internal static HostSettings Read(IConfiguration configuration, IHostEnvironment environment, string appHostDirectory, DistributedApplicationOptions options)
    {
        var randomPorts = configuration.GetValue<bool>("IMAGERIGHTS_RANDOM_PORTS");
        return new HostSettings(
            options.DashboardApplicationName ?? "ImageRights",
            environment.IsDevelopment(),
            DataDirectoryOf(configuration, appHostDirectory),
            randomPorts,
            configuration.GetValue<bool>("IMAGERIGHTS_THROW_AWAY"),
            TimeSpan.FromSeconds(configuration.GetValue("IMAGERIGHTS_START_TIMEOUT", 180)),
            !options.DisableDashboard,
            Address("http://localhost:18888", "ASPNETCORE_URLS"),
            Address("http://localhost:18889", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"),
            Address("http://localhost:18890", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"),
            configuration.GetValue<bool>("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")
                ? null
                : First("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "AppHost:BrowserToken") ?? RandomToken(),
            First("ASPIRE_DASHBOARD_OTLP_API_KEY", "AppHost:OtlpApiKey") ?? RandomToken(),
            configuration.GetConnectionString);

        string? First(params string[] keys) => keys.Select(key => configuration[key]).FirstOrDefault(value => !string.IsNullOrEmpty(value));

        Uri Address(string usual, params string[] keys)
        {
            var address = new UriBuilder((First(keys) ?? usual).Split(';')[0]);
            if (randomPorts) address.Port = Ports.Free();
            return address.Uri;
        }
    }

    private static string RandomToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
