using System.Reflection;
using System.Text.Json;

namespace ImageRights.ServiceDefaults.Problems;

/// <summary>One code with its HTTP status and texts.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="En">English title.</param>
/// <param name="Zh">Chinese title.</param>
public sealed record ProblemEntry(int Status, string En, string Zh);

/// <summary>All codes a service answers with: the house's own and those of the service's embedded <c>problems.json</c>.</summary>
public sealed class ProblemCatalogue
{
    private readonly Dictionary<string, ProblemEntry> entries = [];

    /// <summary>Reads the embedded <c>problems.json</c> of this assembly and of <paramref name="service"/>.</summary>
    public ProblemCatalogue(Assembly service)
    {
        foreach (var assembly in new[] { typeof(ProblemCatalogue).Assembly, service }.Distinct())
        {
            foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith("problems.json", StringComparison.Ordinal)))
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                foreach (var (code, entry) in JsonSerializer.Deserialize<Dictionary<string, ProblemEntry>>(stream, JsonSerializerOptions.Web)!) entries.Add(code, entry);
            }
        }
    }

    /// <summary>All entries by code.</summary>
    public IReadOnlyDictionary<string, ProblemEntry> Entries => entries;

    /// <summary>The entry of a code.</summary>
    /// <exception cref="KeyNotFoundException">The code is not in the catalogue: a bug.</exception>
    public ProblemEntry this[string code] => entries[code];
}
