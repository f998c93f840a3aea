using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using ImageRights.Hosting;

namespace Aspire.Hosting;

/// <summary>Where a project is; the build writes one class for each service into the namespace <c>Projects</c>.</summary>
public interface IProjectMetadata
{
    /// <summary>The project file.</summary>
    string ProjectPath { get; }

    /// <summary>The assembly that the build made of it; null when only the project file is known.</summary>
    string? TargetPath => null;
}

public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a service; its launch profile gives the environment and the addresses.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), launchProfileName: null);

    /// <inheritdoc cref="AddProject{TProject}(IDistributedApplicationBuilder, string)"/>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), launchProfileName);

    /// <inheritdoc cref="AddProject{TProject}(IDistributedApplicationBuilder, string)"/>
    /// <param name="projectPath">The project file, relative to the AppHost's folder.</param>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        Add(builder, name, new ProjectFile(Path.GetFullPath(projectPath, builder.AppHostDirectory)), launchProfileName: null);

    internal static IResourceBuilder<ProjectResource> Add(IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, string? launchProfileName)
    {
        var profile = LaunchProfile.Read(Path.GetDirectoryName(metadata.ProjectPath)!, launchProfileName);
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(new ProjectMetadataAnnotation(metadata, profile));
        foreach (var url in profile?.ApplicationUrls ?? [])
            project.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, url.Scheme, url.Scheme, url.Port > 0 ? url.Port : null));
        return project;
    }

    /// <summary>Runs several processes behind the one address; connections go to them in turn.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }

    private sealed class ProjectFile(string path) : IProjectMetadata
    {
        public string ProjectPath => path;
    }
}
