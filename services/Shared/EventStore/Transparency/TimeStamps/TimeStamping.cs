using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageRights.EventStore.Transparency;

/// <summary>A token as it is kept.</summary>
/// <param name="Size">Of the checkpoint that it is over.</param>
/// <param name="Checkpoint">The signed note, whose SHA-256 is stamped.</param>
/// <param name="Token">DER.</param>
public sealed record KeptTimeStamp(long Size, string Checkpoint, byte[] Token, string Authority);

/// <summary>Tokens over checkpoints: asked for now and then, and whenever a case file needs one.</summary>
public sealed class TimeStamps(DocumentStore store)
{
    /// <summary>Whether an authority is asked.</summary>
    public bool IsAsked => store.Options.TimeStampAuthority is not null;

    /// <summary>The latest token; null while there is none.</summary>
    public async Task<KeptTimeStamp?> LatestAsync(CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand(
            $"select t.size, c.note, t.token, t.authority from {store.Schema}.mt_log_timestamps t join {store.Schema}.mt_log_checkpoints c using (size) order by t.size desc limit 1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new KeptTimeStamp(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3)) : null;
    }

    /// <summary>The token over a checkpoint, asked for if there is none yet; null where no authority is asked.</summary>
    /// <exception cref="TimeStampException">The authority gave none.</exception>
    public async Task<byte[]?> OfAsync(string note, CancellationToken cancellationToken)
    {
        var size = TransparencyLog.Size(note);
        await using (var known = store.DataSource.CreateCommand($"select token from {store.Schema}.mt_log_timestamps where size = $1"))
        {
            known.Parameters.Add(new() { Value = size });
            if (await known.ExecuteScalarAsync(cancellationToken) is byte[] kept) return kept;
        }
        if (store.Options.TimeStampAuthority is not { } authority) return null;
        var token = await authority.StampAsync(SHA256.HashData(Encoding.UTF8.GetBytes(note)), cancellationToken);
        await using var command = store.DataSource.CreateCommand($"insert into {store.Schema}.mt_log_timestamps (size, token, authority) values ($1, $2, $3) on conflict do nothing");
        command.Parameters.Add(new() { Value = size });
        command.Parameters.Add(new() { Value = token });
        command.Parameters.Add(new() { Value = authority.Name });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return token;
    }
}

/// <summary>Has the latest checkpoint stamped at each interval while there is news. Several replicas may ask; one token is kept.</summary>
internal sealed class TimeStamping(DocumentStore store, TransparencyLog log, TimeStamps stamps, ILogger<TimeStamping> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!stamps.IsAsked) return;
        using var timer = new PeriodicTimer(store.Options.TimeStampInterval);
        do
        {
            try
            {
                if (await log.LatestCheckpointAsync(stoppingToken) is { } note) await stamps.OfAsync(note, stoppingToken);
            }
            catch (Exception failure) when (failure is TimeStampException or Npgsql.NpgsqlException)
            {
                logger.LogWarning("The latest checkpoint has no time stamp; the next attempt is in {Interval}: {Reason}", store.Options.TimeStampInterval, failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
