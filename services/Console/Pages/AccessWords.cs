using System.Text.Json;

namespace ImageRights.Console.Pages;

/// <summary>What a role is called, and what it lets a person do.</summary>
public sealed record RoleWords(string En, string Zh, Phrase May) : Phrase(En, Zh);

/// <summary>Roles and scopes in words that people use: <c>access-words.json</c>.</summary>
public sealed record AccessWords(IReadOnlyDictionary<string, RoleWords> Roles, IReadOnlyDictionary<string, Phrase> Scopes)
{
    /// <summary>Those of this console.</summary>
    public static AccessWords All { get; } = Read();

    private static AccessWords Read()
    {
        using var stream = typeof(AccessWords).Assembly.GetManifestResourceStream("access-words.json")!;
        return JsonSerializer.Deserialize<AccessWords>(stream, JsonSerializerOptions.Web)!;
    }
}
