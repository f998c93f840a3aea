using System.Text.Json;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Proceedings;
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
    CaseRules rules, TimeProvider time, IConfiguration configuration, ILogger<TransparencySubmitter> logger)
    : BackgroundService
{
    private const string Teller = "transparency-database";
    private const int Attempts = 8;
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
            var faults = TransparencyRules.Check(payload, mapping, await KnownNames.OfAsync(session, statement.Reasons.CaseId, statement.Reasons.RespondentAccountId, statement.Reasons.ImageId, cancellationToken));
            if (faults.Count == 0) batch.Add(payload);
            else await queue.ParkAsync(lease, puid, string.Join("; ", faults.Select(fault => $"{fault.Field}: {fault.Code}")), cancellationToken);
        }
        return await StoreAsync(new Claim(lease, tenant), batch, token, cancellationToken);
    }

    private async Task<bool> StoreAsync(Claim claim, IReadOnlyList<TransparencyPayload> batch, string token, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return true;
        var result = await database.StoreAsync(batch, token, cancellationToken);
        switch (result.Outcome)
        {
            case CallOutcome.Stored:
                foreach (var payload in batch) await SentAsync(claim, payload, result.Ids.GetValueOrDefault(payload.Puid!), cancellationToken);
                return true;
            case CallOutcome.Refused when result.Faults.Keys.Any(place => place < batch.Count):
                return await WithoutFaultyAsync(claim, batch, result.Faults, token, cancellationToken);
            case CallOutcome.Refused when batch.Count == 1:
                return await RefusedAsync(claim, batch[0], result.Detail, token, cancellationToken);
            case CallOutcome.Refused:
                // Which one is faulty was not said; halves tell.
                return await StoreAsync(claim, [.. batch.Take(batch.Count / 2)], token, cancellationToken) && await StoreAsync(claim, [.. batch.Skip(batch.Count / 2)], token, cancellationToken);
            case CallOutcome.Unauthorised:
                refusedToken = token;
                block.Reason = $"The Transparency Database refused the token ({result.Detail}); nothing is sent until TransparencyDatabase:Token is another one.";
                logger.LogError("The Transparency Database refused the token; nothing is sent until there is another one");
                await queue.PostponeAsync(claim.Lease, result.Detail, isAttempt: false, cancellationToken);
                return false;
            case CallOutcome.Unknown:
                logger.LogWarning("The Transparency Database did not take {Count} statements now: {Detail}", batch.Count, result.Detail);
                await queue.PostponeAsync(claim.Lease, result.Detail, isAttempt: true, cancellationToken);
                return false;
            default:
                throw new InvalidOperationException($"{result.Outcome} is no outcome of a call.");
        }
    }

    private async Task<bool> WithoutFaultyAsync(Claim claim, IReadOnlyList<TransparencyPayload> batch, IReadOnlyDictionary<int, string> faults, string token, CancellationToken cancellationToken)
    {
        foreach (var (place, fault) in faults.Where(fault => fault.Key < batch.Count))
        {
            if (!await RefusedAsync(claim, batch[place], fault, token, cancellationToken)) return false;
        }
        return await StoreAsync(claim, [.. batch.Where((_, place) => !faults.ContainsKey(place))], token, cancellationToken);
    }

    /// <summary>A statement that the database has already was delivered by a call whose answer got lost; any other is parked.</summary>
    private async Task<bool> RefusedAsync(Claim claim, TransparencyPayload payload, string fault, string token, CancellationToken cancellationToken)
    {
        if (fault.Contains("puid", StringComparison.OrdinalIgnoreCase))
        {
            var has = await database.HasAsync(payload.Puid!, token, cancellationToken);
            if (has is null)
            {
                await queue.PostponeAsync(claim.Lease, "whether it is there already was not answered", isAttempt: true, cancellationToken);
                return false;
            }
            if (has == true)
            {
                await SentAsync(claim, payload, null, cancellationToken);
                return true;
            }
        }
        logger.LogWarning("Statement {Puid} is parked: the Transparency Database refuses it", payload.Puid);
        await queue.ParkAsync(claim.Lease, payload.Puid!, fault, cancellationToken);
        return true;
    }

    /// <summary>The queue and the case learn of it together: the case's law has a term that ends with it.</summary>
    private async Task SentAsync(Claim claim, TransparencyPayload payload, string? remoteId, CancellationToken cancellationToken)
    {
        var puid = payload.Puid!;
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(claim.TenantId);
            session.LastModifiedBy = Teller;
            TransparencyQueue.Sent(session, claim.Lease, puid, remoteId, JsonSerializer.Serialize(payload, TransparencyPayload.Json));
            var statement = (await session.LoadAsync<StatementOfReasons>(puid, cancellationToken))!;
            var stream = await session.Events.FetchForWriting<CaseState>(new CaseId(statement.Reasons.CaseId).StreamKey, cancellationToken);
            // Refused where the case's law has no such term, or somebody said so before.
            if (stream.CurrentVersion > 0) stream.AppendMany(rules.Decide(stream.Aggregate, new CaseCommand.TakeStep(
                CaseStep.StatementSubmission, nameof(CaseEvent.StatementSubmitted), "", new Particulars(Reference: remoteId ?? puid, StatementId: puid), Automated: true,
                new Act(Teller, "Submitted", "The Transparency Database has the statement.", time.GetUtcNow()))).Events);
            try
            {
                await session.SaveChangesAsync(cancellationToken);
                return;
            }
            catch (ConcurrencyException) when (attempt < Attempts)
            {
                // Somebody took a step in the case meanwhile.
            }
        }
    }

    private sealed record Claim(Guid Lease, string TenantId);
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
