using System.Net;

namespace ImageRights.Notification.Egress;

/// <summary>Section <c>Egress</c>: where requests may go that others gave the address of. The default denies whatever is not the public internet by HTTPS.</summary>
public sealed record EgressOptions
{
    /// <summary>Allows plain HTTP too: for sandboxes and development.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Allows this machine's own addresses, on any port: for development only.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Ports that may be connected to; 80 is added where plain HTTP is allowed.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [443];

    /// <summary>Networks denied besides those that are denied always, such as the installation's own public addresses.</summary>
    public IReadOnlyList<IPNetwork> Blocked { get; init; } = [];

    /// <summary>Reads the section.</summary>
    /// <exception cref="FormatException">A network is not written as address/prefix length.</exception>
    public static EgressOptions FromConfiguration(IConfigurationSection section) => new()
    {
        AllowHttp = section.GetValue("AllowHttp", false),
        AllowLoopback = section.GetValue("AllowLoopback", false),
        Ports = section.GetSection("Ports").Get<int[]>() ?? [443],
        Blocked = [.. (section.GetSection("Blocked").Get<string[]>() ?? []).Select(IPNetwork.Parse)],
    };
}
