using System.Globalization;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Intake;

/// <summary>Reads a request's text fields by name; the first fault is kept in <see cref="Rejection"/>, and values mean nothing once it is set.</summary>
/// <param name="text">Gives a field's text, or null when the request lacks it.</param>
/// <param name="given">Names of the request's fields, where one that is never asked for is a fault.</param>
public sealed class FieldReader(Func<string, string?> text, IReadOnlyCollection<string>? given = null)
{
    private readonly HashSet<string> known = [];
    private Rejection? fault;

    /// <summary>The first fault, to be looked at when all is read. A field that nothing asked for goes first: misspelt, it is why another one is missing.</summary>
    public Rejection? Rejection => given?.FirstOrDefault(name => !known.Contains(name)) is { } unknown ? Rejection.UnknownField(unknown, Pointer(unknown)) : fault;

    /// <summary>JSON Pointer of a field (RFC 6901).</summary>
    public static string Pointer(string name) => $"/{Rejection.Escape(name)}";

    /// <summary>An identifier of the marketplace's as a segment of a path: a slash in it stays encoded there.</summary>
    public static string OfPath(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>A required identifier.</summary>
    public string Identifier(string name)
    {
        if (Field(name) is not { Length: > 0 } value) return Refuse(name, $"{name} is missing.", "");
        return Texts.IsIdentifier(value) ? value : Refuse(name, $"{name} takes 1 to {Texts.LongestIdentifier} visible characters.", "");
    }

    /// <summary>An identifier that may be left out or empty.</summary>
    public string? OptionalIdentifier(string name) => Field(name) is { Length: > 0 } ? Identifier(name) : null;

    /// <summary>A required line of text; blanks around it are dropped.</summary>
    public string Line(string name, int longest)
    {
        var value = Field(name)?.Trim() ?? "";
        if (value.Length == 0) return Refuse(name, $"{name} is missing.", "");
        return value.Length <= longest && value.EnumerateRunes().All(Texts.IsText) ? value : Refuse(name, $"{name} takes one line of at most {longest} characters.", "");
    }

    /// <summary>Text of several lines that may be left out.</summary>
    public string? OptionalText(string name, int longest)
    {
        var value = Field(name)?.ReplaceLineEndings("\n").Trim() ?? "";
        if (value.Length == 0) return null;
        return value.Length <= longest && value.EnumerateRunes().All(rune => rune.Value is '\n' or '\t' || Texts.IsText(rune))
            ? value
            : Refuse(name, $"{name} takes text of at most {longest} characters.", "");
    }

    /// <summary>One of an enumeration's names, in any case.</summary>
    public TEnum OneOf<TEnum>(string name, TEnum otherwise) where TEnum : struct, Enum
    {
        if (Field(name) is not { Length: > 0 } value) return otherwise;
        foreach (var member in Enum.GetValues<TEnum>())
        {
            if (value.Equals(member.ToString(), StringComparison.OrdinalIgnoreCase)) return member;
        }
        return Refuse(name, $"{name} takes {string.Join(", ", Enum.GetNames<TEnum>())}.", otherwise);
    }

    /// <summary>A day that has begun, yyyy-MM-dd, that may be left out.</summary>
    public DateOnly? OptionalPastDay(string name, DateTimeOffset now)
    {
        if (Field(name) is not { Length: > 0 } value) return null;
        if (!DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return Refuse<DateOnly?>(name, $"{name} takes a day as yyyy-MM-dd.", null);
        return day <= Texts.LatestDay(now) ? day : Refuse<DateOnly?>(name, $"{name} lies in the future.", null);
    }

    private T Refuse<T>(string name, string detail, T value)
    {
        fault ??= new Rejection("Request_Invalid", detail, Pointer(name));
        return value;
    }

    private string? Field(string name)
    {
        known.Add(name);
        return text(name);
    }
}
