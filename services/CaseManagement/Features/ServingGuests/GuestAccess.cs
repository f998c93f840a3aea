using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageRights.EventStore;
using Npgsql;

namespace ImageRights.CaseManagement.Features.ServingGuests;

/// <summary>What opens a guest's report to the guest: its number and a PIN, of which only a hash is kept.</summary>
internal static class GuestAccess
{
    /// <summary>Table of its own: a PIN's tries are counted whatever becomes of the request.</summary>
    public const string SchemaScript =
        """
        create table if not exists {schema}.guest_access (
            tenant_id    varchar     not null,
            number       varchar     not null,
            case_id      varchar     not null,
            salt         bytea       not null,
            hash         bytea       not null,
            received_at  timestamptz not null,
            tries        int         not null default 0,
            locked_until timestamptz,
            constraint pkey_guest_access primary key (tenant_id, number)
        );
        """;

    private const int Digits = 8, SaltLength = 16, HashLength = 32;

    // An eight-digit PIN whose table was stolen falls to who can afford all of them; this makes it dear.
    private const int Rounds = 210_000;

    private const int Tries = 5;

    /// <summary>A PIN that cannot be guessed within the tries there are.</summary>
    public static string DrawPin() => RandomNumberGenerator.GetInt32(100_000_000).ToString($"D{Digits}", CultureInfo.InvariantCulture);

    /// <summary>Keeps a PIN in the session's transaction.</summary>
    public static void Keep(DocumentSession session, string number, string caseId, string pin, DateTimeOffset receivedAt)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        session.QueueSqlCommand(
            "insert into {schema}.guest_access (tenant_id, number, case_id, salt, hash, received_at) values (?, ?, ?, ?, ?, ?)",
            session.TenantId, number, caseId, salt, Hash(pin, salt), receivedAt);
    }

    /// <summary>What a PIN opens.</summary>
    /// <param name="CaseId">Null: nothing.</param>
    /// <param name="LockedFor">Too many tries; so long.</param>
    public sealed record Opened(string? CaseId, DateTimeOffset ReceivedAt, TimeSpan? LockedFor);

    /// <summary>Tries a PIN. A try is counted before it is looked at, so that tries side by side are counted too.</summary>
    public static async Task<Opened> OpenAsync(DocumentStore store, string tenant, string number, string pin, CancellationToken cancellationToken)
    {
        if (await CountAsync(store, tenant, number, cancellationToken) is { } kept)
        {
            if (!CryptographicOperations.FixedTimeEquals(Hash(pin, kept.Salt), kept.Hash)) return new Opened(null, default, null);
            await using var forget = Of(store, tenant, number, $"update {store.Options.DatabaseSchemaName}.guest_access set tries = 0, locked_until = null where tenant_id = $1 and number = $2");
            await forget.ExecuteNonQueryAsync(cancellationToken);
            return new Opened(kept.CaseId, kept.ReceivedAt, null);
        }
        await using var locked = Of(store, tenant, number, $"select locked_until - clock_timestamp() from {store.Options.DatabaseSchemaName}.guest_access where tenant_id = $1 and number = $2");
        await using var wait = await locked.ExecuteReaderAsync(cancellationToken);
        await wait.NextResultAsync(cancellationToken);
        return new Opened(null, default, await wait.ReadAsync(cancellationToken) && !await wait.IsDBNullAsync(0, cancellationToken) ? wait.GetFieldValue<TimeSpan>(0) : null);
    }

    private sealed record Kept(string CaseId, byte[] Salt, byte[] Hash, DateTimeOffset ReceivedAt);

    // Counts a try; null where there is no report, or no try left.
    private static async Task<Kept?> CountAsync(DocumentStore store, string tenant, string number, CancellationToken cancellationToken)
    {
        await using var batch = Of(store, tenant, number,
            $"""
             update {store.Options.DatabaseSchemaName}.guest_access set
                 tries = case when locked_until is null then tries + 1 else 1 end,
                 locked_until = case when locked_until is null and tries + 1 >= {Tries} then clock_timestamp() + interval '15 minutes' end
             where tenant_id = $1 and number = $2 and (locked_until is null or locked_until <= clock_timestamp())
             returning case_id, salt, hash, received_at
             """);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Kept(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<DateTimeOffset>(3)) : null;
    }

    // The row is the tenant's (row-level security), so the transaction says whose it is; a batch is one.
    private static NpgsqlBatch Of(DocumentStore store, string tenant, string number, string sql)
    {
        var batch = store.DataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('app.tenant', $1, true)") { Parameters = { new() { Value = tenant } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = tenant }, new() { Value = number } } });
        return batch;
    }

    private static byte[] Hash(string pin, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(pin), salt, Rounds, HashAlgorithmName.SHA256, HashLength);
}
