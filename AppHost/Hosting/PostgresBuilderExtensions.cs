using Aspire.Hosting.ApplicationModel;
using ImageRights.Hosting;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

public static class PostgresBuilderExtensions
{
    /// <summary>
    /// Adds a PostgreSQL server that runs as a local process with its data kept between runs.
    /// <c>ConnectionStrings:{name}</c> from outside takes its place.
    /// </summary>
    /// <param name="userName">The superuser's name; <c>postgres</c> when not given.</param>
    /// <param name="password">Its password; generated and kept beside the data when not given.</param>
    /// <param name="port">The port; any free one when not given, the same at the next start if it is still free.</param>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(this IDistributedApplicationBuilder builder, string name,
        IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null, int? port = null) =>
        builder.AddResource(new PostgresServerResource(name, userName?.Resource, password?.Resource) { Port = port });

    /// <summary>Adds a database; it is created when it is missing.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource)
        {
            ExternalConnectionString = builder.ApplicationBuilder.Configuration.GetConnectionString(name),
        };
        builder.Resource.Add(database);
        return builder.ApplicationBuilder.AddResource(database);
    }

    /// <summary>Keeps the data in a folder of that name in the data directory.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithAnnotation(ServerData.Volume(builder, name, isReadOnly), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>Keeps the data in that folder.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataBindMount(this IResourceBuilder<PostgresServerResource> builder, string source, bool isReadOnly = false) =>
        builder.WithAnnotation(ServerData.Folder(builder, source, isReadOnly), ResourceAnnotationMutationBehavior.Replace);
}

public static class RabbitMQBuilderExtensions
{
    /// <summary>
    /// Adds a RabbitMQ broker that runs as a local process with its data kept between runs.
    /// <c>ConnectionStrings:{name}</c> from outside takes its place.
    /// </summary>
    /// <remarks>If the file <c>{name}.definitions.json</c> is beside the AppHost, the local broker knows its users and what they may do, and each service is the user of its own name.</remarks>
    /// <inheritdoc cref="PostgresBuilderExtensions.AddPostgres"/>
    /// <param name="userName">The first user's name; <c>guest</c> when not given.</param>
    public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(this IDistributedApplicationBuilder builder, string name,
        IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null, int? port = null) =>
        builder.AddResource(new RabbitMQServerResource(name, userName?.Resource, password?.Resource)
        {
            Port = port, Definitions = Path.Combine(builder.AppHostDirectory, $"{name}.definitions.json") is var path && File.Exists(path) ? path : null,
        });

    /// <inheritdoc cref="PostgresBuilderExtensions.WithDataVolume"/>
    public static IResourceBuilder<RabbitMQServerResource> WithDataVolume(this IResourceBuilder<RabbitMQServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithAnnotation(ServerData.Volume(builder, name, isReadOnly), ResourceAnnotationMutationBehavior.Replace);

    /// <inheritdoc cref="PostgresBuilderExtensions.WithDataBindMount"/>
    public static IResourceBuilder<RabbitMQServerResource> WithDataBindMount(this IResourceBuilder<RabbitMQServerResource> builder, string source, bool isReadOnly = false) =>
        builder.WithAnnotation(ServerData.Folder(builder, source, isReadOnly), ResourceAnnotationMutationBehavior.Replace);
}

internal static class ServerData
{
    internal static DataDirectoryAnnotation Volume<T>(IResourceBuilder<T> builder, string? name, bool isReadOnly) where T : IResource =>
        Folder(builder, Path.Combine(HostSettings.DataDirectoryOf(builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.AppHostDirectory),
            name ?? builder.Resource.Name), isReadOnly);

    internal static DataDirectoryAnnotation Folder<T>(IResourceBuilder<T> builder, string source, bool isReadOnly) where T : IResource => isReadOnly
        ? throw new NotSupportedException($"\"{builder.Resource.Name}\" runs as a local process and needs to write to its data.")
        : new DataDirectoryAnnotation(Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory));
}
