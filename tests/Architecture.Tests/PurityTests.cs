using System.Text.RegularExpressions;

namespace ImageRights.Architecture.Tests;

/// <summary>Deciders are pure: what they import and call is checked in their source, because a reference that is only transitive would not show in the project file.</summary>
public partial class PurityTests
{
    private static readonly string[] AggregateFolders = ["Images", "Works", "Licences", "Cases", "Screening", "Endpoints", "Deliveries", "Pictures", "Slots", "Sellers", "Settlements", "Letters", "Notices", "StatementsOfReasons", "Reporters", "Priority", "Messages", "Erasures"];

    public static TheoryData<string> AggregateFiles()
    {
        var data = new TheoryData<string>();
        // Identities are drawn at the doors and handed in; the types that draw them decide nothing, and what Notification calls notices are messages.
        foreach (var file in Repository.TrackedFiles.Where(file => !file.EndsWith("Id.cs", StringComparison.Ordinal) && !file.StartsWith("services/Notification/Notices/", StringComparison.Ordinal) && Regex.IsMatch(file, $"^services/[A-Za-z]+/({string.Join('|', AggregateFolders)})/[^/]+\\.cs$"))) data.Add(file);
        return data;
    }

    [Fact]
    public void There_are_aggregates_to_check() => AggregateFiles().Count.ShouldBeGreaterThan(4);

    [Theory]
    [MemberData(nameof(AggregateFiles))]
    public void An_aggregate_uses_no_package_no_clock_and_no_input_or_output(string file)
    {
        var source = Repository.Read(file);
        Import().Matches(source).Select(match => match.Groups[1].Value)
            .Where(import => !import.StartsWith("System", StringComparison.Ordinal) && !import.StartsWith("ImageRights.", StringComparison.Ordinal))
            .ShouldBeEmpty();
        source.ShouldNotContain("using ImageRights.EventStore");
        source.ShouldNotContain("using ImageRights.ServiceDefaults");
        Impure().Matches(source).Select(match => match.Value).ShouldBeEmpty();
    }

    [GeneratedRegex(@"^using (?:static )?([A-Za-z.]+);", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|TimeProvider|Guid\.(NewGuid|CreateVersion7)|\bFile\.|HttpClient|new Random|Random\.Shared|async ")]
    private static partial Regex Impure();
}
