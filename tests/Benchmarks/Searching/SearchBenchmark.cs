using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ImageRights.Benchmarks.Evaluation;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.Layout;
using ImageRights.Fingerprint.LocalFeatures;
using ImageRights.Matching;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImageRights.Benchmarks.Searching;

/// <summary>What recognising a picture costs, stage by stage, on one thread: processor time, and the goal beside it.</summary>
internal static class SearchBenchmark
{
    public const string Usage = "search pictures=FOLDER [references=12758] [queries=60] [cache=FILE] [only=hash,extract,repeats,cascade,tiers,start] [codes=10000000] [start=1000000] [locals=200000] [uploads=2000] [recent=4096]";

    public static int Run(string[] options)
    {
        var given = options.Select(option => option.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        if (!given.TryGetValue("pictures", out var folder))
        {
            Console.Error.WriteLine(Usage);
            return 1;
        }
        var (only, cache) = (given.GetValueOrDefault("only")?.Split(','), given.GetValueOrDefault("cache", Path.Combine(Path.GetTempPath(), "imagerights-distractors")));
        var decoder = new PictureDecoder();
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}; {HammingScan.Fastest}; milliseconds of one thread's processor time");
        var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToList();
        var photographs = files.Select(file => decoder.Decode(File.ReadAllBytes(file)).Value!).ToList();
        if (Wanted("hash")) Hash(Number("codes", 10_000_000));
        if (Wanted("extract")) Extract(photographs);
        if (Wanted("repeats")) Repeats(photographs, Number("uploads", 2000));
        if (Wanted("cascade")) Cascade(photographs, Number("references", 12758), Number("queries", 60), cache);
        if (Wanted("tiers")) Tiers(photographs, Number("references", 12758), Number("recent", 4096), Number("queries", 60), cache);
        if (Wanted("start")) Start(photographs, Number("start", 1_000_000), Number("locals", 200_000), Number("queries", 60));
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}");
        return 0;

        bool Wanted(string name) => only is null || only.Contains(name);

        int Number(string name, int otherwise) => given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    private static void Extract(List<DecodedPicture> photographs)
    {
        var large = photographs.Take(60).Select(photograph => Raster.Of(photograph).Resize(800, 800 * photograph.Height / photograph.Width).ToPicture()).ToList();
        foreach (var picture in large) _ = picture.Luma;
        Measure("PDQ, eight orientations, and sign hash, 800 px", 0.25, large, picture => PdqHasher.Compute(picture));
        Measure("luma", null, large, picture => new DecodedPicture(picture.Header, picture.Width, picture.Height, picture.Rgb).Luma.Length);
        Measure("SHA-256 of luma", null, large, ContentHash.OfLuma);
        Measure("dHash and ISCC Image-Code", null, large, SharedHashes.Of);
        Measure("reduction to 512 px", null, large, picture => GreyPicture.Reduce(picture.Width, picture.Height, picture.Luma, 512));
        var grey = large.ConvertAll(picture => GreyPicture.Reduce(picture.Width, picture.Height, picture.Luma, 512));
        Measure("local features of the reduced picture", 6, grey, picture => Orb.Extract(picture));
        Measure("layout", null, large.ConvertAll(picture => GreyPicture.Reduce(picture.Width, picture.Height, picture.Luma, 400)), picture => XyCut.Propose(picture));
        Console.WriteLine($"digest of all features {Digest(photographs.Concat(large))}");
        Measure("all features", null, large, picture => FeatureExtractor.Extract(picture, default));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"local features in a message {photographs.Average(picture => FeatureExtractor.Extract(picture, default).Local!.Length) / 1e3:0.0} KB"));
    }

    private static void Hash(int count)
    {
        var random = new Random(1);
        var (bank, words) = (new SignBank(), new ulong[4]);
        for (var row = 0; row < count; row++) bank.Add(Next(), row, null);
        var queries = Enumerable.Range(0, 20).Select(_ => Next()).ToList();
        foreach (var kernel in Enum.GetValues<ScanKernel>().Where(HammingScan.IsSupported).Reverse())
        {
            foreach (var (radius, goal) in new[] { (31, 5.0), (56, 22.0) })
            {
                var hits = new List<SignHit>();
                Measure($"{count / 1e6:0.#} M hashes, eight orientations, {radius} bits, {kernel}", goal, queries, query =>
                {
                    hits.Clear();
                    bank.Search(query, radius, -1, count, kernel, hits);
                    return hits;
                });
            }
        }

        SignHash Next()
        {
            random.NextBytes(MemoryMarshal.AsBytes(words.AsSpan()));
            return new SignHash(words[0], words[1], words[2], words[3]);
        }
    }

    // Works of which those that came last have local features, as uploads have them, each with others.
    private static void Start(List<DecodedPicture> photographs, int count, int locals, int queries)
    {
        var folder = Directory.CreateTempSubdirectory("imagerights-checkpoint-").FullName;
        try
        {
            var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
            var options = Options.Create(new MatchingOptions { CheckpointFolder = folder });
            var models = photographs.Take(50).Select(picture => IndexedPicture.Of(Fingerprint("", picture))).ToList();
            var random = new Random(1);
            using (var checkpoint = IndexCheckpoint.Open(folder, options.Value.RecentUploads, TimeProvider.System))
            {
                checkpoint.Load((_, _, _) => { });
                for (var number = 0; number < count; number++)
                {
                    var (model, hash) = (models[number % models.Count], new byte[32]);
                    random.NextBytes(hash);
                    var features = model.Features! with { Local = number < count - locals ? null : Distractors.Vary(model.Features!.Local!.AsReference(), random) };
                    checkpoint.Add("t", new LogPosition((ulong)number + 1, number + 1), new IndexedPicture(
                        model.Fact with { SubjectId = Guid.NewGuid().ToString("N"), Sha256 = Convert.ToHexStringLower(hash), Pdq = Convert.ToHexStringLower(hash) },
                        features with { Sign = SignHash.Parse(Convert.ToHexStringLower(hash)) }));
                    checkpoint.Reach(new LogPosition((ulong)number + 1, number + 1), Guid.NewGuid());
                }
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"checkpoint of {count} pictures, {locals} with local features: {Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length) / 1e6:0} MB"));
            var asked = photographs.Skip(models.Count).Take(queries).Select(picture => PictureQuery.Of(Fingerprint("query", picture))).ToList();
            models.Clear();
            Resume("first start, which lays the tables and keeps them").Dispose();
            using var index = Resume("start");
            var tenant = index.For("t");
            Console.WriteLine($"{tenant.Count(Bank.Works)} works, {tenant.Detailed} with local features");
            Measure("cascade among them, unknown photographs", 80, asked, query => tenant.Find(Bank.Works, query, 31, tenant.Version));

            PictureIndex Resume(string what)
            {
                var (before, started, watch) = (GC.GetTotalMemory(true), Environment.CpuUsage, Stopwatch.StartNew());
                var index = new PictureIndex(options, meters);
                index.Resume();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{what}: {watch.Elapsed.TotalSeconds:0.0} s, {(Environment.CpuUsage.TotalTime - started.TotalTime).TotalSeconds:0.0} s of the processors ({(Environment.CpuUsage.PrivilegedTime - started.PrivilegedTime).TotalSeconds:0.0} in the system), goal 10 s; {(GC.GetTotalMemory(true) - before) / 1e6:0} MB"));
                return index;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Two builds with the same digest compute the same.
    private static string Digest(IEnumerable<DecodedPicture> pictures)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var picture in pictures)
        {
            var features = FeatureExtractor.Extract(picture, default);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join(';', features.Regions.Select(region => region.ToString())) + features.Local));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    // Eight pictures that are uploaded over and over, every other of them somebody else's work: what a load test meets, and a seller who renews his listings.
    private static void Repeats(List<DecodedPicture> photographs, int count)
    {
        var scenes = photographs.Where((_, number) => number % (photographs.Count / 8) == 0).Take(8).Select(picture => Fingerprint("", picture)).ToList();
        var queries = scenes.ConvertAll(PictureQuery.Of);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var index = new PictureIndex(Options.Create(new MatchingOptions()), meters);
        Add(index, scenes.Where((_, number) => number % 2 == 0).Select((scene, number) => scene with { SubjectId = string.Create(CultureInfo.InvariantCulture, $"work-{number}") }), 0);
        var tenant = index.For("t");
        foreach (var size in new[] { count / 20, count / 4, count })
        {
            var have = tenant.Count(Bank.Uploads);
            Add(index, Enumerable.Range(have, size - have).Select(number => scenes[number % scenes.Count] with
            {
                Role = PictureRole.Upload, Surface = Contracts.Ingestion.V1.Surface.Listing, SubjectId = string.Create(CultureInfo.InvariantCulture, $"upload-{number}"),
            }), have + 4);
            var found = 0;
            Measure($"search of a repeat among {size} uploads of 8 pictures", null, queries, query =>
                found += tenant.Find(Bank.Works, query, 31, tenant.Version).Count + tenant.Find(Bank.Uploads, query, 31, tenant.Version).Count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  found {found / Rounds}"));
        }
    }

    private static void Add(PictureIndex index, IEnumerable<FingerprintRecorded> pictures, int first)
    {
        foreach (var (number, picture) in pictures.Index()) index.Apply([At(first + number, picture)]);
    }

    private static RecordedEvent At(int number, object fact) => new(
        Guid.CreateVersion7(), (ulong)number + 1, number + 1, string.Create(CultureInfo.InvariantCulture, $"screening-{number}"), 1, fact, "fact", DateTimeOffset.UnixEpoch, "t", null, null, null, null);

    // Uploads of which all have their features, and then only those that are recent.
    private static void Tiers(List<DecodedPicture> photographs, int count, int recent, int queries, string cache)
    {
        var uploads = Distractors.Read(cache, count, photographs).ConvertAll(picture => picture with { Role = PictureRole.Upload, Surface = Contracts.Ingestion.V1.Surface.Listing });
        var hashes = photographs.Take(queries).Select(picture => PictureQuery.Of(Fingerprint("query", picture))).ToList();
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var index = new PictureIndex(Options.Create(new MatchingOptions { RecentUploads = recent }), meters);
        var (empty, tenant) = (GC.GetTotalMemory(true), index.For("t"));
        Add(index, uploads, 0);
        Say("before it is given back");
        index.Apply([At(count, new Matching.Screening.ImageScreened(
            "", "", Contracts.Ingestion.V1.Surface.Listing, null, Contracts.Matching.V1.ScreeningVerdict.Clear, [], new MatchingOptions().ThresholdsOf("", "t", tenant.Version), null, DateTimeOffset.UnixEpoch))]);
        Say("after");
        Measure("search of an unknown photograph", null, hashes, query => tenant.Find(Bank.Uploads, query, 31, tenant.Version));

        void Say(string when)
        {
            var bytes = GC.GetTotalMemory(true) - empty;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"memory of {count} uploads {when}: {bytes / 1e6:0.0} MB, {bytes / 1e3 / count:0.0} KB each; {tenant.Detailed} with local features, {tenant.HashesOnly} with hashes only"));
        }
    }

    private static void Cascade(List<DecodedPicture> photographs, int count, int queries, string cache)
    {
        var works = photographs.Take(photographs.Count / 2).ToList();
        var pictures = works.Select((picture, number) => Fingerprint(string.Create(CultureInfo.InvariantCulture, $"work-{number}"), picture)).ToList();
        pictures.AddRange(Distractors.Read(cache, count - pictures.Count, photographs));
        Room(pictures);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        var index = new PictureIndex(Options.Create(new MatchingOptions()), meters);
        var before = GC.GetTotalMemory(true);
        var started = ThreadClock.Milliseconds;
        Add(index, pictures, 0);
        Print($"indexing of {count} pictures, each", null, [(ThreadClock.Milliseconds - started) / count]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory {(GC.GetTotalMemory(true) - before) / 1e3 / count:0.0} KB a picture"));
        var tenant = index.For("t");
        foreach (var (name, asked) in new (string, IEnumerable<DecodedPicture>)[]
        {
            ("unknown photographs", photographs.Skip(works.Count)),
            ("crops", works.Select(picture => Raster.Of(picture).Crop(picture.Width / 5, picture.Height / 6, picture.Width * 6 / 10, picture.Height * 6 / 10).ToPicture())),
            ("known photographs", works),
        })
        {
            var hashes = asked.Take(queries).Select(picture => PictureQuery.Of(Fingerprint("query", picture))).ToList();
            var found = 0;
            Measure($"cascade, {name}", 40, hashes, query => found += tenant.Find(Bank.Works, query, 31, tenant.Version).Count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  found {found / Rounds}"));
            Measure($"  of it sign hashes", null, hashes, query => tenant.Find(Bank.Works, query with { Features = query.Features! with { Local = null } }, 56, tenant.Version));
        }
    }

    // What the local features of a picture take, and what finds them.
    private static void Room(List<FingerprintRecorded> pictures)
    {
        var features = pictures.ConvertAll(picture => PictureQuery.Of(picture).Features!.Local!.AsReference());
        var before = GC.GetTotalMemory(true);
        var laid = new FeatureBuckets(features, isFull: false);
        var (buckets, ofFeatures) = ((GC.GetTotalMemory(true) - before) / 1e3 / features.Count, features.Average(picture => picture.ReferenceCount) * Distractors.FeatureBytes / 1e3);
        var thumbnail = (features.Average(picture => picture.Bytes.Length) - Distractors.HeaderBytes) / 1e3 - ofFeatures;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"a picture has {ofFeatures:0.00} KB of descriptors and places, {buckets:0.00} KB of buckets and {thumbnail:0.00} KB of thumbnail"));
        GC.KeepAlive(laid);
    }

    private const int Rounds = 3;

    // The first round warms up; each picture counts with its best time.
    private static void Measure<T>(string name, double? goal, IReadOnlyList<T> subjects, Func<T, object> work)
    {
        var times = new double[subjects.Count];
        Array.Fill(times, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            for (var number = 0; number < times.Length; number++)
            {
                var started = ThreadClock.Milliseconds;
                GC.KeepAlive(work(subjects[number]));
                times[number] = Math.Min(times[number], ThreadClock.Milliseconds - started);
            }
        }
        Print(name, goal, times);
    }

    private static void Print(string name, double? goal, double[] times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-55} mean {times.Average(),8:0.000}  p50 {times.Order().ElementAt(times.Length / 2),8:0.000}  worst {times.Max(),8:0.000}  goal {goal,6:0.##}"));

    internal static FingerprintRecorded Fingerprint(string id, DecodedPicture picture)
    {
        var hash = PdqHasher.Compute(picture);
        var features = FeatureExtractor.Extract(picture, hash.Sign);
        return new FingerprintRecorded(
            PictureRole.Work, id, "account", null, null, "", hash.Hash.Hex, [.. hash.Variants.Select(variant => variant.Hex)], hash.Quality, Fingerprinter.Algorithm, DateTimeOffset.UnixEpoch,
            new Matching.Screening.PictureFeatures(features.Algorithm, features.SignPdq, [.. features.Regions.Select(region => new Matching.Screening.PictureRegion(
                region.Left, region.Top, region.Width, region.Height, region.SignPdq, region.IsTrimmed))], features.Local));
    }
}
