using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.StatementsOfReasons;

namespace ImageRights.CaseManagement.UnitTests.StatementsOfReasons;

public class TransparencyReportTests
{
    private static readonly TransparencyMapping Mapping = TransparencyMapping.BuiltIn(Samples.Catalogue);

    private static readonly IReadOnlyList<StatementOfReasons> Log = [.. Enumerable.Range(0, 40).Select(number => StatementOfReasons.Evolve(
        null, $"sor_{number}_1", 1, new StatementEvent.StatementIssued(
            StatementOfReasonsTests.Sample with
            {
                Subject = Mapping.Subjects.Keys.ElementAt(number % Mapping.Subjects.Count),
                Restriction = Enum.GetValues<Restriction>()[number % 8],
                Impulse = Enum.GetValues<Impulse>()[number % 6],
                Automation = Enum.GetValues<Automation>()[number % 3],
                IsDetectedByMachine = number % 2 == 0,
                AppliesFrom = new DateOnly(2026, 1 + (number % 12), 1),
            }, null, true, DateTimeOffset.UnixEpoch)))];

    private static IReadOnlyList<ReportLine> Of(TransparencyMapping mapping) => TransparencyReport.Count(Log.Select(mapping.Payload));

    [Fact]
    public void Every_dimension_adds_up_to_the_statements_of_the_log()
    {
        var lines = Of(Mapping);
        lines.Single(line => line.Dimension == "statements").Count.ShouldBe(40);
        foreach (var dimension in TransparencyReport.Dimensions) lines.Where(line => line.Dimension == dimension).Sum(line => line.Count).ShouldBe(40, dimension);
        var csv = TransparencyReport.Csv(2026, lines).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        csv[0].ShouldBe("year,dimension,value,count");
        csv.Length.ShouldBe(lines.Count + 1);
        csv.ShouldContain("2026,statements,all,40");
        csv.ShouldContain("2026,automated_detection,Yes,20");
        csv.ShouldContain("2026,source,SOURCE_TRUSTED_FLAGGER,7");
    }

    [Fact]
    public void It_agrees_with_what_was_told() => TransparencyReport.Differences(Of(Mapping), Of(Mapping)).ShouldBeEmpty();

    /// <summary>Every single row of the mapping, changed to another value of its field, is noticed.</summary>
    [Fact]
    public void One_wrong_mapping_makes_the_reconciliation_fail()
    {
        var told = Of(Mapping);
        var mutants = Mutants().ToList();
        mutants.Count.ShouldBe(Mapping.Subjects.Count + Mapping.Restrictions.Count + Mapping.Origins.Count + Mapping.Automations.Count);
        foreach (var (name, mutant) in mutants) TransparencyReport.Differences(Of(mutant), told).ShouldNotBeEmpty(name);
    }

    [Fact]
    public void A_statement_that_was_told_but_is_not_in_the_log_is_noticed()
    {
        TransparencyReport.Differences(TransparencyReport.Count(Log.Skip(1).Select(Mapping.Payload)), Of(Mapping)).ShouldNotBeEmpty();
        JsonNode.Parse(JsonSerializer.Serialize(Mapping.Payload(Log[0]), TransparencyPayload.Json))!["decision_facts"].ShouldNotBeNull();
    }

    private static IEnumerable<(string, TransparencyMapping)> Mutants()
    {
        foreach (var (name, row) in Mapping.Subjects)
            yield return (name, Mapping with { Subjects = Changed(Mapping.Subjects, name, row with { Category = row.Category == "STATEMENT_CATEGORY_VIOLENCE" ? "STATEMENT_CATEGORY_SELF_HARM" : "STATEMENT_CATEGORY_VIOLENCE" }) });
        foreach (var (name, row) in Mapping.Restrictions)
            yield return (name, Mapping with { Restrictions = Changed(Mapping.Restrictions, name, row with { Value = Mapping.Vocabulary[row.Field].First(value => value != row.Value) }) });
        foreach (var (name, row) in Mapping.Origins)
            yield return (name, Mapping with { Origins = Changed(Mapping.Origins, name, row with { Value = Mapping.Vocabulary["source_type"].First(value => value != row.Value) }) });
        foreach (var (name, row) in Mapping.Automations)
            yield return (name, Mapping with { Automations = Changed(Mapping.Automations, name, row with { Value = Mapping.Vocabulary["automated_decision"].First(value => value != row.Value) }) });
    }

    private static Dictionary<string, T> Changed<T>(IReadOnlyDictionary<string, T> rows, string name, T row) => rows.ToDictionary(pair => pair.Key, pair => pair.Key == name ? row : pair.Value);
}
