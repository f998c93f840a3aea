using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using NodaTime;
using NodaTime.TimeZones;

namespace ImageRights.CaseManagement.Features;

/// <summary>What texts from outside may look like. PostgreSQL stores no NUL in text or jsonb, so that a control character must be refused here.</summary>
internal static class Fields
{
    private const int LongestId = 128;
    private const int LongestText = 256;
    private const int LongestStatement = 4000;
    private const int LongestCode = 64;
    private static readonly (DateTimeOffset First, DateTimeOffset Last) Times = (new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly HashSet<string> Countries = [.. TzdbDateTimeZoneSource.Default.ZoneLocations!.Select(place => place.CountryCode)];

    /// <summary>An id of the marketplace or of ours.</summary>
    public static Rejection? Id(string? value, string pointer, bool required = false) =>
        string.IsNullOrWhiteSpace(value) ? (required || value is not null ? Invalid(pointer, "is missing") : null)
        : value.Length > LongestId || value.Any(char.IsControl) ? Invalid(pointer, $"takes at most {LongestId} visible characters")
        : null;

    /// <summary>An account of the marketplace's, as Ingestion takes it: of another text no picture could ever be.</summary>
    public static Rejection? Account(string? value, string pointer) =>
        value is null || Texts.IsIdentifier(value) ? null : Invalid(pointer, $"takes 1 to {Texts.LongestIdentifier} visible characters");

    /// <summary>A short text, such as a file number or the name of a court.</summary>
    public static Rejection? Text(string? value, string pointer, bool required = false) =>
        string.IsNullOrWhiteSpace(value) ? (required ? Invalid(pointer, "is missing") : null)
        : value.Length > LongestText || value.Any(char.IsControl) ? Invalid(pointer, $"takes at most {LongestText} visible characters")
        : null;

    /// <summary>A stable code; absence is for the rules to judge.</summary>
    public static Rejection? Code(string? value, string pointer) =>
        string.IsNullOrEmpty(value) || (value.Length <= LongestCode && char.IsAsciiLetter(value[0]) && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
            ? null
            : Invalid(pointer, $"takes at most {LongestCode} letters, digits and underscores, a letter first");

    /// <summary>Somebody's own words; absence is for the rules to judge.</summary>
    public static Rejection? Statement(string? value, string pointer) =>
        value is { Length: > LongestStatement } ? Invalid(pointer, $"takes at most {LongestStatement} characters")
        : value?.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')) == true ? Invalid(pointer, "has a control character")
        : null;

    /// <summary>A day that has begun somewhere on earth.</summary>
    public static Rejection? PastDay(LocalDate? value, string pointer, DateTimeOffset now) =>
        value?.ToDateOnly() > Texts.LatestDay(now) ? Invalid(pointer, "lies in the future") : null;

    /// <summary>A day that has not ended everywhere on earth.</summary>
    public static Rejection? Unexpired(LocalDate? value, string pointer, DateTimeOffset now) =>
        value?.ToDateOnly() < DateOnly.FromDateTime(now.UtcDateTime.AddHours(-12)) ? Invalid(pointer, "lies in the past") : null;

    /// <summary>Whether terms can be reckoned from there: from 2000 until 2100.</summary>
    public static bool IsInRange(DateTimeOffset at) => at >= Times.First && at < Times.Last;

    /// <summary>A country by its two capital letters of ISO 3166, among those that have a time zone: all that people live in.</summary>
    public static Rejection? Country(string? code, string pointer) => Countries.Contains(code ?? "") ? null : Invalid(pointer, "takes the two capital letters of a country (ISO 3166)");

    /// <summary>One of an enumeration's names, exactly.</summary>
    public static bool TryChoice<T>(string? value, string pointer, out T choice, out Rejection? invalid) where T : struct, Enum
    {
        // Enum.TryParse also takes numbers and lists.
        var isName = Enum.GetNames<T>().Contains(value);
        choice = isName ? Enum.Parse<T>(value!) : default;
        invalid = isName ? null : Invalid(pointer, $"takes one of {string.Join(", ", Enum.GetNames<T>())}");
        return isName;
    }

    /// <summary>Whether it is a SHA-256 in lower-case hexadecimal digits.</summary>
    public static bool IsDigest(string value) => value.Length == 64 && value.All(char.IsAsciiHexDigitLower);

    public static Rejection Invalid(string pointer, string what) => new("Request_Invalid", $"{pointer[1..]} {what}.", pointer);
}
