namespace ImageRights.Dashboard;

public enum ResourceHealth { Unknown, Healthy, Degraded, Unhealthy }

public sealed record ResourceUrl(string Name, string Url);

/// <summary>What is known of one replica at one moment.</summary>
/// <param name="Name">Unique: <c>fingerprint-0</c>, <c>fingerprint-1</c>, or just <c>ingestion</c>.</param>
/// <param name="Group">The resource's name in AppHost.cs.</param>
/// <param name="Kind">Project, PostgresServer, PostgresDatabase, RabbitMQServer, Parameter or Executable.</param>
/// <param name="State">One of Aspire's KnownResourceStates.</param>
/// <param name="Environment">What the process was started with; secrets are masked already.</param>
public sealed record ResourceSnapshot(
    string Name, string Group, string Kind, string State, ResourceHealth Health, string? HealthReport,
    int? ProcessId, DateTimeOffset? StartedAt, int? ExitCode,
    IReadOnlyList<ResourceUrl> Urls, IReadOnlyDictionary<string, string> Properties, IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> References, int RestartCount);

public sealed record ConsoleLine(long Number, DateTimeOffset Time, bool IsError, string Text);

/// <summary>The running application as the pages see it.</summary>
public interface IResourceService
{
    IReadOnlyList<ResourceSnapshot> Snapshots { get; }

    /// <summary>Lines after <paramref name="afterNumber"/>, the newest <paramref name="limit"/> of them.</summary>
    IReadOnlyList<ConsoleLine> ConsoleLines(string resource, long afterNumber = 0, int limit = 1000);

    /// <summary>Runs <c>start</c>, <c>stop</c> or <c>restart</c>.</summary>
    Task ExecuteAsync(string resource, string command, CancellationToken cancellationToken);
}
