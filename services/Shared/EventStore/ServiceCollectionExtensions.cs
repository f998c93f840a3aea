using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageRights.EventStore;

/// <summary>Registration of a service's store.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds the store, creates its tables at start (before followers and the bus), runs its followers and reports their health under <c>event-store</c>.</summary>
    public static IServiceCollection AddEventStore(this IServiceCollection services, Action<StoreOptions> configure)
    {
        var options = new StoreOptions();
        configure(options);
        services.AddSingleton(options);
        services.AddSingleton(_ => new DocumentStore(options));
        services.AddSingleton<EventStoreHealthCheck>();
        services.AddHostedService<SchemaAtStart>();
        foreach (var registration in options.Followers)
        {
            services.AddSingleton(provider => new Follower(
                provider.GetRequiredService<DocumentStore>(), registration, () => registration.Subscription(provider), provider.GetRequiredService<ILogger<Follower>>()));
        }
        // Each AddSingleton<Follower> above adds one; AddHostedService would deduplicate them by type.
        services.AddSingleton<IHostedService, FollowerHost>();
        services.AddHealthChecks().AddCheck<EventStoreHealthCheck>("event-store", tags: ["ready"]);
        return services;
    }

    /// <summary>Status of this process's followers.</summary>
    public static IReadOnlyList<FollowerStatus> FollowerStatuses(this IServiceProvider services) =>
        [.. services.GetServices<Follower>().Select(follower => follower.Status)];
}

internal sealed class SchemaAtStart(DocumentStore store) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => store.ApplySchemaAsync(cancellationToken);
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed class FollowerHost(IEnumerable<Follower> followers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(followers.Select(follower => follower.StartAsync(cancellationToken)));
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(followers.Select(follower => follower.StopAsync(cancellationToken)));
}

internal sealed class EventStoreHealthCheck(DocumentStore store, IEnumerable<Follower> followers) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var command = store.DataSource.CreateCommand("select 1");
        await command.ExecuteScalarAsync(cancellationToken);
        var stopped = followers.Select(follower => follower.Status).Where(status => status.State == FollowerState.Stopped).ToList();
        return stopped.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(string.Join("; ", stopped.Select(status => $"follower {status.Name} is stopped: {status.Error}")));
    }
}
