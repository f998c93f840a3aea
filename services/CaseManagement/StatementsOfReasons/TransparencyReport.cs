using System.Globalization;
using System.Text;

namespace ImageRights.CaseManagement.StatementsOfReasons;

/// <summary>One number of the annual report.</summary>
public sealed record ReportLine(string Dimension, string Value, int Count);

/// <summary>Counts of a year's statements as a table, and whether they agree with what the database was told.</summary>
public static class TransparencyReport
{
    /// <summary>Dimensions in which each statement is counted once.</summary>
    public static readonly IReadOnlyList<string> Dimensions = ["restriction", "ground", "category", "source", "automated_detection", "automated_decision", "month"];

    /// <summary>Counts payloads in each dimension; every dimension's sum is the number of statements.</summary>
    public static IReadOnlyList<ReportLine> Count(IEnumerable<TransparencyPayload> payloads)
    {
        var all = payloads.ToList();
        return
        [
            new ReportLine("statements", "all", all.Count),
            .. Dimensions.SelectMany(dimension => all.GroupBy(payload => ValueOf(payload, dimension)).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new ReportLine(dimension, group.Key, group.Count()))),
        ];
    }

    /// <summary>Where the report of the log as the mapping tells it now differs from what was told; empty when they agree.</summary>
    /// <param name="log">Lines of the statement log.</param>
    /// <param name="told">Lines of the payloads as they were delivered.</param>
    public static IReadOnlyList<string> Differences(IReadOnlyList<ReportLine> log, IReadOnlyList<ReportLine> told)
    {
        var (left, right) = (ByName(log), ByName(told));
        return [.. left.Keys.Union(right.Keys).Order(StringComparer.Ordinal).Where(key => left.GetValueOrDefault(key) != right.GetValueOrDefault(key))
            .Select(key => $"{key}: {left.GetValueOrDefault(key)} in the log, {right.GetValueOrDefault(key)} told")];
    }

    /// <summary>The table as CSV (RFC 4180).</summary>
    public static string Csv(int year, IReadOnlyList<ReportLine> lines)
    {
        var csv = new StringBuilder("year,dimension,value,count\r\n");
        foreach (var line in lines) csv.Append(CultureInfo.InvariantCulture, $"{year},{line.Dimension},{line.Value},{line.Count}\r\n");
        return csv.ToString();
    }

    private static Dictionary<string, int> ByName(IReadOnlyList<ReportLine> lines) => lines.ToDictionary(line => $"{line.Dimension} {line.Value}", line => line.Count);

    private static string ValueOf(TransparencyPayload payload, string dimension) => dimension switch
    {
        "restriction" => payload.DecisionVisibility?[0] ?? payload.DecisionMonetary ?? payload.DecisionProvision ?? payload.DecisionAccount ?? "none",
        "ground" => payload.DecisionGround ?? "none",
        "category" => payload.Category ?? "none",
        "source" => payload.SourceType ?? "none",
        "automated_detection" => payload.AutomatedDetection ?? "none",
        "automated_decision" => payload.AutomatedDecision ?? "none",
        "month" => payload.ApplicationDate is { Length: >= 7 } date ? date[..7] : "none",
        _ => throw new InvalidOperationException($"{dimension} is no dimension of the report."),
    };
}
