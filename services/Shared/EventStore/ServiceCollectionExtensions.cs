using System.Diagnostics.Metrics;
using ImageRights.EventStore.Transparency;
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
        foreach (var snapshot in options.Projections.Snapshots.Where(snapshot => !snapshot.IsInline))
            options.Follow($"snapshot-{snapshot.DocumentType.Name}", provider => new SnapshotFollower(provider.GetRequiredService<DocumentStore>(), snapshot));
        services.AddSingleton(options);
        services.AddSingleton(_ => new DocumentStore(options));
        services.AddSingleton<TransparencyLog>();
        services.AddSingleton<TimeStamps>();
        services.AddSingleton<EventStoreHealthCheck>();
        services.AddHostedService<SchemaAtStart>();
        foreach (var registration in options.Followers)
        {
            services.AddSingleton(provider => new Follower(
                provider.GetRequiredService<DocumentStore>(), registration, () => registration.Subscription(provider), provider.GetRequiredService<ILogger<Follower>>()));
        }
        // Each AddSingleton<Follower> above adds one; AddHostedService would deduplicate them by type.
        services.AddSingleton<IHostedService, FollowerHost>();
        if (options.TimeStampAuthority is not null) services.AddHostedService<TimeStamping>();
        services.AddHealthChecks().AddCheck<EventStoreHealthCheck>("event-store", tags: ["ready"]);
        return services;
    }

    /// <summary>Status of this process's followers.</summary>
    public static IReadOnlyList<FollowerStatus> FollowerStatuses(this IServiceProvider services) =>
        [.. services.GetServices<Follower>().Select(follower => follower.Status)];
}

internal sealed class SchemaAtStart(DocumentStore store, ILogger<SchemaAtStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await store.ApplySchemaAsync(cancellationToken);
        var user = await store.SessionUserAsync(cancellationToken);
        if (user != DocumentStore.RuntimeRole)
            logger.LogWarning("{User} may neither create nor take the role {Role}: events are kept by their triggers alone, which the owner of the tables can switch off", user, DocumentStore.RuntimeRole);
        if (await store.Persons.RewrapAsync(cancellationToken) is > 0 and var rewrapped) logger.LogInformation("{Keys} keys of persons are wrapped under the present Personal:Key now", rewrapped);
        if (!store.Persons.AreKept && store.Options.Personal.Types.Any())
            logger.LogWarning("Personal:Key is not set: personal data are stored as they are and cannot be erased");
        if (store.Options.LogSigner is not null && !store.Options.IsLogKeyKept)
            logger.LogWarning("Transparency:SigningKey is not set: this start signs checkpoints with a key of its own, which shows that the record is whole but not whose it is");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed class FollowerHost : IHostedService
{
    private readonly IReadOnlyList<Follower> followers;

    public FollowerHost(DocumentStore store, IEnumerable<Follower> followers)
    {
        this.followers = [.. followers];
        DocumentStore.Meter.CreateObservableGauge(
            "imagerights.follower.state", () => Measured(status => (int)status.State), description: "0 standby, 1 running, 2 stopped at an event that it cannot pass");
        DocumentStore.Meter.CreateObservableGauge(
            "imagerights.follower.position", () => Measured(status => status.Position.Sequence), "{event}", "Sequence number of the last event that the follower finished");

        IEnumerable<Measurement<long>> Measured(Func<FollowerStatus, long> value) => this.followers.Select(follower => new Measurement<long>(
            value(follower.Status), new("imagerights.service", store.Options.ServiceName), new("imagerights.follower", follower.Status.Name)));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(followers.Select(follower => follower.StartAsync(cancellationToken)));
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(followers.Select(follower => follower.StopAsync(cancellationToken)));
}

internal sealed class EventStoreHealthCheck : IHealthCheck
{
    private static readonly TimeSpan LongestHeldBack = TimeSpan.FromSeconds(15);

    private readonly DocumentStore store;
    private readonly IReadOnlyList<Follower> followers;
    private IReadOnlyList<RebuildProgress> rebuilds = [];

    public EventStoreHealthCheck(DocumentStore store, IEnumerable<Follower> followers)
    {
        (this.store, this.followers) = (store, [.. followers]);
        // As of the last look at the service's health.
        DocumentStore.Meter.CreateObservableGauge("imagerights.rebuild.progress", () => Measured(rebuild => rebuild.Fraction * 100), "%", "Part of a read model's rebuild that is done");
        DocumentStore.Meter.CreateObservableGauge("imagerights.rebuild.rate", () => Measured(rebuild => rebuild.PerSecond), "{event}/s", "Events that a rebuild folds each second");
        DocumentStore.Meter.CreateObservableGauge("imagerights.rebuild.left", () => Measured(rebuild => rebuild.Left?.TotalSeconds ?? 0), "s", "Time until a rebuild is done, at its pace so far");

        IEnumerable<Measurement<double>> Measured(Func<RebuildProgress, double> value) => rebuilds.Select(rebuild => new Measurement<double>(
            value(rebuild), new("imagerights.service", store.Options.ServiceName), new("imagerights.projection", rebuild.Projection)));
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A write transaction anywhere in the server that stays open holds every follower back: it delays, and so it must be seen.
        await using var command = store.DataSource.CreateCommand("select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()");
        var heldBack = TimeSpan.FromSeconds((double)(await command.ExecuteScalarAsync(cancellationToken))!);
        rebuilds = await store.RebuildsAsync(cancellationToken);
        var data = followers.Select(follower => follower.Status).ToDictionary(status => $"follower {status.Name}", status => (object)$"{status.State} at {status.Position.Sequence}");
        foreach (var rebuild in rebuilds) data[$"rebuild {rebuild.Projection}"] = rebuild.ToString();
        var said = rebuilds.Count == 0 ? null : $"rebuilding {string.Join("; ", rebuilds)}";
        var stopped = followers.Select(follower => follower.Status).Where(status => status.State == FollowerState.Stopped).ToList();
        if (stopped.Count == 0)
        {
            return heldBack < LongestHeldBack
                ? HealthCheckResult.Healthy(said, data)
                : HealthCheckResult.Degraded($"a write transaction that is open for {heldBack.TotalSeconds:0} s holds the followers back", data: data);
        }
        return HealthCheckResult.Unhealthy(string.Join("; ", stopped.Select(status => $"follower {status.Name} is stopped: {status.Error}")), data: data);
    }
}
