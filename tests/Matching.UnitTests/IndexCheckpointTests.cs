using System.Diagnostics.Metrics;
using System.Text;
using ImageRights.EventStore;
using ImageRights.Matching.Index;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using ImageRights.Matching.Sellers;
using ImageRights.Matching.Suspensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

/// <summary>An index that starts from its checkpoint is the one that read the log, and nothing but its own sound checkpoint is believed.</summary>
public sealed class IndexCheckpointTests : IDisposable
{
    private static readonly byte[] Start = IndexCheckpoint.Start(new MatchingOptions().RecentUploads);

    private readonly string folder = Directory.CreateTempSubdirectory("matching-checkpoint-").FullName;
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Random random = new(3);

    [Fact]
    public void An_index_from_a_checkpoint_answers_as_the_one_that_read_the_log()
    {
        var log = SomeLog(300);
        using (var first = Resumed())
        {
            first.Position.ShouldBe(LogPosition.Start);
            first.Apply(log[..250]);
        }
        using var second = Resumed();
        second.Position.ShouldBe(log[249].Position);
        second.CheckpointPosition.ShouldBe(log[249].Position);
        second.Apply(log);
        ShouldAnswerAs(second, IndexOf(log), log);
    }

    [Fact]
    public void Blocks_are_written_one_after_the_other_and_read_together()
    {
        var log = SomeLog(240);
        for (var end = 40; end <= log.Length; end += 40)
        {
            using var index = Resumed();
            index.Position.ShouldBe(end == 40 ? LogPosition.Start : log[end - 41].Position);
            index.Apply(log[..end]);
        }
        using var last = Resumed();
        ShouldAnswerAs(last, IndexOf(log), log);
    }

    [Fact]
    public void A_block_that_was_torn_or_damaged_ends_the_checkpoint_and_the_log_has_the_rest()
    {
        var log = SomeLog(90);
        using (var index = Resumed()) index.Apply(log[..40]);
        var sound = new FileInfo(Checkpoint()).Length;
        using (var index = Resumed()) index.Apply(log);
        var whole = File.ReadAllBytes(Checkpoint());
        byte[][] damaged =
        [
            whole[..^1], whole[..(int)(sound + 3)], [.. whole, 1, 2, 3],
            [.. whole[..(int)(sound + 100)], (byte)(whole[sound + 100] ^ 1), .. whole[(int)(sound + 101)..]],
            // The same block twice: each hangs on the one before it.
            [.. whole[..(int)sound], .. whole[Start.Length..(int)sound]],
        ];
        foreach (var (number, bytes) in damaged.Index())
        {
            File.WriteAllBytes(Checkpoint(), bytes);
            using (var index = Resumed())
            {
                index.Position.ShouldBe(number == 2 ? log[^1].Position : log[39].Position);
                index.Apply(log);
                ShouldAnswerAs(index, IndexOf(log), log);
            }
            using var again = Resumed();
            again.Position.ShouldBe(log[^1].Position);
            ShouldAnswerAs(again, IndexOf(log), log);
        }
    }

    [Fact]
    public void A_file_of_another_version_or_of_something_else_is_begun_anew()
    {
        var log = SomeLog(30);
        using (var index = Resumed()) index.Apply(log);
        var own = File.ReadAllBytes(Checkpoint());
        foreach (var bytes in (byte[][])
            [Encoding.ASCII.GetBytes("IRINDEX0"), [.. Encoding.ASCII.GetBytes("IRINDEX0"), .. own["IRINDEX0".Length..]], [.. IndexCheckpoint.Start(7), .. own[Start.Length..]], [1, 2, 3]])
        {
            File.WriteAllBytes(Checkpoint(), bytes);
            using (var index = Resumed())
            {
                index.Position.ShouldBe(LogPosition.Start);
                index.Apply(log);
            }
            File.ReadAllBytes(Checkpoint()).ShouldBe(own);
        }
    }

    [Fact]
    public void Replicas_on_one_machine_do_not_share_a_file()
    {
        var log = SomeLog(20);
        using (var one = Resumed())
        using (var other = Resumed())
        {
            one.Apply(log);
            other.Apply(log[..10]);
        }
        Directory.GetFiles(folder).Length.ShouldBe(2);
        using var next = Resumed();
        next.Position.ShouldBe(log[^1].Position);
    }

    [Fact]
    public void What_was_read_of_a_file_stays_when_it_is_begun_anew_or_deleted()
    {
        var log = SomeLog(200);
        using (var index = Resumed()) index.Apply(log);
        List<LocalFeatures> read = [];
        using (var checkpoint = IndexCheckpoint.Open(folder, new MatchingOptions().RecentUploads, TimeProvider.System))
        {
            checkpoint.Load((_, _, fact) => read.AddRange(new[] { (fact as IndexedPicture)?.Features?.Local }.OfType<LocalFeatures>())).ShouldBeTrue();
            checkpoint.Clear();
        }
        File.Delete(Checkpoint());
        var written = log.Select(@event => IndexFacts.Of(@event.Data)).OfType<IndexedPicture>().Select(picture => picture.Features?.Local).OfType<LocalFeatures>().ToList();
        written.Count.ShouldBeGreaterThan(10);
        read.Select(local => Convert.ToHexString(local.Bytes)).ShouldBe(written.Select(local => Convert.ToHexString(local.Bytes)));
    }

    [Fact]
    public void Without_a_place_for_it_the_index_works_without_a_checkpoint()
    {
        var log = SomeLog(20);
        File.WriteAllText(Path.Combine(folder, "file"), "");
        using var index = Resumed(Path.Combine(folder, "file", "folder"));
        index.CheckpointPosition.ShouldBe(LogPosition.Start);
        index.Apply(log);
        ShouldAnswerAs(index, IndexOf(log), log);
    }

    public void Dispose()
    {
        services.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string Checkpoint() => Path.Combine(folder, "index-0.checkpoint");

    private PictureIndex Resumed(string? at = null)
    {
        var index = new PictureIndex(Options.Create(new MatchingOptions { CheckpointFolder = at ?? folder }), services.GetRequiredService<IMeterFactory>());
        index.Resume();
        return index;
    }

    // Works and uploads with and without features, near each other and far, withdrawals before and after, licences and removals and their ends, of two tenants.
    private RecordedEvent[] SomeLog(int count)
    {
        var made = new MadeUpFeatures(random, 200);
        var hashes = Enumerable.Range(0, 12).Select(_ => RandomHash(random)).ToArray();
        return [.. Enumerable.Range(1, count).Select(number => At(number, Fact(number), number % 5 == 0 ? "u" : "t"))];

        object Fact(int number)
        {
            var (hash, account) = (Off(hashes[random.Next(hashes.Length)], random.Next(40)), $"account-{random.Next(6)}");
            var features = random.Next(3) == 0 ? null : new PictureFeatures(FeatureSet.Algorithm, RandomHash(random).ToString(),
                random.Next(2) == 0 ? [] : [new PictureRegion(0.1, 0.2, 0.5, 0.6, RandomHash(random).ToString(), random.Next(2) == 0)],
                random.Next(3) == 0 ? null : Convert.ToBase64String(made.Draw(20 + random.Next(20), 50 * random.Next(4), references: 15).Bytes));
            var luma = random.Next(3) == 0 ? null : new string("0123456789abcdef"[random.Next(12)], 64);
            return random.Next(17) switch
            {
                0 => new PictureWithdrawn($"image-{random.Next(count)}", account, Noon.AddMinutes(number)),
                1 => Licence($"licence-{number}", $"work-{random.Next(count)}", account, Noon.AddDays(-1), random.Next(2) == 0 ? null : Noon.AddDays(1)),
                2 => new LicenceEndRecorded($"licence-{random.Next(number)}", "", account, Noon),
                3 => new RemovalRecorded($"measure-{number}", $"case-{number}", $"image-{random.Next(count)}", Noon),
                4 => new RemovalEndRecorded($"measure-{random.Next(number)}", "", $"image-{random.Next(count)}", Noon),
                5 => new WorkWithdrawn($"work-{random.Next(count)}", account, Noon),
                12 => new SuspensionRecorded($"suspension-{number}", $"work-{random.Next(count)}", Noon),
                13 => new SuspensionEndRecorded($"suspension-{random.Next(number)}", $"work-{random.Next(count)}", Noon),
                14 => new SellerRecorded(account, random.Next(2) == 0 ? null : Hex(random.Next(3)), [.. Enumerable.Range(0, random.Next(3)).Select(device => Hex(device + random.Next(2)))], Noon),
                15 => new RescanAdvanced($"rescan-{random.Next(3)}", random.Next(number), 1, 1, 0, random.Next(2) == 0 ? null : 1, Noon, Noon, Noon),
                16 => new ImageScreened($"image-{number}", account, Contracts.Ingestion.V1.Surface.Listing, null, Contracts.Matching.V1.ScreeningVerdict.Clear, [], new Thresholds("pdq/1", 31, 50, number / 2), null, Noon),
                6 or 7 => Work($"work-{number}", account, hash) with { Features = features, LumaSha256 = luma, Role = random.Next(3) == 0 ? PictureRole.Portrait : PictureRole.Work },
                8 => new FingerprintRenewed((random.Next(2) == 0 ? Work($"work-{random.Next(number)}", account, hash) : Upload($"image-{random.Next(number)}", account, hash)) with { Features = features, LumaSha256 = luma }),
                _ => Upload($"image-{number}", account, hash) with { Features = features, LumaSha256 = luma, ListingId = random.Next(2) == 0 ? null : "l" },
            };
        }
    }

    private static string Hex(int number) => $"{number:x32}{0:x32}";

    private static void ShouldAnswerAs(PictureIndex index, PictureIndex expected, RecordedEvent[] log)
    {
        index.Position.ShouldBe(expected.Position);
        var found = 0;
        foreach (var name in (string[])["t", "u"])
        {
            var (tenant, other) = (index.For(name), expected.For(name));
            tenant.Version.ShouldBe(other.Version);
            string[] accounts = [.. Enumerable.Range(0, 6).Select(number => $"account-{number}")];
            tenant.Owners.CountOf(accounts).ShouldBe(other.Owners.CountOf(accounts));
            foreach (var @event in log)
            {
                tenant.VersionBefore(@event.Position).ShouldBe(other.VersionBefore(@event.Position));
                if (@event.Data is not FingerprintRecorded picture) continue;
                foreach (var bank in Enum.GetValues<Contracts.Matching.V1.Bank>())
                {
                    tenant.Count(bank).ShouldBe(other.Count(bank));
                    foreach (var version in (long[])[other.VersionBefore(@event.Position), other.Version])
                    {
                        // All of them have the same bytes, which would hide what else is found.
                        foreach (var query in (PictureQuery[])[PictureQuery.Of(picture), PictureQuery.Of(picture) with { Sha256 = null }])
                        {
                            var answer = tenant.Find(bank, query, 40, version);
                            answer.Select(Say).ShouldBe(other.Find(bank, query, 40, version).Select(Say));
                            found += answer.Count;
                        }
                    }
                }
                for (var work = 0; work < log.Length; work += 7)
                    tenant.LicencesAt(tenant.Version)($"work-{work}", picture.AccountId, Noon).ShouldBe(other.LicencesAt(other.Version)($"work-{work}", picture.AccountId, Noon));
            }
        }
        found.ShouldBeGreaterThan(log.Length);

        // Evidence holds lists, which are equal only when they are the same.
        static string Say(Neighbour neighbour) => System.Text.Json.JsonSerializer.Serialize(neighbour);
    }
}
