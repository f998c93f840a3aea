namespace ImageRights.Benchmarks.Evaluation;

/// <summary>A picture that a query was answered with.</summary>
/// <param name="Score">Probability that the query is a copy of it.</param>
/// <param name="Label">What it truly is to the query.</param>
/// <param name="Measures">What the score follows from; null when hashes alone decided.</param>
internal sealed record Answer(string Id, double Score, Label Label, IReadOnlyDictionary<string, double>? Measures = null);

/// <summary>What a reference truly is to a query.</summary>
internal enum Label
{
    /// <summary>The picture that the query was made of.</summary>
    Copy,

    /// <summary>Another photograph of the same place or thing.</summary>
    SameScene,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>Where a copy that was not found was lost.</summary>
internal enum Loss
{
    /// <summary>Laid on the original it would be recognised: the index did not propose it.</summary>
    Nomination,

    /// <summary>No transform lays it on the original.</summary>
    Alignment,

    /// <summary>Hardly any blocks are alike where it was laid.</summary>
    Pixels,

    /// <summary>It resembles the original, and too little.</summary>
    Score,
}

/// <summary>A picture that was looked for.</summary>
/// <param name="Truth">The reference that it was made of; null when that is not registered.</param>
/// <param name="Answers">What was found, whatever its score.</param>
/// <param name="Lost">Where its truth was lost; null when it was found, or there is none.</param>
internal sealed record Query(
    string Picture, string Edit, string? Truth, IReadOnlyList<Answer> Answers, double FingerprintMilliseconds = 0, double SearchMilliseconds = 0, Loss? Lost = null)
{
    /// <summary>Score of what should be found; 0 when it was not.</summary>
    public double TrueScore => Answers.Where(answer => answer.Label == Label.Copy).Select(answer => answer.Score).DefaultIfEmpty(0).Max();
}

/// <summary>A part of the answers in which scores lie close together.</summary>
internal sealed record ReliabilityBin(double MeanScore, double ShareRight, int Count);

/// <summary>The measures of shared/matching's evaluation protocol, over pooled queries of which some match nothing. Pictures of the same scene are counted apart throughout.</summary>
internal static class Metrics
{
    private const int Bins = 10;

    /// <summary>Share of the queries with a truth that is found at a score or above.</summary>
    public static double Recall(IEnumerable<Query> queries, double threshold)
    {
        var matching = queries.Where(query => query.Truth is not null).ToList();
        return matching.Count == 0 ? 0 : (double)matching.Count(query => query.TrueScore > 0 && query.TrueScore >= threshold) / matching.Count;
    }

    /// <summary>The lowest score at which no more than that share of the pairs that do not match is taken for a copy.</summary>
    public static double ThresholdAt(double falseRate, IReadOnlyList<Query> queries, int references)
    {
        var allowed = (int)(falseRate * queries.Count * references);
        var wrong = Scores(queries, Label.Other).OrderDescending().ToList();
        return wrong.Count <= allowed ? 0 : Math.BitIncrement(wrong[allowed]);
    }

    /// <summary>Recall at the lowest threshold at which that share of the answers is right.</summary>
    public static double RecallAtPrecision(IReadOnlyList<Query> queries, double precision) =>
        Curve(queries).Where(point => point.Precision >= precision).Select(point => point.Recall).DefaultIfEmpty(0).Max();

    /// <summary>Area under precision over recall of all answers in one list, as the Image Similarity Challenge 2021 measures.</summary>
    public static double MicroAveragePrecision(IReadOnlyList<Query> queries)
    {
        var (area, before) = (0.0, 0.0);
        foreach (var (recall, precision) in Curve(queries))
        {
            area += (recall - before) * precision;
            before = recall;
        }
        return area;
    }

    /// <summary>Recall and precision as the threshold falls from score to score.</summary>
    public static IEnumerable<(double Recall, double Precision)> Curve(IReadOnlyList<Query> queries)
    {
        var positives = queries.Count(query => query.Truth is not null);
        var (right, wrong) = (0, 0);
        foreach (var same in queries.SelectMany(query => query.Answers).Where(answer => answer.Label != Label.SameScene).GroupBy(answer => answer.Score).OrderByDescending(group => group.Key))
        {
            right += same.Count(answer => answer.Label == Label.Copy);
            wrong += same.Count(answer => answer.Label == Label.Other);
            yield return ((double)right / Math.Max(1, positives), (double)right / (right + wrong));
        }
    }

    /// <summary>Share of the queries to which a picture of the same scene is called a copy.</summary>
    public static double SceneAlarms(IReadOnlyList<Query> queries, double threshold) =>
        queries.Count == 0 ? 0 : (double)queries.Count(query => query.Answers.Any(answer => answer.Label == Label.SameScene && answer.Score >= threshold)) / queries.Count;

    /// <summary>Of answers whose scores are about the same, how many are right; same scenes are wrong here.</summary>
    public static IReadOnlyList<ReliabilityBin> Reliability(IReadOnlyList<Query> queries) =>
    [
        .. queries.SelectMany(query => query.Answers).GroupBy(answer => Math.Min(Bins - 1, (int)(answer.Score * Bins))).OrderBy(bin => bin.Key)
            .Select(bin => new ReliabilityBin(bin.Average(answer => answer.Score), (double)bin.Count(answer => answer.Label == Label.Copy) / bin.Count(), bin.Count())),
    ];

    /// <summary>Expected calibration error: how far scores are from the share that is right, on the average answer.</summary>
    public static double CalibrationError(IReadOnlyList<Query> queries)
    {
        var bins = Reliability(queries);
        var total = bins.Sum(bin => bin.Count);
        return total == 0 ? 0 : bins.Sum(bin => bin.Count * Math.Abs(bin.MeanScore - bin.ShareRight)) / total;
    }

    /// <summary>The value below which that part of the values lies.</summary>
    public static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[(int)(part * (sorted.Count - 1))];
    }

    private static IEnumerable<double> Scores(IEnumerable<Query> queries, Label label) =>
        queries.SelectMany(query => query.Answers).Where(answer => answer.Label == label).Select(answer => answer.Score);
}
