using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Matching.Index;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

/// <summary>Works keep their local features, uploads while they are recent or when they were ever removed; of the others hashes remain. What is answered follows from the version and the log alone.</summary>
public sealed class TierTests : IDisposable
{
    private const int Recent = 50;
    private const int Early = 6;

    // With so many uploads the first segment is left behind, and with so many the second.
    private const int Demoting = LocalSegment.LeastPictures + Recent;
    private const int DemotingTwice = 2 * LocalSegment.LeastPictures + Recent;

    private static readonly FingerprintRecorded[] Fillers = [.. MakeFillers(DemotingTwice + 100)];

    private readonly string folder = Directory.CreateTempSubdirectory("matching-tiers-").FullName;
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Fact]
    public void An_upload_that_is_recent_no_more_is_found_by_hashes_alone_and_a_work_as_ever()
    {
        var index = IndexOf(Log([Shot(0), Work(1), .. Fillers[..Demoting]]));
        var (tenant, demoted) = (index.For("t"), Demoting + 1);

        CropsFound(tenant, demoted - 1).ShouldBe(["image-0", "work-1"]);
        CropsFound(tenant, demoted).ShouldBe(["work-1"]);
        var whole = tenant.Find(Bank.Uploads, PictureQuery.Of(Shot(0)) with { Sha256 = null }, 31, demoted).ShouldHaveSingleItem();
        (whole.Id, whole.Distance, whole.Evidence!.Measures).ShouldBe(("image-0", 0, null));
        tenant.Find(Bank.Uploads, PictureQuery.Of(Shot(0)) with { Sha256 = null }, 31, demoted - 1).ShouldHaveSingleItem().Evidence!.Measures.ShouldNotBeNull();
        (tenant.Detailed, tenant.HashesOnly).ShouldBe((Demoting + 2 - LocalSegment.LeastPictures, LocalSegment.LeastPictures));
        index.Tiers.ShouldBe((tenant.Detailed, tenant.HashesOnly));
        tenant.UploadsAt(demoted - 1).ShouldBe((demoted - 2, demoted - 2), "all but the work");
        tenant.UploadsAt(demoted).ShouldBe((demoted - 1, demoted - 1 - LocalSegment.LeastPictures));
    }

    [Fact]
    public async Task A_start_takes_the_tables_of_full_segments_that_the_run_before_it_has_kept()
    {
        var (log, tables, longAgo) = (Log([Shot(0), .. Fillers[..LocalSegment.LeastPictures]]), Path.Combine(folder, "index-0.tables"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using (var first = Resumed())
        {
            first.Apply(log);
            // They are laid beside the writer.
            await Eventually.HoldsAsync(() => Task.Run(() => Directory.EnumerateFiles(tables).ShouldHaveSingleItem()));
        }
        var file = Directory.EnumerateFiles(tables).ShouldHaveSingleItem();
        File.SetLastWriteTimeUtc(file, longAgo);
        using var second = Resumed();
        File.GetLastWriteTimeUtc(file).ShouldBe(longAgo);
        CropsFound(second.For("t"), log.Length).ShouldBe(["image-0"]);
    }

    [Fact]
    public void An_index_that_has_given_memory_back_and_one_that_starts_from_its_checkpoint_answer_as_one_that_keeps_everything()
    {
        var log = LongLog();
        var keeping = IndexOf([.. log.Where(@event => @event.Data is not ImageScreened)]);
        using (var first = Resumed()) Feed(first, log[..(log.Length - 20)], log);
        using var restarted = Resumed();
        Feed(restarted, log, log);
        var giving = IndexOf();
        foreach (var page in log.Chunk(777)) Feed(giving, page, log);

        var (screened, last) = (log.Select(@event => (@event.Data as ImageScreened)?.Thresholds.IndexVersion ?? 0).Max(), keeping.For("t").Version);
        var found = 0;
        // The versions around which a segment is demoted, and pictures are removed, among them.
        for (var version = screened; version <= last; version += version < screened + 30 || version > last - 30 ? 1 : 37)
        {
            var expected = Answers(keeping, version);
            Answers(giving, version).ShouldBe(expected, $"as of {version}");
            Answers(restarted, version).ShouldBe(expected, $"as of {version}");
            foreach (var index in (PictureIndex[])[giving, restarted]) index.For("t").UploadsAt(version).ShouldBe(keeping.For("t").UploadsAt(version), $"as of {version}");
            found += expected.Count;
        }
        found.ShouldBeGreaterThan(200);
        foreach (var index in (PictureIndex[])[giving, restarted]) index.Tiers.ShouldBe(keeping.Tiers);
    }

    [Fact]
    public void What_was_removed_keeps_its_features_also_when_it_is_withdrawn_and_the_measure_lifted()
    {
        var tenant = IndexOf(Log([
            Shot(0), Shot(1), Shot(2), new RemovalRecorded("m", "case", "image-1", Noon), new RemovalEndRecorded("m", "case", "image-1", Noon),
            new RemovalRecorded("n", "case", "image-2", Noon), new PictureWithdrawn("image-2", "seller", Noon), .. Fillers[..DemotingTwice]])).For("t");

        CropsFound(tenant, tenant.Version).ShouldBe(["image-1", "image-2"]);
    }

    [Fact]
    public void A_demoted_picture_that_is_removed_gets_back_the_features_that_it_had_then()
    {
        var renewed = Shot(1) with { Features = Shot(7).Features, PdqQuality = 99 };
        var log = Log([
            Shot(0), Shot(1), .. Fillers[..Demoting], Screened(Demoting), new FingerprintRenewed(renewed),
            new RemovalRecorded("m", "case", "image-0", Noon), new RemovalRecorded("n", "case", "image-1", Noon), new FingerprintRenewed(Shot(1)), Fillers[Demoting]]);
        using (var index = Resumed())
        {
            Feed(index, log, log);
            ShouldHaveThem(index.For("t"));
        }
        using var restarted = Resumed();
        restarted.Position.ShouldBe(log[^1].Position);
        ShouldHaveThem(restarted.For("t"));

        static void ShouldHaveThem(TenantIndex tenant)
        {
            var removed = tenant.Version - 2;
            CropsFound(tenant, removed - 2).ShouldBeEmpty();
            CropsFound(tenant, removed - 1).ShouldBe(["image-0"]);
            Find(tenant, 7, removed).ShouldHaveSingleItem().Id.ShouldBe("image-1", "its last fingerprint before the removal");
            CropsFound(tenant, tenant.Version).ShouldBe(["image-0", "image-1"], "and what it is renewed with later, it keeps");
        }
    }

    [Fact]
    public void The_same_picture_that_was_uploaded_again_is_found_while_that_upload_is_recent()
    {
        var again = Shot(0) with { SubjectId = "again" };
        var tenant = IndexOf(Log([Shot(0), .. Fillers[..Demoting], again, Shot(0) with { SubjectId = "and again" }, .. Fillers[Demoting..]])).For("t");
        CropsFound(tenant, Demoting + 1).ShouldBeEmpty();
        CropsFound(tenant, Demoting + 2).ShouldBe(["again"]);
        CropsFound(tenant, Demoting + 3).ShouldBe(["again", "and again"]);
        CropsFound(tenant, tenant.Version).ShouldBeEmpty();

        var kept = IndexOf(Log([Shot(0), again, .. Fillers[..LocalSegment.LeastPictures], Shot(0) with { SubjectId = "late" }, .. Fillers[LocalSegment.LeastPictures..Demoting]])).For("t");
        CropsFound(kept, LocalSegment.LeastPictures).ShouldBe(["image-0", "again"]);
        CropsFound(kept, kept.Version).ShouldBe(["late"], "the first two are recent no more");
    }

    [Fact]
    public void Renewing_old_pictures_displaces_no_recent_ones_and_gives_back_no_features()
    {
        var renewals = Enumerable.Range(0, LocalSegment.LeastPictures).Select(number => new FingerprintRenewed(Fillers[number] with { PdqQuality = 98, Features = Fillers[number + 1].Features }));
        var tenant = IndexOf(Log([Shot(0), .. Fillers[..Demoting], new FingerprintRenewed(Shot(0) with { PdqQuality = 99, Features = Shot(7).Features }), Shot(1), .. renewals])).For("t");

        CropsFound(tenant, tenant.Version).ShouldBe(["image-1"]);
        Find(tenant, 7, tenant.Version).ShouldBeEmpty();
        tenant.HashesOnly.ShouldBe(LocalSegment.LeastPictures);
    }

    [Fact]
    public void Memory_is_given_back_when_no_screening_and_no_rescan_asks_for_it()
    {
        var bank = new PictureBank(recent: Recent);
        var features = AddTo(bank);
        bank.Release(Demoting - 1);
        Collected().ShouldBeFalse();
        bank.Release(Demoting);
        // Who lays a segment into tables still holds it.
        SpinWait.SpinUntil(Collected, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        var log = Log([Shot(0), .. Fillers[..Demoting], Advanced(5, isDone: false), Screened(Demoting + 1), Advanced(5, isDone: true)]);
        var index = IndexOf(log[..^1]);
        CropsFound(index.For("t"), 5).ShouldBe(["image-0"], "a rescan compares what was there then");
        index.Apply(log);
        CropsFound(index.For("t"), 5).ShouldBeEmpty();

        bool Collected()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return !features.IsAlive;
        }
    }

    [Fact]
    public void The_explanation_of_a_demoted_picture_is_replayed_from_the_log()
    {
        var log = Log([Shot(0), .. Fillers[..Demoting], Screened(Demoting + 1)]);
        var index = IndexOf();
        index.Apply(log[..9]);
        var (thresholds, stored) = (index.For("t").Version, Find(index.For("t"), 0, 9).ShouldHaveSingleItem().Evidence!);
        index.Apply(log);
        Find(index.For("t"), 0, index.For("t").Version).ShouldBeEmpty();

        // The index of then, and what remains of it when only the one picture's fact is read.
        foreach (var read in (RecordedEvent[][])[log[..(int)thresholds], log[..1]])
        {
            var replayed = Find(IndexOf(read).For("t"), 0, thresholds).ShouldHaveSingleItem().Evidence!;
            JsonSerializer.Serialize(replayed).ShouldBe(JsonSerializer.Serialize(stored));
        }
        CopyModel.Current.Score(stored.Measures!).ShouldBe(stored.Score!.Value);
    }

    [Fact]
    public async Task Who_searches_meanwhile_is_answered_as_of_the_version_asked_for()
    {
        var log = Log([Work(1), .. Fillers[..DemotingTwice]]);
        var index = IndexOf();
        using var done = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        index.Apply(log[..5]);
        var reader = Task.Run(() =>
        {
            var searches = 0;
            for (; !done.IsCancellationRequested || searches == 0; searches++) CropsFound(index.For("t"), index.For("t").Version).ShouldBe(["work-1"]);
            return searches;
        });
        foreach (var page in log.Chunk(50).Index())
        {
            index.Apply(page.Item);
            index.Apply([At(log.Length + page.Index + 1, Screened(0))]);
        }
        await done.CancelAsync();
        (await reader).ShouldBeGreaterThan(0);
    }

    public void Dispose()
    {
        services.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // Pictures of scenes come early and in between, some again; each upload is screened some time after it; pictures are withdrawn, renewed and removed before and after they are demoted.
    private static RecordedEvent[] LongLog()
    {
        var facts = new List<object>();
        for (var scene = 0; scene < Early; scene++) facts.Add(Shot(scene));
        foreach (var (number, filler) in Fillers.Index())
        {
            facts.Add(filler);
            if (number % 1000 == 500) facts.Add(Shot(number / 1000 % Early) with { SubjectId = $"again-{number}" });
            if (number == 900) facts.AddRange([new PictureWithdrawn("image-3", "seller", Noon), new FingerprintRenewed(Shot(2) with { PdqQuality = 90 }), Work(4)]);
            if (number == 2000) facts.Add(new RemovalRecorded("before", "case", "image-1", Noon));
            if (number is DemotingTwice - 200 or DemotingTwice + 60) facts.Add(new RemovalRecorded($"after-{number}", "case", number > DemotingTwice ? "again-4500" : "image-0", Noon));
            if (number == DemotingTwice - 100) facts.Add(new FingerprintRenewed(Shot(0) with { PdqQuality = 91 }));
            if (number % 100 == 99 && number < DemotingTwice - 300) facts.Add(Screened(number - 60));
        }
        return Log(facts);
    }

    private static List<string> Answers(PictureIndex index, long version) =>
    [
        .. Enumerable.Range(0, Early).SelectMany(scene => Find(index.For("t"), scene, version)).Select(found => JsonSerializer.Serialize(found)),
        .. index.For("t").Find(Bank.Uploads, PictureQuery.Of(Shot(0)) with { Sha256 = null }, 31, version).Select(found => JsonSerializer.Serialize(found)),
    ];

    // Crops of the first scenes, which hashes do not recognise.
    private static IEnumerable<string> CropsFound(TenantIndex tenant, long version) => Enumerable.Range(0, 3).SelectMany(scene => Find(tenant, scene, version)).Select(found => found.Id);

    private static IEnumerable<Neighbour> Find(TenantIndex tenant, int scene, long version)
    {
        var query = new PictureQuery([default], 100, new FeatureSet(default, [], TheScene(scene).Picture(0.25, 0.25, 0.5, flips: 12)), null);
        var (works, uploads) = tenant.Find(query, new Thresholds("pdq/1", 31, 50, version));
        return uploads.Concat(works);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference AddTo(PictureBank bank)
    {
        var first = FeatureSet.Read(Fillers[0].Features)!.AsReference();
        foreach (var (number, filler) in Fillers[..(Demoting + 1)].Index())
            bank.Add(PdqHash.Parse(filler.Pdq), number == 0 ? first : FeatureSet.Read(filler.Features), "5a", filler.SubjectId, "seller", Surface.Listing, null, Noon, number + 1);
        return new WeakReference(first.Local);
    }

    private static Scene TheScene(int number) => new(900 + number, 900 + number);

    private static FingerprintRecorded Shot(int scene) => Upload($"image-{scene}", "seller", RandomHash(new Random(scene))) with { Features = Features(new Random(scene), TheScene(scene).Picture()) };

    private static FingerprintRecorded Work(int scene) => Shot(scene) with { Role = PictureRole.Work, SubjectId = $"work-{scene}", Surface = null };

    private static PictureFeatures Features(Random random, LocalFeatures local) => new(FeatureSet.Algorithm, RandomHash(random).ToString(), [], Convert.ToBase64String(local.Bytes));

    private static ImageScreened Screened(long version) =>
        new("image-0", "seller", Surface.Listing, null, Contracts.Matching.V1.ScreeningVerdict.Clear, [], new Thresholds("pdq/1", 31, 50, version), null, Noon);

    private static RescanAdvanced Advanced(long version, bool isDone) => new("rescan", version, 1, 0, 0, isDone ? null : 0, Noon, Noon, Noon);

    private static IEnumerable<FingerprintRecorded> MakeFillers(int count)
    {
        var random = new Random(5);
        var made = new MadeUpFeatures(random, 3000);
        for (var number = 0; number < count; number++)
            yield return Upload($"filler-{number}", "seller", RandomHash(random)) with { PdqDihedrals = [], Features = Features(random, made.Draw(10, 50 * number)) };
    }

    // A picture's facts, as the log has them.
    private static void Feed(PictureIndex index, RecordedEvent[] page, RecordedEvent[] log) => index.ApplyAsync(page, (_, streamKey, _) => Task.FromResult<IReadOnlyList<RecordedEvent>>([.. log.Where(@event =>
        @event.Data is FingerprintRecorded picture && ScreeningDecider.StreamKey(picture.SubjectId) == streamKey
        || @event.Data is FingerprintRenewed renewal && ScreeningDecider.StreamKey(renewal.Fingerprint.SubjectId) == streamKey)]), CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();

    private PictureIndex IndexOf(params RecordedEvent[] log)
    {
        var index = new PictureIndex(Options.Create(new MatchingOptions { RecentUploads = Recent }), services.GetRequiredService<IMeterFactory>());
        Feed(index, log, log);
        return index;
    }

    private PictureIndex Resumed()
    {
        var index = new PictureIndex(Options.Create(new MatchingOptions { RecentUploads = Recent, CheckpointFolder = folder }), services.GetRequiredService<IMeterFactory>());
        index.Resume();
        return index;
    }
}
