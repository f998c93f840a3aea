using System.Globalization;
using System.Text;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>What callers may write, the same in every service: of an account that one service refuses, another can know no picture.</summary>
public static class Texts
{
    /// <summary>Longest identifier of the marketplace's.</summary>
    public const int LongestIdentifier = 128;

    /// <summary>Whether a text is an identifier of the marketplace's, such as an account: 1 to 128 visible characters.</summary>
    public static bool IsIdentifier(string? text) =>
        text is { Length: > 0 and <= LongestIdentifier } && text.EnumerateRunes().All(rune => IsText(rune) && !Rune.IsWhiteSpace(rune));

    /// <summary>Whether it is a character that people see, or a blank.</summary>
    public static bool IsText(Rune rune) => rune.Value != 0xFFFD && Rune.GetUnicodeCategory(rune)
        // U+FFFD stands for what was no character; format characters (bidirectional overrides, zero width) disguise one name as another.
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);

    /// <summary>The latest day that has begun somewhere on earth: the calendar day of who writes may be ahead of UTC's by up to 14 hours.</summary>
    public static DateOnly LatestDay(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime.AddHours(14));
}
