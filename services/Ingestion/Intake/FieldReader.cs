using System.Globalization;
using System.Text;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Intake;

/// <summary>Reads a request's text fields by name; the first fault is kept in <see cref="Rejection"/>, and values mean nothing once it is set.</summary>
/// <param name="field">Gives a field's text, or null when the request lacks it.</param>
public sealed class FieldReader(Func<string, string?> field)
{
    /// <summary>Longest identifier of the marketplace's.</summary>
    public const int LongestIdentifier = 128;

    /// <summary>The first fault.</summary>
    public Rejection? Rejection { get; private set; }

    /// <summary>JSON Pointer of a field (RFC 6901).</summary>
    public static string Pointer(string name) => "/" + name.Replace("~", "~0").Replace("/", "~1");

    /// <summary>Whether a text is 1 to 128 visible characters.</summary>
    public static bool IsIdentifier(string? text) =>
        text is { Length: > 0 and <= LongestIdentifier } && text.EnumerateRunes().All(rune => IsText(rune) && !Rune.IsWhiteSpace(rune));

    /// <summary>An identifier of the marketplace's as a segment of a path: a slash in it stays encoded there.</summary>
    public static string OfPath(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>A required identifier.</summary>
    public string Identifier(string name)
    {
        if (field(name) is not { Length: > 0 } value) return Refuse(name, $"{name} is missing.", "");
        return IsIdentifier(value) ? value : Refuse(name, $"{name} takes 1 to {LongestIdentifier} visible characters.", "");
    }

    /// <summary>An identifier that may be left out or empty.</summary>
    public string? OptionalIdentifier(string name) => field(name) is { Length: > 0 } ? Identifier(name) : null;

    /// <summary>A required line of text; blanks around it are dropped.</summary>
    public string Line(string name, int longest)
    {
        var value = field(name)?.Trim() ?? "";
        if (value.Length == 0) return Refuse(name, $"{name} is missing.", "");
        return value.Length <= longest && value.EnumerateRunes().All(IsText) ? value : Refuse(name, $"{name} takes one line of at most {longest} characters.", "");
    }

    /// <summary>Text of several lines that may be left out.</summary>
    public string? OptionalText(string name, int longest)
    {
        var value = field(name)?.ReplaceLineEndings("\n").Trim() ?? "";
        if (value.Length == 0) return null;
        return value.Length <= longest && value.EnumerateRunes().All(rune => rune.Value is '\n' or '\t' || IsText(rune))
            ? value
            : Refuse(name, $"{name} takes text of at most {longest} characters.", "");
    }

    /// <summary>One of an enumeration's names, in any case.</summary>
    public TEnum OneOf<TEnum>(string name, TEnum otherwise) where TEnum : struct, Enum
    {
        if (field(name) is not { Length: > 0 } value) return otherwise;
        foreach (var member in Enum.GetValues<TEnum>())
        {
            if (value.Equals(member.ToString(), StringComparison.OrdinalIgnoreCase)) return member;
        }
        return Refuse(name, $"{name} takes {string.Join(", ", Enum.GetNames<TEnum>())}.", otherwise);
    }

    /// <summary>A day, yyyy-MM-dd, that may be left out.</summary>
    public DateOnly? OptionalDay(string name)
    {
        if (field(name) is not { Length: > 0 } value) return null;
        return DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : Refuse<DateOnly?>(name, $"{name} takes a day as yyyy-MM-dd.", null);
    }

    private T Refuse<T>(string name, string detail, T value)
    {
        Rejection ??= new Rejection("Request_Invalid", detail, Pointer(name));
        return value;
    }

    // U+FFFD stands for what was no character; format characters (bidirectional overrides, zero width) disguise one name as another.
    private static bool IsText(Rune rune) => rune.Value != 0xFFFD && Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
}
