using System.Security.Cryptography;

namespace ImageRights.EventStore;

/// <summary>The keys of persons. None is kept in memory beyond the read that needs it: once destroyed, it is gone in every replica.</summary>
public sealed class PersonKeys
{
    private readonly DocumentStore store;
    private readonly WrappingKeys? wrapping;

    internal PersonKeys(DocumentStore store) => (this.store, wrapping) = (store, store.Options.WrappingKeys);

    /// <summary>Whether personal data are sealed here; otherwise they are stored as they are and cannot be erased.</summary>
    public bool AreKept => wrapping is not null;

    /// <summary>Whose key is to seal it; null where none is.</summary>
    internal string? Sealing(object value) => AreKept ? store.Options.Personal.PersonOf(value) : null;

    /// <summary>Whether a key was ever made for a person, destroyed or not.</summary>
    public async Task<bool> KnowAsync(string tenant, string person, CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"select exists (select from {store.Schema}.mt_personal_keys where tenant_id = $1 and person = $2)");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = person });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Destroys a person's key and takes what it sealed out of the read models. Again does nothing.</summary>
    /// <returns>Keys destroyed.</returns>
    public async Task<int> DestroyAsync(string tenant, string person, CancellationToken cancellationToken)
    {
        var destroyed = new List<Guid>();
        await using (var command = store.AcrossTenants.CreateCommand(
            $"update {store.Schema}.mt_personal_keys set wrapped = null, destroyed = clock_timestamp() where tenant_id = $1 and person = $2 and destroyed is null returning key_id"))
        {
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = person });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) destroyed.Add(reader.GetGuid(0));
        }
        // Also those of an earlier attempt that got no further: a rebuilt read model has the marker, and the live one must have the same.
        foreach (var document in store.Options.Projections.Documents)
            foreach (var key in await AllOfAsync(tenant, person, cancellationToken)) await ForgetAsync(document.Alias, tenant, key, cancellationToken);
        return destroyed.Count;
    }

    /// <summary>Wraps anew what another key than the first wrapped.</summary>
    internal async Task<int> RewrapAsync(CancellationToken cancellationToken)
    {
        if (wrapping is null) return 0;
        var old = new List<(Guid Id, byte[] Wrapped)>();
        await using (var command = store.AcrossTenants.CreateCommand($"select key_id, wrapped from {store.Schema}.mt_personal_keys where wrapped is not null"))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                if (reader.GetFieldValue<byte[]>(1) is var wrapped && !wrapping.IsCurrent(wrapped)) old.Add((reader.GetGuid(0), wrapped));
        }
        foreach (var (id, wrapped) in old)
        {
            await using var command = store.AcrossTenants.CreateCommand($"update {store.Schema}.mt_personal_keys set wrapped = $2 where key_id = $1 and wrapped = $3");
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = wrapping.Wrap(wrapping.Unwrap(wrapped, id), id) });
            command.Parameters.Add(new() { Value = wrapped });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        return old.Count;
    }

    /// <summary>A person's key, made when there is none.</summary>
    internal async Task<PersonKey> EnsureAsync(string tenant, string person, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using (var known = store.AcrossTenants.CreateCommand($"select key_id, wrapped from {store.Schema}.mt_personal_keys where tenant_id = $1 and person = $2 and destroyed is null"))
            {
                known.Parameters.Add(new() { Value = tenant });
                known.Parameters.Add(new() { Value = person });
                await using var reader = await known.ExecuteReaderAsync(cancellationToken);
                if (await reader.ReadAsync(cancellationToken)) return new PersonKey(reader.GetGuid(0), wrapping!.Unwrap(reader.GetFieldValue<byte[]>(1), reader.GetGuid(0)));
            }
            if (attempt == 3) throw new InvalidOperationException($"No key could be made for a person of {tenant}.");
            var id = Guid.CreateVersion7();
            await using var command = store.AcrossTenants.CreateCommand($"insert into {store.Schema}.mt_personal_keys (key_id, tenant_id, person, wrapped) values ($1, $2, $3, $4) on conflict do nothing");
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = person });
            command.Parameters.Add(new() { Value = wrapping!.Wrap(RandomNumberGenerator.GetBytes(32), id) });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Rows with what is sealed in them opened.</summary>
    internal async Task<IReadOnlyList<byte[]>> OpenAsync(IReadOnlyList<byte[]> rows, CancellationToken cancellationToken)
    {
        var ids = new HashSet<Guid>();
        foreach (var row in rows) PersonalFields.CollectKeys(row, ids);
        if (ids.Count == 0) return rows;
        if (wrapping is null) throw new InvalidOperationException("There are sealed personal data here, but Personal:Key is not set: set it to the key that they were sealed under.");
        var keys = new Dictionary<Guid, PersonKey>();
        await using (var command = store.AcrossTenants.CreateCommand($"select key_id, wrapped from {store.Schema}.mt_personal_keys where key_id = any($1) and wrapped is not null"))
        {
            command.Parameters.Add(new() { Value = ids.ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) keys[reader.GetGuid(0)] = new PersonKey(reader.GetGuid(0), wrapping.Unwrap(reader.GetFieldValue<byte[]>(1), reader.GetGuid(0)));
        }
        return [.. rows.Select(row => PersonalFields.Open(row, keys))];
    }

    private async Task<List<Guid>> AllOfAsync(string tenant, string person, CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"select key_id from {store.Schema}.mt_personal_keys where tenant_id = $1 and person = $2 and destroyed is not null");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = person });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken)) keys.Add(reader.GetGuid(0));
        return keys;
    }

    private async Task ForgetAsync(string alias, string tenant, Guid key, CancellationToken cancellationToken)
    {
        var sealedRows = new List<(string Id, byte[] Data)>();
        await using (var command = store.AcrossTenants.CreateCommand($"select id, data from {store.Schema}.mt_doc_{alias} where tenant_id = $1 and data::text like '%\"$sealed\": \"1.' || $2 || '.%'"))
        {
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = key.ToString("N") });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) sealedRows.Add((reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
        }
        foreach (var (id, data) in sealedRows)
        {
            // Only if nobody wrote it meanwhile: who did has read the marker already.
            await using var command = store.AcrossTenants.CreateCommand($"update {store.Schema}.mt_doc_{alias} set data = $3 where tenant_id = $1 and id = $2 and data = $4");
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = PersonalFields.Forget(data, key), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = data, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
