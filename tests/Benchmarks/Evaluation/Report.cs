using System.Globalization;
using System.Text;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>What an evaluation found, for people (Markdown and plots) and for programs (CSV).</summary>
internal sealed class Report(IReadOnlyList<Query> all, int references, double review)
{
    private const double FalseRate = 1e-6;

    private readonly List<Query> queries = [.. all.Where(query => query.Edit != Edits.Retaken.Name)];
    private readonly List<Query> retaken = [.. all.Where(query => query.Edit == Edits.Retaken.Name)];

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        var threshold = Metrics.ThresholdAt(FalseRate, queries, references);
        var (matching, other) = (queries.Count(query => query.Truth is not null), queries.Count(query => query.Truth is null));
        text.AppendLine(Line($"# Recall of edited copies\n\n{references} references; {queries.Count} queries: {matching} of registered pictures, {other} of others. A match from a score of {review:0.00} on.\n"));
        text.AppendLine("| measure | value |\n|---|---:|");
        text.AppendLine(Line($"| mean over the edits of recall as configured | {Percent(ByEdit().Average(edit => Metrics.Recall(edit, review)))} |"));
        text.AppendLine(Line($"| the same at {FalseRate:0e+0} false alarms a pair (score {threshold:0.000}) | {Percent(ByEdit().Average(edit => Metrics.Recall(edit, threshold)))} |"));
        text.AppendLine(Line($"| recall at precision 99.9 % | {Percent(Metrics.RecallAtPrecision(queries, 0.999))} |"));
        text.AppendLine(Line($"| recall at precision 90 % | {Percent(Metrics.RecallAtPrecision(queries, 0.9))} |"));
        text.AppendLine(Line($"| micro-AP | {Metrics.MicroAveragePrecision(queries):0.000} |"));
        text.AppendLine(Line($"| queries with a false alarm as configured, same scenes apart | {Percent(AlarmsOf(queries) / Math.Max(1.0, queries.Count))} |"));
        text.AppendLine(Line($"| queries to which a picture of the same scene is called a copy | {Percent(Metrics.SceneAlarms(queries, review))} |"));
        if (retaken.Count > 0) text.AppendLine(Line($"| pictures taken again that are called copies | {Percent(Metrics.SceneAlarms(retaken, review))} |"));
        text.AppendLine(Line($"| expected calibration error, same scenes included | {Metrics.CalibrationError(all):0.000} |"));
        text.AppendLine(Line($"| fingerprint of a decoded picture, p50 and p99 | {Times(query => query.FingerprintMilliseconds)} |"));
        text.AppendLine(Line($"| search, p50 and p99 | {Times(query => query.SearchMilliseconds)} |\n"));
        text.AppendLine(Line($"| edit | copies | found % | at {FalseRate:0e+0} % | false alarms | same scene called copy | lost in |\n|---|---:|---:|---:|---:|---:|---|"));
        foreach (var edit in ByEdit())
        {
            text.AppendLine(Line(
                $"| {edit.Key} | {edit.Count(query => query.Truth is not null)} | {Percent(Metrics.Recall(edit, review))} | {Percent(Metrics.Recall(edit, threshold))} | {AlarmsOf([.. edit])} | {ScenesOf([.. edit])} | {LossesOf(edit)} |"));
        }
        return text.Append("\n![recall](recall.svg) ![precision over recall](precision.svg) ![reliability](reliability.svg)\n").ToString();
    }

    /// <summary>Writes everything into a folder.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "evaluation.md"), ToMarkdown());
        var threshold = Metrics.ThresholdAt(FalseRate, queries, references);
        File.WriteAllLines(Path.Combine(folder, "evaluation.csv"), ByEdit().Select(edit => Line(
            $"{edit.Key},{edit.Count(query => query.Truth is not null)},{Metrics.Recall(edit, review):0.0000},{Metrics.Recall(edit, threshold):0.0000},{AlarmsOf([.. edit])},{ScenesOf([.. edit])}"))
            .Prepend("edit,copies,recall,recallAtFalseRate,falseAlarms,sameScene"));
        File.WriteAllLines(Path.Combine(folder, "answers.csv"), all.SelectMany(query => query.Answers.Select(answer => Line(
            $"{query.Picture},{query.Edit},{answer.Id},{answer.Label},{answer.Score:0.0000},{string.Join(' ', answer.Measures?.Select(measure => Line($"{measure.Key}={measure.Value}")) ?? [])}")))
            .Prepend("picture,edit,answer,label,score,measures"));
        File.WriteAllLines(Path.Combine(folder, "missed.csv"), queries.Where(query => query.Truth is not null && query.TrueScore < review)
            .Select(query => Line($"{query.Picture},{query.Edit},{query.TrueScore:0.0000},{query.Lost}")).Prepend("picture,edit,score,lost"));
        File.WriteAllText(Path.Combine(folder, "recall.svg"), Chart.Bars("Recall % by edit", [.. ByEdit().Select(edit => (edit.Key, Metrics.Recall(edit, review)))]));
        File.WriteAllText(Path.Combine(folder, "precision.svg"), Chart.Line("Precision over recall", "recall", "precision", [.. Metrics.Curve(queries)], dots: false, diagonal: false));
        File.WriteAllText(Path.Combine(folder, "reliability.svg"), Chart.Line(
            "Reliability", "score", "share that is right", [.. Metrics.Reliability(all).Select(bin => (bin.MeanScore, bin.ShareRight))], dots: true, diagonal: true));
    }

    private IEnumerable<IGrouping<string, Query>> ByEdit() => queries.GroupBy(query => query.Edit).OrderBy(edit => Edits.Set("all").ToList().FindIndex(one => one.Name == edit.Key));

    private static string LossesOf(IEnumerable<Query> some) => string.Join(", ", some.Select(query => query.Lost).OfType<Loss>().CountBy(loss => loss).OrderBy(loss => loss.Key)
        .Select(loss => Line($"{loss.Key.ToString().ToLowerInvariant()} {loss.Value}")));

    private int AlarmsOf(IReadOnlyCollection<Query> some) => some.Count(query => query.Answers.Any(answer => answer.Label == Label.Other && answer.Score >= review));

    private int ScenesOf(IReadOnlyCollection<Query> some) => some.Count(query => query.Answers.Any(answer => answer.Label == Label.SameScene && answer.Score >= review));

    private string Times(Func<Query, double> time) => Line($"{Metrics.Quantile(queries.Select(time), 0.5):0.0} ms, {Metrics.Quantile(queries.Select(time), 0.99):0.0} ms");

    private static string Percent(double share) => Line($"{100 * share:0.0}");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
