using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One part of the application: a process, a database, a value.</summary>
public interface IResource
{
    string Name { get; }
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>Something said about a resource by one of the <c>With…</c> methods.</summary>
public interface IResourceAnnotation;

public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

public interface IResourceWithEnvironment : IResource;

public interface IResourceWithWaitSupport : IResource;

public interface IResourceWithEndpoints : IResource;

/// <summary>A resource that others find by name (<c>services__{name}__{scheme}__{index}</c>).</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
{
    new T Parent { get; }
    IResource IResourceWithParent.Parent => Parent;
}

/// <summary>A value that is known only once the application runs.</summary>
public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

public interface IResourceWithConnectionString : IResource, IValueProvider
{
    /// <summary>The connection string; waits until the resource has an address.</summary>
    ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default);

    /// <summary>The variable that takes the place of <c>ConnectionStrings__{name}</c>, if any.</summary>
    string? ConnectionStringEnvironmentVariable => null;

    /// <summary>What that client connects with: a server that knows its clients apart gives each its own.</summary>
    internal ValueTask<string?> GetConnectionStringAsync(IResource client, CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);

    /// <summary>The parts of a connection string, injected as <c>{NAME}_{PROPERTY}</c>.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> PartsOf(string connectionString);

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);
}

/// <inheritdoc cref="IResource"/>
public abstract class Resource : IResource
{
    /// <param name="name">1 to 64 ASCII letters, digits and single hyphens, starting with a letter, not ending with a hyphen.</param>
    /// <exception cref="ArgumentException">The name breaks these rules.</exception>
    protected Resource(string name)
    {
        var valid = name.Length is >= 1 and <= 64
            && char.IsAsciiLetter(name[0]) && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal)
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        if (!valid) throw new ArgumentException(
            $"\"{name}\" is no resource name: 1 to 64 ASCII letters, digits and single hyphens, a letter first, no hyphen last.", nameof(name));
        Name = name;
    }

    public string Name { get; }
    public ResourceAnnotationCollection Annotations { get; } = [];
}
