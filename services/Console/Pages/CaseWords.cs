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
/// <param name="Kind"><c>text</c>, <c>number</c>, <c>instant</c>, <c>choice</c>, <c>flag</c>, <c>affirmation</c> (a sentence to agree to) or <c>list</c>.</param>
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

/// <summary>What an element of a law's form is called and how it is filled in, as in <see cref="StepField"/>.</summary>
public sealed record ElementWords(string En, string Zh, string Kind, IReadOnlyList<string>? Options = null) : Phrase(En, Zh);

/// <summary>Facts, steps, elements of forms and reasons in words that people use: <c>case-words.json</c>.</summary>
/// <param name="Grounds">Reasons that are offered for a step, or else to who takes it: a part of a case, or the desk.</param>
public sealed record CaseWords(
    IReadOnlyDictionary<string, Phrase> Facts, IReadOnlyDictionary<string, StepWords> Steps, IReadOnlyDictionary<string, ElementWords> Elements, IReadOnlyDictionary<string, Phrase> Reasons,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Grounds)
{
    /// <summary>The step that takes the elements of its law's form.</summary>
    public const string Objection = "counter-notice";

    /// <summary>What the names of their fields begin with.</summary>
    public const string ElementPrefix = "elements.";

    /// <summary>The reasons that are offered.</summary>
    /// <param name="by">Part of a party, or null for the desk.</param>
    public IReadOnlyList<string> GroundsFor(string step, string? by) => Grounds.GetValueOrDefault(step) ?? Grounds[by ?? "desk"];

    /// <summary>Those of this console.</summary>
    public static CaseWords All { get; } = Read();

    /// <summary>An element as a form asks for it; one without words here by what its law's pack says of it.</summary>
    public StepField FieldOf(Peers.RegimeField element) => Elements.TryGetValue(element.Name, out var words)
        ? new(ElementPrefix + element.Name, words.En, words.Zh, words.Kind, element.Code is not null, words.Options)
        : new(ElementPrefix + element.Name, element.Meaning, element.Meaning, "text", element.Code is not null);

    private static CaseWords Read()
    {
        using var stream = typeof(CaseWords).Assembly.GetManifestResourceStream("case-words.json")!;
        return JsonSerializer.Deserialize<CaseWords>(stream, JsonSerializerOptions.Web)!;
    }
}
