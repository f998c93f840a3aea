using System.Net;

namespace ImageRights.Ingestion.Fetching;

/// <summary>Section <c>Fetch</c>: where pictures may be fetched from whose address others gave. The default denies whatever is not the public web.</summary>
public sealed record FetchOptions
{
    /// <summary>Allows this machine's own addresses, on any port: for development only.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Ports that may be connected to.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [80, 443];

    /// <summary>Networks denied besides those that are denied always, such as the installation's own public addresses.</summary>
    public IReadOnlyList<IPNetwork> Blocked { get; init; } = [];

    /// <summary>Longest duration of a fetch, from the lookup of the name to the last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Reads the section.</summary>
    /// <exception cref="FormatException">A network is not written as address/prefix length.</exception>
    public static FetchOptions FromConfiguration(IConfigurationSection section) => new()
    {
        AllowLoopback = section.GetValue("AllowLoopback", false),
        Ports = section.GetSection("Ports").Get<int[]>() ?? [80, 443],
        Blocked = [.. (section.GetSection("Blocked").Get<string[]>() ?? []).Select(IPNetwork.Parse)],
        Timeout = section.GetValue("Timeout", TimeSpan.FromSeconds(15)),
    };
}
