using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Adds to a resource's environment just before its process starts.</summary>
public sealed class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<EnvironmentCallbackContext, Task> Callback => callback;
}

/// <summary>What an environment callback may write to.</summary>
public sealed class EnvironmentCallbackContext(
    IResource resource, Dictionary<string, object> environmentVariables, CancellationToken cancellationToken)
{
    public IResource Resource => resource;
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Values are strings or <see cref="IValueProvider"/>s, resolved after all callbacks ran.</summary>
    public Dictionary<string, object> EnvironmentVariables => environmentVariables;
}

/// <summary>A resource starts only when the other one is healthy (<c>WaitFor</c>) or running (<c>WaitForStart</c>).</summary>
public sealed class WaitAnnotation(IResource resource, WaitType waitType) : IResourceAnnotation
{
    public IResource Resource => resource;
    public WaitType WaitType => waitType;
}

public enum WaitType { WaitUntilHealthy, WaitUntilStarted }

public sealed class ReplicaAnnotation(int replicas) : IResourceAnnotation
{
    public int Replicas => replicas;
}

/// <summary>Relates two resources for display, for example <c>Reference</c>.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource => resource;
    public string Type => type;
}

internal sealed class HttpHealthCheckAnnotation(string path, int statusCode, string? endpointName) : IResourceAnnotation
{
    public string Path => path;
    public int StatusCode => statusCode;
    public string? EndpointName => endpointName;
}

/// <summary>An address that a resource listens on.</summary>
public sealed class EndpointAnnotation(ProtocolType protocol, string uriScheme, string name, int? port) : IResourceAnnotation
{
    public ProtocolType Protocol => protocol;
    public string UriScheme => uriScheme;
    public string Name => name;

    /// <summary>The port that others connect to; null for any free one.</summary>
    public int? Port { get; set; } = port;

    internal int AllocatedPort { get; set; }
    internal string Url => $"{UriScheme}://localhost:{AllocatedPort}";
}

/// <summary>Where a server keeps its data between runs.</summary>
internal sealed class DataDirectoryAnnotation(string path) : IResourceAnnotation
{
    public string Path => path;
}

/// <summary>An endpoint of another resource, by name; its address is known once the application starts.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider
{
    public IResourceWithEndpoints Resource => owner;
    public string EndpointName => endpointName;
    public bool Exists => owner.Annotations.OfType<EndpointAnnotation>().Any(e => e.Name == endpointName);

    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public string Url => owner.Annotations.OfType<EndpointAnnotation>().SingleOrDefault(e => e.Name == endpointName)?.Url
        ?? throw new InvalidOperationException($"\"{owner.Name}\" has no endpoint \"{endpointName}\".");

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);
}
