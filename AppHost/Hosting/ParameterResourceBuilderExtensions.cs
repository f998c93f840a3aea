using Aspire.Hosting.ApplicationModel;
using ImageRights.Hosting;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    /// <summary>
    /// Adds a value configured as <c>Parameters:{name}</c>. A secret without a value is drawn at random
    /// (32 bytes in base64) and kept in <c>secrets.json</c> of the data directory, readable by its owner only.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, () => builder.Configuration[$"Parameters:{name}"] switch
        {
            { Length: > 0 } value => value,
            _ when secret => ((DistributedApplicationBuilder)builder).Secrets.GetOrCreate($"Parameters:{name}"),
            _ => throw new HostingException($"The parameter \"{name}\" has no value.",
                $"Set the environment variable Parameters__{name.Replace('-', '_')}, or \"Parameters:{name}\" in AppHost/appsettings.json."),
        }, secret));

    /// <inheritdoc cref="AddParameter(IDistributedApplicationBuilder, string, bool)"/>
    /// <param name="value">The value unless configuration has another.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, string value,
        bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, () => builder.Configuration[$"Parameters:{name}"] ?? value, secret));
}
