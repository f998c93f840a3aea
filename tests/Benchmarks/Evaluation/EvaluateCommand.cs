using System.Globalization;
using ImageRights.Benchmarks.Searching;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>How much of what thieves do to pictures is recognised, how often pictures are taken for others, and how probable a copy is by what was measured.</summary>
internal static class EvaluateCommand
{
    public const string Usage =
        """
        evaluate --references DIR --queries DIR [--originals 60] [--split test|calibration|all] [--set protocol|others|all] [--edits name,name] [--scenes FILE] [--distractors 0 --cache FILE]
                 [--report DIR]
          --references  pictures to register             --queries  pictures to edit and look for
          --originals   so many of the queries           --split    half of the queries that is used; models are fitted on the other
          --set         edits of the protocol, others that it does not name, or all            --edits  only these of the set
          --scenes      file of lines picture,scene      --report   folder for tables, answers, what was missed and plots
          --distractors so many blends of pictures that are not looked for are registered too  --cache  file that keeps their fingerprints
        calibrate (the same) --model FILE
        """;

    /// <summary>Registers the references and looks for edits of the queries. Pictures that are in both folders are registered but for half of those that are looked for, which must find nothing.</summary>
    public static int Evaluate(string[] arguments)
    {
        if (Options.Read(arguments) is not { } options) return Explain();
        var (queries, references) = Try(options, options.Split ?? "test");
        var report = new Report(queries, references, CopyModel.DefaultReview);
        Console.WriteLine(report.ToMarkdown());
        if (options.Report is { } folder) report.Write(folder);
        return 0;
    }

    /// <summary>Fits the copy model's weights on the half of the pictures that evaluation leaves out.</summary>
    public static int Calibrate(string[] arguments)
    {
        if (Options.Read(arguments) is not { Model: { } file } options) return Explain();
        var (queries, references) = Try(options, options.Split ?? "calibration");
        var model = Calibration.Fit(CopyModel.Current, queries);
        File.WriteAllText(file, Calibration.Write(model));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Version} fitted on {queries.Sum(query => query.Answers.Count)} answers to {queries.Count} queries."));
        if (options.Report is { } folder) new Report(queries, references, CopyModel.DefaultReview).Write(folder);
        return 0;
    }

    private static (IReadOnlyList<Query> Queries, int References) Try(Options options, string split)
    {
        var scenes = options.Scenes is { } list ? SceneList.Read(list) : SceneList.Empty;
        var (references, files) = (Files(options.References), Files(options.Queries));
        var mine = files.Where(file => split == "all" || scenes.IsForCalibration(Path.GetFileName(file)) == (split == "calibration")).ToList();
        var step = Math.Max(1, mine.Count / options.Originals);
        // By their hash, so that the pictures of one sender do not stand together.
        var originals = mine.OrderBy(file => SceneList.HashOf(Path.GetFileName(file))).Where((_, number) => number % step == 0).Take(options.Originals).ToList();
        var known = originals.Select(Path.GetFileName).Where(name => SceneList.IsHeldOut(name!)).ToHashSet();
        references.RemoveAll(file => known.Contains(Path.GetFileName(file)));
        var edits = Edits.Set(options.Set).Append(Edits.Retaken).Where(edit => options.Edits is null || options.Edits.Contains(edit.Name)).ToList();
        var trial = new Trial(references, originals, scenes, new Progress(references.Count), Blends(options, files.Except(mine)));
        return (trial.Run(edits, new Progress(originals.Count * edits.Count)), trial.References);
    }

    // Of pictures of the other half: a blend of one that is looked for is half a copy of it.
    private static List<FingerprintRecorded> Blends(Options options, IEnumerable<string> files)
    {
        if (options.Distractors == 0) return [];
        if (options.Split == "all") throw new ArgumentException("Distractors are blends of pictures of the half that is not used.");
        var decoder = new PictureDecoder();
        return Distractors.Read(options.Cache, options.Distractors, [.. files.Select(file => decoder.Decode(File.ReadAllBytes(file)).Value!)]);
    }

    private static List<string> Files(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];

    private static int Explain()
    {
        Console.Error.WriteLine(Usage);
        return 1;
    }

    private sealed record Options(
        string References, string Queries, int Originals, string? Split, string Set, IReadOnlyList<string>? Edits, string? Scenes, string? Report, string? Model, int Distractors, string Cache)
    {
        /// <summary>Null, and what is wrong on the error stream, when they cannot be followed.</summary>
        public static Options? Read(string[] arguments)
        {
            var given = arguments.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            if (!given.TryGetValue("--references", out var references) || !given.TryGetValue("--queries", out var queries)) return null;
            var options = new Options(
                references, queries, int.Parse(given.GetValueOrDefault("--originals", "60"), CultureInfo.InvariantCulture), given.GetValueOrDefault("--split"),
                given.GetValueOrDefault("--set", "protocol"),
                given.GetValueOrDefault("--edits")?.Split(','), given.GetValueOrDefault("--scenes"), given.GetValueOrDefault("--report"), given.GetValueOrDefault("--model"),
                int.Parse(given.GetValueOrDefault("--distractors", "0"), CultureInfo.InvariantCulture), given.GetValueOrDefault("--cache", Path.Combine(Path.GetTempPath(), "imagerights-blends")));
            if (options.Problem is not { } problem) return options;
            Console.Error.WriteLine(problem);
            return null;
        }

        private string? Problem =>
            new[] { References, Queries }.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing ? $"There is no folder {missing}."
            : Set is not ("protocol" or "others" or "all") ? $"There is no set {Set}. There are: protocol, others, all."
            : Edits?.Except(Names).ToList() is [_, ..] unknown ? $"There is no edit {string.Join(", ", unknown)} in this set. There are: {string.Join(", ", Names)}."
            : null;

        private IEnumerable<string> Names => Evaluation.Edits.Set(Set).Append(Evaluation.Edits.Retaken).Select(edit => edit.Name);
    }
}
