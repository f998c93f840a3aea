using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Matching;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MatchingFacts = ImageRights.Matching.Screening;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>How much of what thieves do to pictures is recognised, and how often pictures are taken for others: the product's own decoding, hashing and index over any folder.</summary>
internal static class EvaluateCommand
{
    public const string Usage = "evaluate --references DIR --queries DIR [--originals 60] [--edits name,name] [--report DIR]";

    /// <summary>Registers the references, edits the queries that are among them by name, and looks for each; queries of other names are to match nothing.</summary>
    public static int Run(string[] options)
    {
        var given = options.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        if (!given.TryGetValue("--references", out var referenceFolder) || !given.TryGetValue("--queries", out var queryFolder))
        {
            Console.Error.WriteLine(Usage);
            return 1;
        }
        var wanted = given.GetValueOrDefault("--edits")?.Split(',');
        var edits = Edits.All.Where(edit => wanted is null || wanted.Contains(edit.Name)).ToList();
        var most = int.Parse(given.GetValueOrDefault("--originals", "60"), CultureInfo.InvariantCulture);
        var decoder = new PictureDecoder();

        var watch = Stopwatch.StartNew();
        var references = new ConcurrentDictionary<string, FingerprintRecorded>();
        Parallel.ForEach(Files(referenceFolder), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, file =>
        {
            if (Load(decoder, file) is { } picture) references[Path.GetFileName(file)] = Fingerprint(Path.GetFileName(file), picture, MatchingRole.Work);
        });
        var names = references.Keys.Order(StringComparer.Ordinal).ToList();
        var index = IndexOf(names.Select(name => references[name]));
        var tenant = index.For("t");
        var indexed = watch.Elapsed;

        var files = Files(queryFolder);
        var step = Math.Max(1, files.Count / most);
        var originals = files.Where((_, number) => number % step == 0).Take(most).ToList();
        var rows = edits.ToDictionary(edit => edit.Name, _ => new Row());
        var alarms = new ConcurrentBag<string>();
        var missed = new ConcurrentBag<string>();
        var (done, extracting, searching) = (0, new ConcurrentBag<double>(), new ConcurrentBag<double>());
        Parallel.For(0, originals.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, number =>
        {
            var (name, pastedFile) = (Path.GetFileName(originals[number]), originals[(number + 1) % originals.Count]);
            if (Load(decoder, originals[number]) is not { } picture || Load(decoder, pastedFile) is not { } pasted) return;
            foreach (var edit in edits)
            {
                var random = new Random(HashCodeOf(name + edit.Name));
                var edited = edit.Apply(Copy(picture), Raster.Of(pasted), random);
                var jpeg = Vips.EncodeJpeg(edited.Rgb, edited.Width, edited.Height, edit.Quality, out var error) ?? throw new InvalidOperationException(error);
                var decoded = decoder.Decode(jpeg).Value!;
                var started = Stopwatch.GetTimestamp();
                var query = PictureQuery.Of(Fingerprint("query", decoded, MatchingRole.Upload));
                extracting.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                started = Stopwatch.GetTimestamp();
                var found = tenant.Find(Bank.Works, query, new MatchingOptions().MaxDistance, tenant.Version);
                searching.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                // What is pasted is in the result too; finding it is no false alarm.
                var wrong = found.Where(match => match.Id != name && match.Id != Path.GetFileName(pastedFile)).ToList();
                rows[edit.Name].Add(references.ContainsKey(name), found.Any(match => match.Id == name), wrong.Count);
                if (references.ContainsKey(name) && found.All(match => match.Id != name)) missed.Add($"{edit.Name};{name}");
                foreach (var match in wrong) alarms.Add($"{name};{edit.Name};{match.Id};{match.Distance};{match.Evidence}");
            }
            var now = Interlocked.Increment(ref done);
            if (!Console.IsErrorRedirected) Console.Error.Write($"\r{now} of {originals.Count} originals");
        });
        var report = Report(rows, names.Count, originals.Count, indexed, extracting, searching);
        Console.WriteLine(report);
        if (given.TryGetValue("--report", out var folder))
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "evaluation.md"), report);
            File.WriteAllLines(Path.Combine(folder, "evaluation.csv"), rows.Select(row => $"{row.Key},{row.Value.Found},{row.Value.Copies},{row.Value.Alarms}").Prepend("edit,found,copies,falseAlarms"));
            File.WriteAllLines(Path.Combine(folder, "missed.csv"), missed.Order(StringComparer.Ordinal));
            File.WriteAllLines(Path.Combine(folder, "alarms.csv"), alarms.Order(StringComparer.Ordinal));
        }
        return 0;
    }

    private static string Report(
        Dictionary<string, Row> rows, int references, int originals, TimeSpan indexed, IReadOnlyCollection<double> extracting, IReadOnlyCollection<double> searching)
    {
        var report = new StringBuilder();
        var queries = rows.Values.Sum(row => row.Queries);
        var pairs = (double)queries * references;
        report.AppendLine(CultureInfo.InvariantCulture, $"# Recall of edited copies\n\n{references} references, {originals} originals, {rows.Count} edits, {queries} queries. Load {File.ReadAllText("/proc/loadavg").Trim()}.\n");
        report.AppendLine("| edit | found | of | recall % | false alarms |\n|---|---:|---:|---:|---:|");
        foreach (var (edit, row) in rows) report.AppendLine(CultureInfo.InvariantCulture, $"| {edit} | {row.Found} | {row.Copies} | {100.0 * row.Found / Math.Max(1, row.Copies):0.0} | {row.Alarms} |");
        report.AppendLine(CultureInfo.InvariantCulture, $"| **mean of edits** | | | **{rows.Values.Where(row => row.Copies > 0).Select(row => 100.0 * row.Found / row.Copies).DefaultIfEmpty().Average():0.0}** | {rows.Values.Sum(row => row.Alarms)} |\n");
        report.AppendLine(CultureInfo.InvariantCulture, $"False alarms: {rows.Values.Sum(row => row.Alarms) / Math.Max(1, pairs):0.0e+0} a pair; {100.0 * rows.Values.Sum(row => row.AlarmedQueries) / Math.Max(1, queries):0.00} % of the queries.");
        report.AppendLine(CultureInfo.InvariantCulture, $"References fingerprinted and indexed in {indexed.TotalSeconds:0.0} s; fingerprint of a decoded picture p50 {Quantile(extracting, 0.5):0.0} ms, p99 {Quantile(extracting, 0.99):0.0} ms; search p50 {Quantile(searching, 0.5):0.0} ms, p99 {Quantile(searching, 0.99):0.0} ms.");
        return report.ToString();
    }

    private static double Quantile(IReadOnlyCollection<double> values, double part) => values.Count == 0 ? 0 : values.Order().ElementAt((int)(part * (values.Count - 1)));

    private static List<string> Files(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];

    private static DecodedPicture? Load(PictureDecoder decoder, string file) => decoder.Decode(File.ReadAllBytes(file)) is { Succeeded: true } decoded ? decoded.Value : null;

    private static Raster Copy(DecodedPicture picture) => new(picture.Width, picture.Height, (byte[])picture.Rgb.Clone());

    private static FingerprintRecorded Fingerprint(string id, DecodedPicture picture, MatchingRole role)
    {
        var hash = PdqHasher.Compute(picture);
        var features = FeatureExtractor.Extract(picture, hash.Sign);
        return new FingerprintRecorded(
            role == MatchingRole.Work ? PictureRole.Work : PictureRole.Upload, id, "account", role == MatchingRole.Work ? null : Surface.Listing, null, "", hash.Hash.Hex,
            [.. hash.Variants.Select(variant => variant.Hex)], hash.Quality, Fingerprinter.Algorithm, DateTimeOffset.UnixEpoch,
            new MatchingFacts.PictureFeatures(features.Algorithm, features.SignPdq, [.. features.Regions.Select(region => new MatchingFacts.PictureRegion(
                region.Left, region.Top, region.Width, region.Height, region.SignPdq, region.IsTrimmed))], features.Local));
    }

    private static PictureIndex IndexOf(IEnumerable<FingerprintRecorded> pictures)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        var index = new PictureIndex(Options.Create(new MatchingOptions()), meters);
        index.Apply([.. pictures.Select((picture, number) => new RecordedEvent(
            Guid.CreateVersion7(), (ulong)number + 1, number + 1, $"screening-{number}", 1, picture, "fingerprint_recorded_v1", DateTimeOffset.UnixEpoch, "t", null, null, null, null))]);
        return index;
    }

    // String.GetHashCode differs from run to run.
    private static int HashCodeOf(string text) => text.Aggregate(17, (hash, letter) => unchecked(hash * 31 + letter)) & int.MaxValue;

    private enum MatchingRole { Work, Upload }

    private sealed class Row
    {
        private readonly Lock gate = new();

        public int Queries { get; private set; }
        public int Copies { get; private set; }
        public int Found { get; private set; }
        public int Alarms { get; private set; }
        public int AlarmedQueries { get; private set; }

        public void Add(bool isCopy, bool isFound, int wrong)
        {
            lock (gate)
            {
                Queries++;
                if (isCopy) Copies++;
                if (isCopy && isFound) Found++;
                Alarms += wrong;
                if (wrong > 0) AlarmedQueries++;
            }
        }
    }
}
