using System.Collections.Concurrent;
using System.Diagnostics;
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

/// <summary>Registers pictures, edits some of them and looks for each result with the product's own decoding, fingerprints and index.</summary>
internal sealed class Trial
{
    // Below the lowest limit that anybody would set, so that every answer comes with its score.
    private const double LeastScore = 0.01;
    private const string Registered = "registered";
    private const string Watermarked = "watermarked";

    private static readonly ParallelOptions AllCores = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    private readonly PictureDecoder decoder = new();
    private readonly SceneList scenes;
    private readonly HashSet<string> references;
    private readonly IReadOnlyList<string> originals;
    private readonly PictureIndex index;
    private readonly ConcurrentDictionary<string, LocalFeatures> registered = new();

    /// <param name="referenceFiles">Pictures to register.</param>
    /// <param name="originals">Pictures to edit and look for; those that are not registered must find nothing.</param>
    /// <param name="distractors">Pictures that nobody looks for.</param>
    public Trial(IReadOnlyList<string> referenceFiles, IReadOnlyList<string> originals, SceneList scenes, Progress progress, IReadOnlyList<FingerprintRecorded>? distractors = null)
    {
        (this.originals, this.scenes) = (originals, scenes);
        var prints = new ConcurrentDictionary<string, FingerprintRecorded>();
        var marked = new ConcurrentDictionary<string, FingerprintRecorded>();
        var edited = originals.ToHashSet();
        Parallel.ForEach(referenceFiles, AllCores, file =>
        {
            var name = Path.GetFileName(file);
            if (Load(file) is { } picture)
            {
                prints[name] = marked[name] = Fingerprint(name, picture, PictureRole.Work);
                foreach (var edit in Edits.All.Where(edit => edit.OfReference && edited.Contains(file)))
                    marked[name] = Fingerprint(name, decoder.Decode(edit.Save(edit.Apply(Copy(picture), Copy(picture), RandomOf(name, edit.Name)))).Value!, PictureRole.Work);
            }
            progress.Step("registered");
        });
        foreach (var distractor in distractors ?? []) prints[distractor.SubjectId] = marked[distractor.SubjectId] = distractor;
        references = [.. prints.Keys];
        foreach (var (name, print) in prints)
        {
            if (FeatureSet.Read(print.Features)?.Local is { } local) registered[name] = local.AsReference();
        }
        index = IndexOf(prints.Values.Select(print => (Registered, print)).Concat(marked.Values.Select(print => (Watermarked, print)))
            .OrderBy(entry => entry.print.SubjectId, StringComparer.Ordinal).ThenBy(entry => entry.Item1, StringComparer.Ordinal));
    }

    /// <summary>Pictures that are registered.</summary>
    public int References => references.Count;

    /// <summary>Looks for every edit of every original. Originals are shared among the cores; the answers do not depend on how.</summary>
    public IReadOnlyList<Query> Run(IReadOnlyList<Edits.Edit> edits, Progress progress)
    {
        var queries = new ConcurrentBag<Query>();
        Parallel.For(0, originals.Count, AllCores, number =>
        {
            var (file, pastedFile) = (originals[number], originals[(number + 1) % originals.Count]);
            if (Load(file) is not { } picture || Load(pastedFile) is not { } pasted) return;
            var name = Path.GetFileName(file);
            foreach (var edit in edits)
            {
                var random = RandomOf(name, edit.Name);
                var bytes = edit.Save(edit.OfReference ? Copy(picture) : edit.Apply(Copy(picture), Copy(pasted), random));
                queries.Add(Ask(name, edit, Path.GetFileName(pastedFile), bytes));
                progress.Step("looked for");
            }
        });
        return [.. queries.OrderBy(query => query.Picture, StringComparer.Ordinal).ThenBy(query => query.Edit, StringComparer.Ordinal)];
    }

    private Query Ask(string name, Edits.Edit edit, string pasted, byte[] bytes)
    {
        var decoded = decoder.Decode(bytes).Value!;
        var started = Stopwatch.GetTimestamp();
        var query = PictureQuery.Of(Fingerprint("query", decoded, PictureRole.Upload));
        var fingerprinted = Stopwatch.GetElapsedTime(started);
        var tenant = index.For(edit.OfReference ? Watermarked : Registered);
        started = Stopwatch.GetTimestamp();
        var found = tenant.Find(Bank.Works, query, new MatchingOptions().MaxDistance, tenant.Version, review: LeastScore);
        var searched = Stopwatch.GetElapsedTime(started);
        var isCopy = edit != Edits.Retaken && references.Contains(name);
        List<Answer> answers =
        [
            .. found.Where(match => match.IsCopy)
                // What was pasted is in the result too; finding it, or its scene, is right and is not what is asked.
                .Where(match => match.Id == name || match.Id != pasted && !scenes.AreSame(match.Id, pasted))
                .Select(match => new Answer(match.Id, match.Evidence?.Score ?? 0, LabelOf(match.Id), match.Evidence?.Measures)),
        ];
        var isFound = answers.Exists(answer => answer.Id == name && answer.Score >= CopyModel.DefaultReview);
        return new Query(
            name, edit.Name, isCopy ? name : null, answers, fingerprinted.TotalMilliseconds, searched.TotalMilliseconds, isCopy && !isFound ? LossOf(query.Features?.Local, name) : null);

        Label LabelOf(string id) => id == name ? edit == Edits.Retaken ? Label.SameScene : Label.Copy : scenes.AreSame(id, name) ? Label.SameScene : Label.Other;
    }

    private Loss LossOf(LocalFeatures? picture, string name)
    {
        if (picture is null || !registered.TryGetValue(name, out var reference)) return Loss.Alignment;
        var best = new[] { false, true }.Select(mirrored => LocalVerifier.Align(picture, reference, mirrored)).Where(alignment => alignment is not null).MaxBy(alignment => alignment!.Score);
        return best switch
        {
            null => Loss.Alignment,
            { Score: >= CopyModel.DefaultReview } => Loss.Nomination,
            { IsRelated: true } => Loss.Score,
            _ => Loss.Pixels,
        };
    }

    private static FingerprintRecorded Fingerprint(string id, DecodedPicture picture, PictureRole role)
    {
        var hash = PdqHasher.Compute(picture);
        var features = FeatureExtractor.Extract(picture, hash.Sign);
        return new FingerprintRecorded(
            role, id, "account", role == PictureRole.Work ? null : Surface.Listing, null, "", hash.Hash.Hex,
            [.. hash.Variants.Select(variant => variant.Hex)], hash.Quality, Fingerprinter.Algorithm, DateTimeOffset.UnixEpoch,
            new MatchingFacts.PictureFeatures(features.Algorithm, features.SignPdq, [.. features.Regions.Select(region => new MatchingFacts.PictureRegion(
                region.Left, region.Top, region.Width, region.Height, region.SignPdq, region.IsTrimmed))], features.Local));
    }

    private static PictureIndex IndexOf(IEnumerable<(string Tenant, FingerprintRecorded Print)> pictures)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        var index = new PictureIndex(Options.Create(new MatchingOptions()), meters);
        index.Apply([.. pictures.Select((picture, number) => new RecordedEvent(
            Guid.CreateVersion7(), (ulong)number + 1, number + 1, $"screening-{number}", 1, picture.Print, "fingerprint_recorded_v1", DateTimeOffset.UnixEpoch, picture.Tenant, null, null, null, null))]);
        return index;
    }

    private DecodedPicture? Load(string file) => decoder.Decode(File.ReadAllBytes(file)) is { Succeeded: true } decoded ? decoded.Value : null;

    private static Raster Copy(DecodedPicture picture) => new(picture.Width, picture.Height, (byte[])picture.Rgb.Clone());

    // The same random numbers on every run.
    private static Random RandomOf(string name, string edit) => new(SceneList.HashOf(name + edit));
}
