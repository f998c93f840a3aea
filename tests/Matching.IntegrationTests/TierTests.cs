using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Matching.Index;
using ImageRights.TestKit;
using Npgsql;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Of old uploads hashes remain in memory; what a removal needs of them is read from the log again.</summary>
public class TierTests
{
    private const int Known = 4200;
    private const int InFirstSegment = 4096;

    [Fact]
    public async Task A_demoted_upload_that_is_taken_down_gets_its_features_back_from_the_log_and_a_restart_has_them()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("matching-tiers-").FullName;
        string[] settings = ["--Matching:RecentUploads=50", $"--Matching:CheckpointFolder={folder}"];
        try
        {
            await using (await Replica.StartAsync(surroundings))
            {
                // Makes the tables.
            }
            await FillAsync(surroundings.Database);
            await using (var replica = await Replica.StartAsync(surroundings, settings))
            {
                (await TiersAsync(replica)).ShouldBe((Known - InFirstSegment, InFirstSegment));
                // Its screening tells that nothing asks for what was before.
                var newcomer = NewImage();
                await surroundings.PublishAsync(Upload(newcomer, "seller", NewHash()));
                await surroundings.ScreeningOfAsync(newcomer);
                await surroundings.PublishAsync(Applied("msr_1", "case_1", "img_1", "seller"));
                await Eventually.HoldsAsync(async () => (await TiersAsync(replica)).ShouldBe((Known - InFirstSegment + 1, InFirstSegment)), Surroundings.Patience, "features of the removed picture");
                (await replica.IndexHealthAsync()).Description.ShouldNotBeNull().ShouldEndWith($"; {Known - InFirstSegment + 1} pictures with local features, {InFirstSegment} with hashes only");
            }
            foreach (var from in (string[][])[settings, settings[..1]])
            {
                await using var restarted = await Replica.StartAsync(surroundings, from);
                (await TiersAsync(restarted)).ShouldBe((Known - InFirstSegment + 1, InFirstSegment));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int, int)> TiersAsync(Replica replica)
    {
        var index = await replica.Http.GetFromJsonAsync<JsonElement>("/v1/index");
        return (index.GetProperty("detailed").GetInt32(), index.GetProperty("hashesOnly").GetInt32());
    }

    // Uploads with one feature each, which were screened long ago.
    private static async Task FillAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            $$"""
            insert into mt_streams (tenant_id, id, type, version) select '*DEFAULT*', 'screening-img_' || n, 'screening', 1 from generate_series(1, {{Known}}) n;
            insert into mt_events (seq_id, id, stream_id, version, data, type)
                select nextval('mt_events_sequence'), gen_random_uuid(), 'screening-img_' || n, 1, jsonb_build_object(
                    'role', 'Upload', 'subjectId', 'img_' || n, 'accountId', 'seller', 'surface', 'Listing', 'sha256', 'sha of ' || n, 'pdq', encode(sha256(n::text::bytea), 'hex'),
                    'pdqDihedrals', jsonb_build_array(), 'pdqQuality', 100, 'algorithm', 'pdq/1', 'occurredAt', '2026-05-04T12:00:00Z', 'features', jsonb_build_object(
                        'algorithm', '{{FeatureSet.Algorithm}}', 'signPdq', encode(sha256(n::text::bytea), 'hex'), 'regions', jsonb_build_array(), 'local', local)), 'fingerprint_recorded_v1'
                from unnest(@locals) with ordinality known(local, n);
            insert into mt_event_progression (name, last_transaction_id, last_seq_id)
                select 'screener', transaction_id, seq_id from mt_events order by transaction_id desc, seq_id desc limit 1
                on conflict (name) do update set last_transaction_id = excluded.last_transaction_id, last_seq_id = excluded.last_seq_id;
            """);
        command.Parameters.AddWithValue("locals", Enumerable.Range(1, Known).Select(Local).ToArray());
        await command.ExecuteNonQueryAsync();
    }

    private static string Local(int number)
    {
        var bytes = new byte[12 + 38];
        Span<ushort> header = [512, 512, 1, 1, 1, 1];
        for (var at = 0; at < header.Length; at++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * at), header[at]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), number);
        var thumbnail = new byte[16];
        BrotliEncoder.TryCompress([0], thumbnail, out var written).ShouldBeTrue();
        return Convert.ToBase64String([.. bytes, .. thumbnail.AsSpan(0, written)]);
    }
}
