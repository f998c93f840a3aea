using System.Text.RegularExpressions;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.UnitTests;

public partial class ProblemTests
{
    private static readonly ProblemCatalogue Catalogue = new(typeof(Composition).Assembly);

    [Fact]
    public void Every_code_has_a_status_and_both_texts()
    {
        foreach (var (code, entry) in Catalogue.Entries)
        {
            entry.Status.ShouldBeInRange(400, 599, code);
            entry.En.ShouldNotBeNullOrWhiteSpace(code);
            Chinese().IsMatch(entry.Zh).ShouldBeTrue(code);
        }
    }

    [Theory]
    [InlineData("Image_Too_Large", 413)]
    [InlineData("Image_Truncated", 422)]
    [InlineData("Image_Not_Found", 404)]
    [InlineData("Dependency_Unavailable", 503)]
    public void Codes_have_the_status_that_was_agreed(string code, int status) => Catalogue[code].Status.ShouldBe(status);

    [Fact]
    public void Every_code_that_the_source_names_is_in_the_catalogue()
    {
        var named = Directory.EnumerateFiles(SourceDirectory(), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => CodeLiteral().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct().ToList();
        named.Count.ShouldBeGreaterThan(20);
        named.Except(Catalogue.Entries.Keys).ShouldBeEmpty();
    }

    private static string SourceDirectory()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ImageRights.sln"))) directory = directory.Parent!;
        return Path.Combine(directory.FullName, "services", "Ingestion");
    }

    [GeneratedRegex("\"((?:Image|Reg|Work|Licence|Upload|Content|Request|Dependency|Event|Picture|Fetch|Parked)_[A-Z][A-Za-z_]+)\"")]
    private static partial Regex CodeLiteral();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();
}
