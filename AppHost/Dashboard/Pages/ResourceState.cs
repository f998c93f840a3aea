namespace ImageRights.Dashboard.Pages;

/// <summary>How Aspire's resource states look. Every colour comes with its word.</summary>
internal static class ResourceState
{
    public static bool IsInTrouble(ResourceSnapshot resource) =>
        resource.Health == ResourceHealth.Unhealthy
        || resource.State is "FailedToStart" or "RuntimeUnhealthy" or "ValueMissing"
        || (resource.State is "Exited" && resource.ExitCode is not (null or 0));

    public static bool IsOnItsWay(ResourceSnapshot resource) => resource.State is "Waiting" or "Building" or "Starting";

    public static bool CanStart(ResourceSnapshot resource) =>
        resource.State is "NotStarted" or "Exited" or "Finished" or "FailedToStart";

    public static bool CanStop(ResourceSnapshot resource) =>
        resource.State is "Running" or "Starting" or "Waiting" or "Building" or "RuntimeUnhealthy";

    /// <summary>Parameters and databases are no processes; there is nothing to start or stop.</summary>
    public static bool HasCommands(ResourceSnapshot resource) => resource.Kind is not ("Parameter" or "PostgresDatabase");

    public static string Colour(ResourceSnapshot resource) => resource.State switch
    {
        _ when IsInTrouble(resource) => "red",
        "Running" or "Active" => resource.Health == ResourceHealth.Degraded ? "yellow" : "green",
        "Finished" or "Exited" or "NotStarted" => "secondary",
        _ => "yellow",
    };

    public static string Colour(ResourceHealth health) => health switch
    {
        ResourceHealth.Healthy => "green",
        ResourceHealth.Degraded => "yellow",
        ResourceHealth.Unhealthy => "red",
        _ => "secondary",
    };

    /// <summary>"FailedToStart" as people write it.</summary>
    public static string Words(string state) =>
        string.Concat(state.Select((letter, index) => index > 0 && char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter) : letter.ToString()));
}
