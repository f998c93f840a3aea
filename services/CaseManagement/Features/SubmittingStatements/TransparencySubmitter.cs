using System.Text.Json;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>Why nothing is sent, for health and for operators.</summary>
internal sealed class SubmissionBlock
{
    private volatile string? reason;

    public string? Reason { get => reason; set => reason = value; }
}

/// <summary>Sends statements of reasons to the EU Transparency Database. Rows are claimed under a lease, so that several replicas share the work and what a dead one held is sent again;
/// what the database has already is then found to be there and counts as delivered.</summary>
internal sealed class TransparencySubmitter(
    DocumentStore store, TransparencyQueue queue, TransparencyDatabase database, TransparencyDatabaseOptions options, TransparencyMapping mapping, SubmissionBlock block,
    IConfiguration configuration, ILogger<TransparencySubmitter> logger)
    : BackgroundService
{
    private string? refusedToken;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Url is null) return;
        using var timer = new PeriodicTimer(options.Poll);
        do
        {
            try
            {
                while (await SendNextAsync(stoppingToken))
                {
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Submissions are rows: whatever fails here is said and tried again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogError(failure, "Statements of reasons cannot be submitted now");
            }
        }
        while (await WaitAsync(timer, stoppingToken));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Sends one claim; whether there may be more to send at once.</summary>
    private async Task<bool> SendNextAsync(CancellationToken cancellationToken)
    {
        var token = configuration["TransparencyDatabase:Token"] ?? "";
        // A token that was refused is not tried again; a new one lifts the block.
        if (token == refusedToken) return false;
        block.Reason = null;
        if (await queue.ClaimAsync(cancellationToken) is not var (lease, tenant, puids)) return false;
        var batch = new List<TransparencyPayload>();
        await using var session = store.LightweightSession(tenant);
        foreach (var puid in puids)
        {
            if (await session.LoadAsync<StatementOfReasons>(puid, cancellationToken) is not { } statement)
            {
                await queue.ParkAsync(lease, puid, "There is no statement under this identity.", cancellationToken);
                continue;
            }
            var payload = mapping.Payload(statement);
            var faults = TransparencyRules.Check(payload, mapping, await KnownNames.OfAsync(session, statement, cancellationToken));
            if (faults.Count == 0) batch.Add(payload);
            else await queue.ParkAsync(lease, puid, string.Join("; ", faults.Select(fault => $"{fault.Field}: {fault.Code}")), cancellationToken);
        }
        return await StoreAsync(lease, batch, token, cancellationToken);
    }

    private async Task<bool> StoreAsync(Guid lease, IReadOnlyList<TransparencyPayload> batch, string token, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return true;
        var result = await database.StoreAsync(batch, token, cancellationToken);
        switch (result.Outcome)
        {
            case CallOutcome.Stored:
                foreach (var payload in batch) await SentAsync(lease, payload, result.Ids.GetValueOrDefault(payload.Puid!), cancellationToken);
                return true;
            case CallOutcome.Refused when result.Faults.Keys.Any(place => place < batch.Count):
                return await WithoutFaultyAsync(lease, batch, result.Faults, token, cancellationToken);
            case CallOutcome.Refused when batch.Count == 1:
                return await RefusedAsync(lease, batch[0], result.Detail, token, cancellationToken);
            case CallOutcome.Refused:
                // Which one is faulty was not said; halves tell.
                return await StoreAsync(lease, [.. batch.Take(batch.Count / 2)], token, cancellationToken) && await StoreAsync(lease, [.. batch.Skip(batch.Count / 2)], token, cancellationToken);
            case CallOutcome.Unauthorised:
                refusedToken = token;
                block.Reason = $"The Transparency Database refused the token ({result.Detail}); nothing is sent until TransparencyDatabase:Token is another one.";
                logger.LogError("The Transparency Database refused the token; nothing is sent until there is another one");
                await queue.PostponeAsync(lease, result.Detail, isAttempt: false, cancellationToken);
                return false;
            case CallOutcome.Unknown:
                logger.LogWarning("The Transparency Database did not take {Count} statements now: {Detail}", batch.Count, result.Detail);
                await queue.PostponeAsync(lease, result.Detail, isAttempt: true, cancellationToken);
                return false;
            default:
                throw new InvalidOperationException($"{result.Outcome} is no outcome of a call.");
        }
    }

    private async Task<bool> WithoutFaultyAsync(Guid lease, IReadOnlyList<TransparencyPayload> batch, IReadOnlyDictionary<int, string> faults, string token, CancellationToken cancellationToken)
    {
        foreach (var (place, fault) in faults.Where(fault => fault.Key < batch.Count))
        {
            if (!await RefusedAsync(lease, batch[place], fault, token, cancellationToken)) return false;
        }
        return await StoreAsync(lease, [.. batch.Where((_, place) => !faults.ContainsKey(place))], token, cancellationToken);
    }

    /// <summary>A statement that the database has already was delivered by a call whose answer got lost; any other is parked.</summary>
    private async Task<bool> RefusedAsync(Guid lease, TransparencyPayload payload, string fault, string token, CancellationToken cancellationToken)
    {
        if (fault.Contains("puid", StringComparison.OrdinalIgnoreCase))
        {
            var has = await database.HasAsync(payload.Puid!, token, cancellationToken);
            if (has is null)
            {
                await queue.PostponeAsync(lease, "whether it is there already was not answered", isAttempt: true, cancellationToken);
                return false;
            }
            if (has == true)
            {
                await SentAsync(lease, payload, null, cancellationToken);
                return true;
            }
        }
        logger.LogWarning("Statement {Puid} is parked: the Transparency Database refuses it", payload.Puid);
        await queue.ParkAsync(lease, payload.Puid!, fault, cancellationToken);
        return true;
    }

    private Task SentAsync(Guid lease, TransparencyPayload payload, string? remoteId, CancellationToken cancellationToken) =>
        queue.SentAsync(lease, payload.Puid!, remoteId, JsonSerializer.Serialize(payload, TransparencyPayload.Json), cancellationToken);
}

/// <summary>Degraded when nothing can be sent, or when statements are parked: a duty that waits for somebody.</summary>
internal sealed class TransparencyHealthCheck(TransparencyQueue queue, TransparencyDatabaseOptions options, SubmissionBlock block) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (options.Url is null) return HealthCheckResult.Healthy();
        if (block.Reason is { } reason) return HealthCheckResult.Degraded(reason);
        var parked = await queue.CountParkedAsync(cancellationToken);
        return parked == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"{parked} statements of reasons are parked");
    }
}
