using ImageRights.EventStore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageRights.Matching.Index;

/// <summary>Ready once this replica's index has read the log to its end; an answer before that would miss pictures.</summary>
internal sealed class IndexHealthCheck(PictureIndex index, DocumentStore store, IServiceProvider services) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (IsCaughtUp(services))
        {
            var (detailed, hashesOnly) = index.Tiers;
            return HealthCheckResult.Healthy($"at {index.Position.Sequence}, checkpoint at {index.CheckpointPosition.Sequence}; {detailed} pictures with local features, {hashesOnly} with hashes only");
        }
        await using var command = store.AcrossTenants.CreateCommand($"select coalesce(max(seq_id), 0) from {store.Options.DatabaseSchemaName}.mt_events");
        var head = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return HealthCheckResult.Unhealthy($"The index is being rebuilt: at {index.Position.Sequence} of {head}.");
    }

    /// <summary>Whether this replica's index was at the end of the log when it last looked.</summary>
    public static bool IsCaughtUp(IServiceProvider services) =>
        services.FollowerStatuses().Any(follower => follower is { Name: PictureIndex.FollowerName, CaughtUp: true });
}
