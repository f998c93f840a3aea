using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ImageRights.Architecture.Tests;

public partial class TreeTests
{
    private static readonly string[] RootEntries =
    [
        ".ci", ".editorconfig", ".gitattributes", ".github", ".gitignore", "AppHost", "Directory.Build.props", "Directory.Packages.props", "ImageRights.sln",
        "README.md", "ServiceDefaults", "build", "docs", "global.json", "package-lock.json", "package.json", "run.sh", "services", "test.sh", "tests",
    ];

    [Fact]
    public void The_root_holds_what_a_newcomer_expects_and_nothing_else() =>
        Repository.TrackedFiles.Select(file => file.Split('/')[0]).Distinct().Except(RootEntries).ShouldBeEmpty();

    [Fact]
    public void Shared_is_a_closed_list_of_two() =>
        Repository.TrackedFiles.Where(file => file.StartsWith("services/Shared/", StringComparison.Ordinal)).Select(file => file.Split('/')[2]).Distinct().Order()
            .ShouldBe(["Contracts", "EventStore"]);

    [Fact]
    public void No_folder_is_a_swamp() =>
        Repository.TrackedFiles.Where(file => SwampName().IsMatch(file)).ShouldBeEmpty();

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("ImageRights.sln").Replace('\\', '/');
        Repository.TrackedFiles.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && !file.StartsWith("docs/", StringComparison.Ordinal) && !solution.Contains(file, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_has_its_lock_file() =>
        Repository.TrackedFiles.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(project => !Repository.TrackedFiles.Contains(Path.GetDirectoryName(project) + "/packages.lock.json"))
            .ShouldBeEmpty();

    [Fact]
    public void Programs_are_short()
    {
        foreach (var service in Repository.Services)
            Repository.Read($"services/{service}/Program.cs").Split('\n').Length.ShouldBeLessThanOrEqualTo(41, service);
    }

    [Fact]
    public void Services_reference_only_the_shared_two_and_the_defaults()
    {
        foreach (var service in Repository.Services)
        {
            var project = XDocument.Parse(Repository.Read($"services/{service}/{service}.csproj"));
            project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
                .Except(["Contracts", "EventStore", "ServiceDefaults"]).ShouldBeEmpty(service);
        }
    }

    [Fact]
    public void No_secret_machine_path_or_registry_host_is_committed()
    {
        foreach (var file in Repository.TrackedFiles.Where(file => !Binary().IsMatch(file) && !file.EndsWith("TreeTests.cs", StringComparison.Ordinal)))
        {
            var text = Repository.Read(file);
            text.Contains("/root/", StringComparison.Ordinal).ShouldBeFalse(file);
            text.Contains("-----BEGIN PRIVATE KEY", StringComparison.Ordinal).ShouldBeFalse(file);
            text.Contains("registry.npmjs.org", StringComparison.Ordinal).ShouldBeFalse(file);
            text.Contains("api.nuget.org", StringComparison.Ordinal).ShouldBeFalse(file);
        }
    }

    [GeneratedRegex("(^|/)(Helpers|Utils|Utilities|Common|Core|Misc)/")]
    private static partial Regex SwampName();

    [GeneratedRegex(@"\.(png|jpe?g|webp|gif|avif|so|dll|bin|ico|woff2?|pdf|tiff?|bmp)$")]
    private static partial Regex Binary();
}
