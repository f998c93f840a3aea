using System.Diagnostics.Metrics;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features;
using ImageRights.CaseManagement.Features.StatingReasons;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Telemetry;
using Npgsql;

namespace ImageRights.CaseManagement.Deadlines;

/// <summary>How deadlines are run.</summary>
/// <param name="IsEnabled">Whether this replica runs them.</param>
/// <param name="Tolerance">Lateness that is not worth a fact.</param>
/// <param name="Pause">Between two looks when nothing is due.</param>
public sealed record DeadlineOptions(bool IsEnabled, TimeSpan Tolerance, TimeSpan Pause);

/// <summary>Runs what is due. Each claim lasts seconds and ends by itself when a replica dies; the effect goes through the aggregate and is written once, because its
/// identity is the term's and not the attempt's.</summary>
public sealed class DeadlineRunner(DocumentStore store, CaseRules rules, Stating stating, DeadlineOptions options, ILogger<DeadlineRunner> logger)
{
    private const int Batch = 200;
    private const int AtOnce = 16;
    private const int Attempts = 5;
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);
    private static readonly Guid Deadlines = new("8d2d0c0e-2a4b-5d0a-8a3e-54f1c7a9c2b1");
    private static readonly Histogram<double> Lateness = new Meter("ImageRights.CaseManagement").CreateHistogram<double>(
        "imagerights.deadline.lateness", "s", "Time between when a term was due and when its effect was recorded");

    private string Schema => store.Options.DatabaseSchemaName;

    /// <summary>Runs one batch.</summary>
    /// <returns>How many streams had something due.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (cases, notices) = await ClaimAsync(cancellationToken);
        await Parallel.ForEachAsync(
            cases.Select(claimed => (claimed, isCase: true)).Concat(notices.Select(claimed => (claimed, isCase: false))),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (due, stopping) =>
            {
                try
                {
                    if (due.isCase) await RunCaseAsync(due.claimed, stopping);
                    else await LapseAsync(due.claimed, stopping);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // The others go on; this one is tried again, but not before those that were never tried.
                    logger.LogError(failure, "The deadline of {Stream} could not be run", due.claimed.Id);
                    await PutOffAsync(due.isCase ? "case_agenda" : "notice_agenda", due.claimed, stopping);
                }
            });
        return cases.Count + notices.Count;
    }

    /// <summary>When the next is due, by the database's clock; null when nothing is.</summary>
    public async Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            select least((select min((data ->> 'due')::bigint) from {Schema}.mt_doc_case_agenda where data ->> 'due' is not null),
                         (select min((data ->> 'due')::bigint) from {Schema}.mt_doc_notice_agenda where data ->> 'due' is not null))
            """);
        return await command.ExecuteScalarAsync(cancellationToken) is long micros ? DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond) : null;
    }

    private async Task<(IReadOnlyList<Claimed> Cases, IReadOnlyList<Claimed> Notices)> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var connection = await store.AcrossTenants.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Claiming("case_agenda"), Claiming("notice_agenda") } };
        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var cases = await ReadAsync();
        await reader.NextResultAsync(cancellationToken);
        return (cases, await ReadAsync());

        async Task<IReadOnlyList<Claimed>> ReadAsync()
        {
            var claimed = new List<Claimed>();
            while (await reader.ReadAsync(cancellationToken)) claimed.Add(new Claimed(reader.GetString(0), reader.GetString(1)));
            return claimed;
        }
    }

    // The time is asked for once: compared with a volatile function itself, every term that is still to come would be read in each look.
    private NpgsqlBatchCommand Claiming(string agenda) => new(
        $"""
        with due as (
            select tenant_id, id from {Schema}.mt_doc_{agenda}
            where (data ->> 'due')::bigint <= (select (extract(epoch from {Schema}.law_now()) * 1000000)::bigint) and data ->> 'due' is not null
                and (claimed_until is null or claimed_until < clock_timestamp() or claimed_version <> mt_version)
            order by (data ->> 'due')::bigint limit {Batch} for update skip locked)
        update {Schema}.mt_doc_{agenda} a set claimed_until = clock_timestamp() + $1, claimed_version = a.mt_version
        from due where a.tenant_id = due.tenant_id and a.id = due.id returning a.tenant_id, a.id
        """)
    {
        Parameters = { new() { Value = Claim } },
    };

    private async Task PutOffAsync(string agenda, Claimed claimed, CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"update {Schema}.mt_doc_{agenda} set claimed_until = clock_timestamp() + $3 where tenant_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = claimed.Tenant });
        command.Parameters.Add(new() { Value = claimed.Id });
        command.Parameters.Add(new() { Value = AfterFailure });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RunCaseAsync(Claimed claimed, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(claimed.Tenant);
            var id = new CaseId(claimed.Id);
            var stream = await session.Events.FetchForWriting<CaseState>(id.StreamKey, cancellationToken);
            var now = await NowAsync(cancellationToken);
            if (Proceeding.Of(stream.Aggregate.History, rules.Catalogue) is not { } proceeding || stream.Aggregate.Status == CaseStatus.Closed) return;
            if (CaseAgenda.ItemsOf(proceeding).FirstOrDefault() is not { } item || item.DueAt > now) return;
            using var activity = StepHandling.Activities.StartActivity("run deadline");
            activity?.About(claimed.Id);
            activity?.SetTag("imagerights.deadline.rule", item.Rule);
            var decision = rules.Decide(stream.Aggregate, new CaseCommand.RunDeadline(item.Rule, item.StartedAt, item.Kind, options.Tolerance, new Act("clock", "Deadline", $"{item.Rule} was due.", now)));
            if (decision.Events.Count == 0) throw new InvalidOperationException($"{item.Rule} of {claimed.Id} is due and yet is not: {decision.Code} {decision.Detail}");
            session.LastModifiedBy = "clock";
            session.Enlist(IdentityOf($"{claimed.Id}/{item.Rule}/{item.Party}/{item.StartedAt.UtcTicks}/{item.Kind}", claimed.Tenant), "deadlines");
            stream.AppendMany(decision.Events);
            await stating.AccompanyAsync(session, id, stream.Aggregate.History, decision.Events, cancellationToken);
            try
            {
                await session.SaveChangesAsync(cancellationToken);
                Lateness.Record((now - item.DueAt).TotalSeconds);
            }
            catch (DuplicateMessageException)
            {
                return;
            }
            catch (ConcurrencyException) when (attempt < Attempts)
            {
                // Somebody took a step in this moment; what is due after it is another question.
            }
        }
    }

    private async Task LapseAsync(Claimed claimed, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(claimed.Tenant);
            var stream = await session.Events.FetchForWriting<Notice>(NoticeView.StreamPrefix + claimed.Id, cancellationToken);
            var facts = NoticeDecider.Lapse(stream.Aggregate, await NowAsync(cancellationToken));
            if (facts.Count == 0) return;
            session.LastModifiedBy = "clock";
            session.Enlist(IdentityOf($"{claimed.Id}/lapse", claimed.Tenant), "deadlines");
            stream.AppendMany(facts);
            try
            {
                await session.SaveChangesAsync(cancellationToken);
                return;
            }
            catch (DuplicateMessageException)
            {
                return;
            }
            catch (ConcurrencyException) when (attempt < Attempts)
            {
                // A correction came in this moment.
            }
        }
    }

    private async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"select {Schema}.law_now()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    private static Guid IdentityOf(string name, string tenant) => DeterministicGuid.Create(DeterministicGuid.Create(Deadlines, tenant), name);

    private sealed record Claimed(string Tenant, string Id);
}
