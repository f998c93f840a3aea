namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that runs as one process for each replica.</summary>
public sealed class ProjectResource(string name) : Resource(name),
    IResourceWithEnvironment, IResourceWithWaitSupport, IResourceWithServiceDiscovery;

internal sealed class ProjectMetadataAnnotation(IProjectMetadata metadata, ImageRights.Hosting.LaunchProfile? launchProfile) : IResourceAnnotation
{
    public IProjectMetadata Metadata => metadata;
    public ImageRights.Hosting.LaunchProfile? LaunchProfile => launchProfile;
}
