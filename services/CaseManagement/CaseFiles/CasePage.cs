using System.Globalization;
using System.Text.Json;
using ImageRights.CaseManagement.Regimes;

namespace ImageRights.CaseManagement.CaseFiles;

/// <summary>What a person reads of a case: the same content as a web page and as a printed one.</summary>
/// <param name="Signed">The checkpoint, as it is signed.</param>
/// <param name="Gaps">What is missing, and why.</param>
internal sealed record CasePage(
    string CaseId, DateTimeOffset CreatedAt, IReadOnlyList<PageFact> Facts, IReadOnlyList<PagePicture> Pictures, IReadOnlyList<PageFinding> Findings, IReadOnlyList<PageEntry> Entries,
    IReadOnlyList<PageDocument> Documents, string Signed, IReadOnlyList<string> Gaps);

internal sealed record PageFact(Words Name, string Value);

/// <param name="Jpeg">Drawn anew; null where it could not be.</param>
/// <param name="Iscc">Image-Code of ISO 24138:2024; null where it is not known.</param>
internal sealed record PagePicture(string Role, Words Name, string Id, string? Caption, string Sha256, byte[]? Jpeg, string? Iscc)
{
    /// <summary>What is written below it.</summary>
    public IReadOnlyList<string> Lines => [.. new[] { Id, Caption, $"SHA-256 {Sha256}", Iscc }.OfType<string>()];
}

internal sealed record PageEntry(DateTimeOffset At, string Stream, long Version, Words Line, IReadOnlyList<PageFact> Details);

internal sealed record PageDocument(string Name, IReadOnlyList<PageFact> Lines);

/// <summary>Events in words. An event type without words of its own is told by its stored name, so that a new one needs none.</summary>
internal static class EventWords
{
    // What is longer is for programs, which find it in the event.
    private const int Longest = 200;

    // For programs, or told where the finding is; the event's file has it.
    private static readonly HashSet<string> OffPage = ["features", "pdq", "pdqDihedrals", "pdqQuality", "dHash", "lumaSha256", "thresholds", "evidence", "$sealed"];

    // Whose values have words of their own.
    private static readonly HashSet<string> Worded = ["band", "disposition", "transform"];

    private static readonly Dictionary<string, Words> Lines = Read("Lines.json");
    private static readonly Dictionary<string, Words> Members = Read("Members.json");
    private static readonly Dictionary<string, Words> Values = Read("Values.json");

    /// <summary>What happened, in a few words.</summary>
    public static Words Of(string type)
    {
        // The version of the stored form is not part of what happened.
        var name = type.LastIndexOf("_v", StringComparison.Ordinal) is > 0 and var version && type[(version + 2)..].All(char.IsAsciiDigit) ? type[..version] : type;
        return Lines.TryGetValue(name, out var line) ? line : Plain(name.Replace('_', ' '));
    }

    /// <summary>The members of an event, one line each; what has members in turn by their path.</summary>
    public static IEnumerable<PageFact> Details(JsonElement data) => data.ValueKind != JsonValueKind.Object ? [] : data.EnumerateObject().Where(member => !OffPage.Contains(member.Name)).SelectMany(member => member.Value.ValueKind switch
    {
        JsonValueKind.Object => Details(member.Value),
        JsonValueKind.Null => [],
        JsonValueKind.Array when member.Value.GetArrayLength() == 0 => [],
        JsonValueKind.Array => [new PageFact(Member(member.Name), List(member.Value))],
        _ when Worded.Contains(member.Name) => [new PageFact(Member(member.Name), Value(Text(member.Value)))],
        _ => [new PageFact(Member(member.Name), Text(member.Value))],
    });

    /// <summary>A member's name in words.</summary>
    public static Words Member(string name) => Members.TryGetValue(name, out var words)
        ? words
        : Plain(string.Concat(name.Select(letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString())));

    /// <summary>A stored value in words; as it is stored where there are none.</summary>
    public static string Value(string value) => Values.TryGetValue(value, out var words) ? $"{words.En} {words.Zh}" : value;

    /// <summary>What a class of match says.</summary>
    public static Words Class(string name) => Values.TryGetValue(name, out var words) ? words : Plain(name);

    private static string Text(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length > Longest && text.All(letter => char.IsAscii(letter) && letter != ' ') ? $"{text[..24]}… ({text.Length})" : text;
    }

    private static string List(JsonElement list) => list.GetRawText().Length > Longest && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
        ? list.GetArrayLength().ToString(CultureInfo.InvariantCulture)
        : string.Join(", ", list.EnumerateArray().Select(Text));

    private static Words Plain(string name) => new(name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..], "");

    private static Dictionary<string, Words> Read(string resource)
    {
        using var stream = typeof(EventWords).Assembly.GetManifestResourceStream($"CaseFiles/{resource}")!;
        return JsonSerializer.Deserialize<Dictionary<string, Words>>(stream, JsonSerializerOptions.Web)!;
    }
}
