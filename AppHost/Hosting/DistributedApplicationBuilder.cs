using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using ImageRights.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; the entry assembly when not set.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>The AppHost's folder; taken from the assembly when not set.</summary>
    public string? ProjectDirectory { get; set; }

    public bool DisableDashboard { get; set; }
    public string? DashboardApplicationName { get; set; }
}

public interface IDistributedApplicationBuilder
{
    ConfigurationManager Configuration { get; }
    string AppHostDirectory { get; }
    Assembly? AppHostAssembly { get; }
    IHostEnvironment Environment { get; }
    IServiceCollection Services { get; }
    IList<IResource> Resources { get; }

    /// <exception cref="InvalidOperationException">The name is taken (names differ in more than case).</exception>
    IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

    IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource;

    DistributedApplication Build();
}

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder inner;

    internal DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory
            ?? AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "AppHostProjectPath")?.Value
            ?? Directory.GetCurrentDirectory();

        // `dotnet run` applies the launch profile; a start of the assembly itself (run.sh, tests) must not differ from it.
        if (LaunchProfile.Read(AppHostDirectory) is { } profile)
        {
            foreach (var (key, value) in profile.EnvironmentVariables) SetUnlessGiven(key, value);
            if (profile.ApplicationUrls.Count > 0) SetUnlessGiven("ASPNETCORE_URLS", string.Join(';', profile.ApplicationUrls));
        }

        inner = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ApplicationName = AppHostAssembly?.GetName().Name,
            ContentRootPath = AppHostDirectory,
        });
        inner.Logging.ClearProviders();
        inner.Services.RemoveAll<IHostLifetime>();
        inner.Services.AddSingleton<IHostLifetime, NoLifetime>();
        inner.Services.AddSingleton<ResourceNotificationService>();
        inner.Services.AddSingleton(services => new ApplicationRunner(
            Resources.AsReadOnly(), HostSettings.Read(inner.Configuration, inner.Environment, AppHostDirectory, options),
            services.GetRequiredService<ResourceNotificationService>(), services.GetRequiredService<ILoggerFactory>()));
        Secrets = new SecretStore(HostSettings.DataDirectoryOf(inner.Configuration, AppHostDirectory));
    }

    public ConfigurationManager Configuration => inner.Configuration;
    public string AppHostDirectory { get; }
    public Assembly? AppHostAssembly { get; }
    public IHostEnvironment Environment => inner.Environment;
    public IServiceCollection Services => inner.Services;
    IList<IResource> IDistributedApplicationBuilder.Resources => Resources;

    internal List<IResource> Resources { get; } = [];
    internal SecretStore Secrets { get; }

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (Resources.Any(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException($"There are two resources \"{resource.Name}\" in AppHost.cs; each needs a name of its own.");
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build() => new(inner.Build());

    private static void SetUnlessGiven(string name, string value)
    {
        if (System.Environment.GetEnvironmentVariable(name) is null) System.Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>Signals are the application's own affair: the order of stopping depends on them.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
