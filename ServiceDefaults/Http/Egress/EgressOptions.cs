using System.Net;
using Microsoft.Extensions.Configuration;

namespace ImageRights.ServiceDefaults.Http.Egress;

/// <summary>Where requests may go that others gave the address of. The default denies whatever is not the public internet by HTTPS.</summary>
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

    /// <summary>Reads a section.</summary>
    /// <param name="defaults">What holds where the section is silent; null for the strictest.</param>
    /// <exception cref="FormatException">A network is not written as address/prefix length.</exception>
    public static EgressOptions FromConfiguration(IConfigurationSection section, EgressOptions? defaults = null)
    {
        defaults ??= new EgressOptions();
        return new EgressOptions
        {
            AllowHttp = section.GetValue("AllowHttp", defaults.AllowHttp),
            AllowLoopback = section.GetValue("AllowLoopback", defaults.AllowLoopback),
            Ports = section.GetSection("Ports").Get<int[]>() ?? defaults.Ports,
            Blocked = section.GetSection("Blocked").Get<string[]>()?.Select(IPNetwork.Parse).ToArray() ?? defaults.Blocked,
        };
    }
}
