using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using Npgsql;
using PictureRole = ImageRights.Contracts.Fingerprint.V1.PictureRole;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Pictures that a log has from long ago.</summary>
internal static class KnownPictures
{
    private static readonly DateTimeOffset LongAgo = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static string HashOf(int number) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{number}")));

    public static FingerprintRecorded Upload(int number, string sha256, PictureFeatures? features = null) =>
        new(PictureRole.Upload, $"img_{number}", "seller", Surface.Listing, null, sha256, HashOf(number), [], 100, "pdq/1", LongAgo, features);

    /// <summary>A work, and an upload that shows it, by other accounts.</summary>
    public static IEnumerable<FingerprintRecorded> WorkAndUpload(int number)
    {
        var upload = Upload(number, $"img_{number}") with { AccountId = $"account of img_{number}", PdqDihedrals = [.. Enumerable.Repeat(HashOf(number), 8)] };
        yield return upload with { Role = PictureRole.Work, SubjectId = $"wrk_{number}", AccountId = $"account of wrk_{number}", Surface = null, Sha256 = $"wrk_{number}" };
        yield return upload;
    }

    /// <summary>Puts them into the log in this order, as if they had been screened.</summary>
    public static async Task RecordAsync(string database, IEnumerable<FingerprintRecorded> pictures)
    {
        var facts = pictures.ToList();
        await using var source = NpgsqlDataSource.Create(database);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new("insert into mt_streams (tenant_id, id, type, version) select '*DEFAULT*', 'screening-' || id, 'screening', 1 from unnest($1) id"));
        batch.BatchCommands.Add(new(
            """
            insert into mt_events (seq_id, id, stream_id, version, data, type)
                select nextval('mt_events_sequence'), gen_random_uuid(), 'screening-' || id, 1, data::jsonb, 'fingerprint_recorded_v1' from unnest($1, $2) known(id, data)
            """));
        batch.BatchCommands.Add(new(
            """
            insert into mt_event_progression (name, last_transaction_id, last_seq_id)
                select 'screener', transaction_id, seq_id from mt_events order by transaction_id desc, seq_id desc limit 1
                on conflict (name) do update set last_transaction_id = excluded.last_transaction_id, last_seq_id = excluded.last_seq_id
            """));
        var ids = facts.Select(fact => fact.SubjectId).ToArray();
        batch.BatchCommands[0].Parameters.Add(new() { Value = ids });
        batch.BatchCommands[1].Parameters.Add(new() { Value = ids });
        batch.BatchCommands[1].Parameters.Add(new() { Value = facts.Select(fact => JsonSerializer.Serialize(fact, StoreOptions.Json)).ToArray() });
        await batch.ExecuteNonQueryAsync();
    }
}
