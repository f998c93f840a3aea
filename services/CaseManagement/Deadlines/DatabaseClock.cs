using System.Diagnostics;
using ImageRights.EventStore;
using Npgsql;

namespace ImageRights.CaseManagement.Deadlines;

/// <summary>The clock of the law: the database's, the same for every replica whatever their own clocks say. This machine's clock is corrected by what was measured.</summary>
/// <param name="isVirtual">Whether the database's clock can be shifted; in tests and simulations of whole procedures only.</param>
public sealed class DatabaseClock(bool isVirtual) : TimeProvider
{
    private static readonly TimeSpan SlowestAnswer = TimeSpan.FromMilliseconds(100);
    // What was asked before a shift must not be noted after it.
    private readonly SemaphoreSlim measuring = new(1);
    private long aheadTicks;
    private bool isMeasured;

    /// <summary>Whether it can be shifted.</summary>
    public bool IsVirtual => isVirtual;

    /// <summary>What the database has for it: the only place that says what time it is.</summary>
    public static string Schema(bool isVirtual) =>
        $$"""
        create table if not exists {schema}.clock_shift (the_only boolean primary key default true check (the_only), shift interval not null);
        create or replace function {schema}.law_now() returns timestamptz language sql volatile as
            $now$ select clock_timestamp(){{(isVirtual ? " + coalesce((select shift from {schema}.clock_shift), interval '0')" : "")}} $now$;
        """;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref aheadTicks));

    /// <summary>Measures how far the database's clock is ahead of this machine's.</summary>
    public async Task MeasureAsync(DocumentStore store, CancellationToken cancellationToken)
    {
        await measuring.WaitAsync(cancellationToken);
        try
        {
            await CompareAsync(store, cancellationToken);
        }
        finally
        {
            measuring.Release();
        }
    }

    private async Task CompareAsync(DocumentStore store, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"select {store.Options.DatabaseSchemaName}.law_now()");
        var (start, sent) = (Stopwatch.GetTimestamp(), base.GetUtcNow());
        var now = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
        var took = Stopwatch.GetElapsedTime(start);
        // A slow answer says little about when it was true; a clock that can be shifted is taken as it comes.
        if (took > SlowestAnswer && isMeasured && !isVirtual) return;
        Interlocked.Exchange(ref aheadTicks, (new DateTimeOffset(now) - (sent + (took / 2))).Ticks);
        isMeasured = true;
    }

    /// <summary>Shifts the database's clock so that it shows an instant now, for every replica.</summary>
    /// <exception cref="InvalidOperationException">The clock is not virtual.</exception>
    public async Task ShiftAsync(DocumentStore store, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (!isVirtual) throw new InvalidOperationException("Only a virtual clock can be shifted.");
        await using var command = store.DataSource.CreateCommand(
            $"insert into {store.Options.DatabaseSchemaName}.clock_shift (shift) values ($1 - clock_timestamp()) on conflict (the_only) do update set shift = excluded.shift");
        command.Parameters.Add(new NpgsqlParameter { Value = to.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await MeasureAsync(store, cancellationToken);
    }
}
