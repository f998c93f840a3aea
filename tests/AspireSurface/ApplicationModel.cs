// The part of Aspire.Hosting's public surface that an AppHost of ours may use, transcribed from the listings in
// src/Aspire.Hosting/api/Aspire.Hosting.cs, src/Aspire.Hosting.PostgreSQL/api and src/Aspire.Hosting.RabbitMQ/api of microsoft/aspire (13.5).
// AppHost.cs is compiled against it unchanged: what compiles here needs nothing that Aspire lacks. Nothing of it runs.
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;

namespace Aspire.Hosting.ApplicationModel;

public interface IResourceAnnotation;

public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

public enum ResourceAnnotationMutationBehavior { Append, Replace }

public interface IResource
{
    string Name { get; }
    ResourceAnnotationCollection Annotations { get; }
}

public interface IResourceWithEnvironment : IResource;

public interface IResourceWithWaitSupport : IResource;

public interface IResourceWithArgs : IResource;

public interface IResourceWithEndpoints : IResource;

public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
{
    new T Parent { get; }
}

public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}

public interface IResourceWithConnectionString : IResource, IManifestExpressionProvider, IValueProvider
{
    ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default);
    string? ConnectionStringEnvironmentVariable { get; }
}

public interface IResourceBuilder<out T> where T : IResource
{
    IDistributedApplicationBuilder ApplicationBuilder { get; }
    T Resource { get; }

    IResourceBuilder<T> WithAnnotation<TAnnotation>(
        TAnnotation annotation, ResourceAnnotationMutationBehavior behavior = ResourceAnnotationMutationBehavior.Append)
        where TAnnotation : IResourceAnnotation;

    IResourceBuilder<T> WithAnnotation<TAnnotation>(ResourceAnnotationMutationBehavior behavior) where TAnnotation : IResourceAnnotation, new();
}

public abstract class Resource(string name) : IResource
{
    public virtual string Name => name;
    public virtual ResourceAnnotationCollection Annotations => throw new NotSupportedException();
}

public class ProjectResource(string name) : Resource(name),
    IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;

public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : Resource(name), IManifestExpressionProvider, IValueProvider
{
    public bool Secret => secret;
    public string ValueExpression => throw new NotSupportedException(callback.ToString());
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}

public abstract class ParameterDefault;

public abstract class ResourceWithConnectionString(string name) : Resource(name), IResourceWithConnectionString
{
    public string ValueExpression => throw new NotSupportedException();
    public string? ConnectionStringEnvironmentVariable => throw new NotSupportedException();
    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

public class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password) : ResourceWithConnectionString(name),
    IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    public ParameterResource? UserNameParameter => userName;
    public ParameterResource PasswordParameter => password;
}

public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource) : ResourceWithConnectionString(name),
    IResourceWithParent<PostgresServerResource>
{
    public string DatabaseName => databaseName;
    public PostgresServerResource Parent => postgresParentResource;
    IResource IResourceWithParent.Parent => Parent;
}

public class RabbitMQServerResource(string name, ParameterResource? userName, ParameterResource password) : ResourceWithConnectionString(name),
    IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    public ParameterResource? UserNameParameter => userName;
    public ParameterResource PasswordParameter => password;
}

public class ExternalServiceResource(string name, Uri uri) : Resource(name)
{
    public Uri? Uri => uri;
}

public class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IManifestExpressionProvider, IValueProvider
{
    public IResourceWithEndpoints Resource => owner;
    public string EndpointName => endpointName;
    public string Url => throw new NotSupportedException();
    public string ValueExpression => throw new NotSupportedException();
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

public class EnvironmentCallbackContext(Dictionary<string, object>? environmentVariables = null, CancellationToken cancellationToken = default)
{
    public Dictionary<string, object> EnvironmentVariables => environmentVariables ?? throw new NotSupportedException();
    public CancellationToken CancellationToken => cancellationToken;
}

public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;

public class ReferenceExpression : IManifestExpressionProvider, IValueProvider
{
    [SuppressMessage("Performance", "CA1822", Justification = "Mirrors a signature.")]
    public string ValueExpression => throw new NotSupportedException();
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

public enum WaitBehavior { WaitOnResourceUnavailable = 0, StopOnResourceUnavailable = 1 }
