namespace ImageRights.Dashboard;

/// <summary>What a resource's health checks say. <see cref="Unknown"/> means that it has none, or that none has answered yet.</summary>
public enum ResourceHealth { Unknown, Healthy, Degraded, Unhealthy }

/// <summary>An address at which a resource can be reached, with the name of its endpoint.</summary>
public sealed record ResourceUrl(string Name, string Url);

/// <summary>One replica of one resource at one moment.</summary>
/// <param name="Name">Unique: <c>matching-0</c>, <c>matching-1</c>, or just <c>ingestion</c> when there is one.</param>
/// <param name="Group">The resource's name in the AppHost; replicas share it.</param>
/// <param name="Kind">Project, PostgresServer, PostgresDatabase, RabbitMQServer, Parameter or Executable.</param>
/// <param name="State">One of Aspire's known resource states, such as <c>Running</c> or <c>FailedToStart</c>.</param>
/// <param name="HealthReport">What the failing check said; null when there is nothing to say.</param>
/// <param name="Environment">What the process was started with; secrets are masked before they get here.</param>
/// <param name="References">Names (groups) of the resources that this one was given.</param>
public sealed record ResourceSnapshot(
    string Name, string Group, string Kind,
    string State, ResourceHealth Health, string? HealthReport,
    int? ProcessId, DateTimeOffset? StartedAt, int? ExitCode,
    IReadOnlyList<ResourceUrl> Urls,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> References,
    int RestartCount);

/// <summary>One line that a resource wrote. Numbers rise by one and are not reused when the resource restarts.</summary>
public sealed record ConsoleLine(long Number, DateTimeOffset Time, bool IsError, string Text);

/// <summary>What the dashboard needs from whoever runs the resources.</summary>
public interface IResourceService
{
    /// <summary>All resources as they are now. Safe to call from any thread, cheap enough to call every second.</summary>
    IReadOnlyList<ResourceSnapshot> Snapshots { get; }

    /// <summary>Lines numbered above <paramref name="afterNumber"/>: the newest <paramref name="limit"/> of them, oldest first.</summary>
    IReadOnlyList<ConsoleLine> ConsoleLines(string resource, long afterNumber = 0, int limit = 1000);

    /// <summary>Asks a resource to <c>start</c>, <c>stop</c> or <c>restart</c>. Returns when the request is accepted or has failed.</summary>
    Task ExecuteAsync(string resource, string command, CancellationToken cancellationToken);
}
