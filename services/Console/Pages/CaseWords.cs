using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageRights.Console.Pages;

/// <summary>A text in both languages.</summary>
public record Phrase(string En, string Zh)
{
    /// <summary>In one of them.</summary>
    public string In(bool chinese) => chinese ? Zh : En;

    /// <summary>What is the same in both, such as a name.</summary>
    public static Phrase Same(string text) => new(text, text);
}

/// <summary>What a step's form asks besides a reason.</summary>
/// <param name="Kind"><c>text</c>, <c>number</c>, <c>instant</c>, <c>choice</c>, <c>flag</c> or <c>list</c>.</param>
/// <param name="Options">What can be chosen.</param>
public sealed record StepField(string Name, string En, string Zh, string Kind, bool IsRequired, IReadOnlyList<string>? Options = null) : Phrase(En, Zh)
{
    /// <summary>What was filled in, as the service takes it; null where nothing was.</summary>
    /// <exception cref="FormatException">It is no number or no instant.</exception>
    public JsonNode? Read(string? given) => Kind switch
    {
        "flag" => given == "on",
        _ when string.IsNullOrWhiteSpace(given) => null,
        "number" => decimal.Parse(given, System.Globalization.NumberStyles.Number, System.Globalization.CultureInfo.InvariantCulture),
        "instant" => DateTimeOffset.Parse(given, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal).ToUniversalTime().ToString("O"),
        "list" => new JsonArray([.. given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]),
        _ => given.Trim(),
    };
}

/// <summary>What a step is called and what its form asks.</summary>
public sealed record StepWords(string En, string Zh, IReadOnlyList<StepField> Fields) : Phrase(En, Zh);

/// <summary>Facts and steps of cases in words that people use: <c>case-words.json</c>.</summary>
public sealed record CaseWords(IReadOnlyDictionary<string, Phrase> Facts, IReadOnlyDictionary<string, StepWords> Steps)
{
    /// <summary>Those of this console.</summary>
    public static CaseWords All { get; } = Read();

    private static CaseWords Read()
    {
        using var stream = typeof(CaseWords).Assembly.GetManifestResourceStream("case-words.json")!;
        return JsonSerializer.Deserialize<CaseWords>(stream, JsonSerializerOptions.Web)!;
    }
}
