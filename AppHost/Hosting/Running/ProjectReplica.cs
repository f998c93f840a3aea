using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using ImageRights.Dashboard;

namespace ImageRights.Hosting;

/// <summary>One process of a service.</summary>
internal sealed class ProjectReplica(
    ProjectResource project, string name, IReadOnlyList<ProjectReplica.Listen> listens, OtlpTarget? telemetry, HostSettings settings,
    SecretMask mask, string logPath, ResourceNotificationService notifications)
    : Supervised(project, name, "Project", new ConsoleLog(logPath), notifications)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly HttpClient Health = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <param name="Port">The port of this very process.</param>
    internal sealed record Listen(EndpointAnnotation Endpoint, int Port)
    {
        internal string Url => $"{Endpoint.UriScheme}://localhost:{Port}";
    }

    protected override string LogPath => logPath;

    protected override async Task<ChildProcess> StartProcessAsync(CancellationToken cancellationToken)
    {
        var annotation = project.Annotations.OfType<ProjectMetadataAnnotation>().Single();
        var projectPath = annotation.Metadata.ProjectPath;
        var assembly = annotation.Metadata.TargetPath ?? await ProjectBuild.TargetPathAsync(projectPath, cancellationToken);
        if (!File.Exists(assembly)) throw new HostingException($"{project.Name} is not built: {assembly} is missing.", "Run ./run.sh, or `dotnet build ImageRights.sln`.");
        foreach (var listen in listens)
            Ports.EnsureFree(listen.Port, Name, $"change applicationUrl in {Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json")}");

        var environment = await ProjectEnvironment.BuildAsync(project, annotation.LaunchProfile, Name, [.. listens.Select(l => l.Url)], telemetry, settings.Development, cancellationToken);
        Update(s => s with
        {
            Environment = environment.ToDictionary(v => v.Key, v => mask.Mask(v.Value)),
            Urls = [.. listens.Select(l => new ResourceUrl(l.Endpoint.Name, l.Endpoint.Url))],
            Properties = new Dictionary<string, string> { ["project"] = projectPath, ["assembly"] = assembly, ["listens on"] = string.Join(" ", listens.Select(l => l.Url)), ["log"] = logPath },
        });

        var whole = ProjectEnvironment.Inherited();
        foreach (var (variable, value) in environment) whole[variable] = value;
        // A service keeps nothing that a kill could spoil, so it may go with the AppHost at once.
        return await ChildProcess.StartAsync(ProjectBuild.DotNet, [assembly], whole, Path.GetDirectoryName(projectPath)!, ProcessTable.SigKill, account: null, Log.Add);
    }

    protected override Task StopProcessAsync(ChildProcess child, CancellationToken urgent) => child.StopAsync(ProcessTable.SigTerm, Grace, urgent);

    protected override async Task<string?> CheckHealthAsync(CancellationToken cancellationToken)
    {
        foreach (var check in project.Annotations.OfType<HttpHealthCheckAnnotation>())
        {
            var listen = listens.FirstOrDefault(l => check.EndpointName is null || l.Endpoint.Name == check.EndpointName);
            if (listen is null) return $"there is no endpoint {check.EndpointName ?? ""} to ask";
            try
            {
                using var answer = await Health.GetAsync(listen.Url + check.Path, cancellationToken);
                if ((int)answer.StatusCode != check.StatusCode)
                    return $"{check.Path} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}";
            }
            catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return $"{check.Path} does not answer: {fault.GetBaseException().Message}";
            }
        }
        return null;
    }
}

internal static class ProjectBuild
{
    /// <summary>The program that runs assemblies: the one that runs this one, where that can be told.</summary>
    internal static string DotNet =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");

    /// <summary>Asks the build where it puts a project of which only the file is known.</summary>
    internal static async Task<string> TargetPathAsync(string projectPath, CancellationToken cancellationToken)
    {
        var configuration = AppContext.BaseDirectory.Contains("release", StringComparison.OrdinalIgnoreCase) ? "Release" : "Debug";
        var (exitCode, output) = await ChildProcess.RunAsync(DotNet, ["msbuild", projectPath, "-getProperty:TargetPath", $"-p:Configuration={configuration}"],
            ProjectEnvironment.Inherited(), Path.GetDirectoryName(projectPath)!, account: null, TimeSpan.FromMinutes(1), cancellationToken);
        return exitCode == 0 ? output[^1] : throw new HostingException($"The project {projectPath} cannot be read.", "Correct the project file.", output);
    }
}

/// <summary>Hides secrets where the environment is shown.</summary>
internal sealed class SecretMask
{
    private readonly HashSet<string> secrets = [];

    internal void Add(string? secret)
    {
        lock (secrets) if (secret is { Length: >= 4 }) secrets.Add(secret);
    }

    internal string Mask(string value)
    {
        lock (secrets)
            return secrets.OrderByDescending(s => s.Length).Aggregate(value, (text, secret) =>
                text.Replace(secret, "●●●●●●", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "●●●●●●", StringComparison.Ordinal));
    }
}
