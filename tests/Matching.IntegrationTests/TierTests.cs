using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using ImageRights.TestKit;
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
            await KnownPictures.RecordAsync(surroundings.Database, Enumerable.Range(1, Known).Select(number => KnownPictures.Upload(number, $"sha of {number}", FeaturesOf(number))));
            await using (var replica = await Replica.StartAsync(surroundings, settings))
            {
                await ShouldHaveAsync(replica, Known - InFirstSegment, InFirstSegment);
                // Its screening tells that nothing asks for what was before.
                var newcomer = NewImage();
                await surroundings.PublishAsync(Upload(newcomer, "seller", NewHash()));
                await surroundings.ScreeningOfAsync(newcomer);
                await surroundings.PublishAsync(Applied("msr_1", "case_1", "img_1", "seller"));
                await ShouldHaveAsync(replica, Known - InFirstSegment + 1, InFirstSegment);
                (await replica.IndexHealthAsync()).Description.ShouldNotBeNull().ShouldEndWith($"; {Known - InFirstSegment + 1} pictures with local features, {InFirstSegment} with hashes only");
            }
            foreach (var from in (string[][])[settings, settings[..1]])
            {
                await using var restarted = await Replica.StartAsync(surroundings, from);
                await ShouldHaveAsync(restarted, Known - InFirstSegment + 1, InFirstSegment);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A replica that starts reads what no open transaction can still precede.
    private static Task ShouldHaveAsync(Replica replica, int detailed, int hashesOnly) => Eventually.HoldsAsync(async () =>
    {
        var index = await replica.Http.GetFromJsonAsync<JsonElement>("/v1/index");
        (index.GetProperty("detailed").GetInt32(), index.GetProperty("hashesOnly").GetInt32()).ShouldBe((detailed, hashesOnly));
    }, Surroundings.Patience, "pictures with local features, and with hashes only");

    // One, so that thousands take little time.
    private static PictureFeatures FeaturesOf(int number) => new(FeatureSet.Algorithm, KnownPictures.HashOf(number), [], Local(number));

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
