using ImageRights.ServiceDefaults.Http.Egress;

namespace ImageRights.Ingestion.Fetching;

/// <summary>Section <c>Fetch</c>: from where, and for how long, pictures are fetched whose address others gave.</summary>
public sealed record FetchOptions
{
    /// <summary>Where requests may go: by default the public web, plain HTTP included, because shops' pictures are still served by it.</summary>
    public EgressOptions Egress { get; init; } = new() { AllowHttp = true };

    /// <summary>Longest duration of a fetch, from the lookup of the name to the last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Reads the section.</summary>
    /// <exception cref="FormatException">A network is not written as address/prefix length.</exception>
    public static FetchOptions FromConfiguration(IConfigurationSection section)
    {
        var defaults = new FetchOptions();
        return new FetchOptions { Egress = EgressOptions.FromConfiguration(section, defaults.Egress), Timeout = section.GetValue("Timeout", defaults.Timeout) };
    }
}
