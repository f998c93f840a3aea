using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using ImageRights.Hosting;

namespace Aspire.Hosting;

public static class ResourceBuilderExtensions
{
    /// <summary>Injects <c>ConnectionStrings__{name}</c> and its parts as <c>{NAME}_{PROPERTY}</c>.</summary>
    /// <param name="connectionName">The name under which the service reads it; the resource's own when not given.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment =>
        builder.WithRelationship(source.Resource).WithEnvironment(async context =>
        {
            var name = connectionName ?? source.Resource.Name;
            var connectionString = await source.Resource.GetConnectionStringAsync(context.Resource, context.CancellationToken);
            if (string.IsNullOrEmpty(connectionString))
            {
                if (optional) return;
                throw new HostingException($"\"{source.Resource.Name}\" has no connection string.", $"Set ConnectionStrings__{source.Resource.Name}.");
            }
            context.EnvironmentVariables[source.Resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] = connectionString;
            foreach (var (property, value) in source.Resource.PartsOf(connectionString))
                context.EnvironmentVariables[$"{EnvironmentNames.Encode(name)}_{property}".ToUpperInvariant()] = value;
        });

    /// <summary>Injects the addresses of another service: <c>services__{name}__{scheme}__{index}</c> and <c>{NAME}_{ENDPOINT}</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithServiceDiscovery> source) where TDestination : IResourceWithEnvironment =>
        builder.WithReference(source, source.Resource.Name);

    /// <inheritdoc cref="WithReference{TDestination}(IResourceBuilder{TDestination}, IResourceBuilder{IResourceWithServiceDiscovery})"/>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithServiceDiscovery> source, string name) where TDestination : IResourceWithEnvironment =>
        builder.WithRelationship(source.Resource).WithEnvironment(context =>
        {
            foreach (var endpoint in source.Resource.Annotations.OfType<EndpointAnnotation>())
                AddServiceEndpoint(context, name, new EndpointReference(source.Resource, endpoint.Name), endpoint);
        });

    /// <summary>Injects one endpoint of another service.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment =>
        builder.WithRelationship(endpointReference.Resource).WithEnvironment(context =>
        {
            var endpoint = endpointReference.Resource.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == endpointReference.EndpointName);
            AddServiceEndpoint(context, endpointReference.Resource.Name, endpointReference, endpoint);
        });

    /// <summary>Injects a bare address: <c>services__{name}__default__0</c> and <c>{name}</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment => builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables[$"services__{name}__default__0"] = uri.ToString();
            context.EnvironmentVariables[EnvironmentNames.Encode(name)] = uri.ToString();
        });

    private static void AddServiceEndpoint(EnvironmentCallbackContext context, string name, EndpointReference reference, EndpointAnnotation endpoint)
    {
        var key = endpoint.Name is "http" or "https" ? endpoint.UriScheme : endpoint.Name;
        var index = 0;
        while (context.EnvironmentVariables.ContainsKey($"services__{name}__{key}__{index}")) index++;
        context.EnvironmentVariables[$"services__{name}__{key}__{index}"] = reference;
        context.EnvironmentVariables[$"{EnvironmentNames.Encode(name)}_{EnvironmentNames.Encode(endpoint.Name)}".ToUpperInvariant()] = reference;
    }

    /// <summary>Starts the resource only when the other one is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WithAnnotation(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilHealthy));

    /// <summary>Starts the resource only when the other one runs.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WithAnnotation(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilStarted));

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value) where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = value ?? "");

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, Func<string> callback) where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = callback());

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment => builder.WithEnvironment(context => context.EnvironmentVariables[name] = endpointReference);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment =>
        builder.WithRelationship(parameter.Resource).WithEnvironment(context => context.EnvironmentVariables[name] = parameter.Resource);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string envVarName, IResourceBuilder<IResourceWithConnectionString> resource)
        where T : IResourceWithEnvironment =>
        builder.WithRelationship(resource.Resource).WithEnvironment(async context =>
            context.EnvironmentVariables[envVarName] = await resource.Resource.GetConnectionStringAsync(context.Resource, context.CancellationToken) ?? "");

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Action<EnvironmentCallbackContext> callback) where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => { callback(context); return Task.CompletedTask; });

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Func<EnvironmentCallbackContext, Task> callback) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new EnvironmentCallbackAnnotation(callback));

    /// <summary>One more address that the resource listens on.</summary>
    /// <param name="port">The port that others connect to; any free one when left out.</param>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, string? name = null) where T : IResourceWithEndpoints =>
        builder.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, "http", name ?? "http", port));

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints => new(builder.Resource, name);

    /// <summary>Asks that address whether the resource is healthy; those that wait for it wait for the answer.</summary>
    /// <param name="path"><c>/</c> when not given.</param>
    /// <param name="statusCode">The answer of a healthy resource; 200 when not given.</param>
    /// <param name="endpointName">The first endpoint when not given.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints => builder.WithAnnotation(new HttpHealthCheckAnnotation(path ?? "/", statusCode ?? 200, endpointName));

    private static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource other) where T : IResource =>
        builder.WithAnnotation(new ResourceRelationshipAnnotation(other, "Reference"));
}
