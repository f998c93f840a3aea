using System.Text.RegularExpressions;

namespace ImageRights.CaseManagement.StatementsOfReasons;

/// <summary>Looks for personal data in free text before it leaves the house. It refuses too much rather than too little: a person then words the text anew.</summary>
public static partial class PersonalDataSearch
{
    private const int FewestDigitsOfANumber = 7;
    private const int ShortestPartOfAName = 4;

    /// <summary>What was found first, or null.</summary>
    /// <param name="knownNames">Names, accounts and contacts of parties that the case knows.</param>
    public static string? Find(string text, IReadOnlyCollection<string> knownNames)
    {
        if (Mail().Match(text) is { Success: true } mail) return mail.Value;
        if (Handle().Match(text) is { Success: true } handle) return handle.Value;
        if (Iban().Match(text) is { Success: true } account) return account.Value;
        // Dates, our own ids and numbers of statutes are long too.
        var rest = Citation().Replace(Identity().Replace(Day().Replace(text, " "), " "), " ");
        foreach (Match number in Number().Matches(rest))
        {
            if (number.Value.Count(char.IsDigit) >= FewestDigitsOfANumber) return number.Value;
        }
        return knownNames.SelectMany(Parts).FirstOrDefault(name => Names(text, name));
    }

    private static IEnumerable<string> Parts(string name)
    {
        var whole = name.Trim();
        if (whole.Length < 2) return [];
        // A word of an address, such as a street's number, names nobody; a whole line does.
        return whole.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 1 and <= 4 } words
            ? [whole, .. words.Where(word => word.Length >= ShortestPartOfAName && char.IsUpper(word[0]))]
            : [whole];
    }

    private static bool Names(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            // Chinese has no spaces between words; elsewhere Lin is not found in "linen".
            var isWord = name[0] >= '\u2e80' || ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + name.Length == text.Length || !char.IsLetterOrDigit(text[at + name.Length])));
            if (isWord) return true;
        }
        return false;
    }

    [GeneratedRegex(@"[^\s@<>()]+\s?(@|＠|\(at\)|\[at\])\s?[^\s@<>()]+\.[\p{L}]{2,}", RegexOptions.IgnoreCase)]
    private static partial Regex Mail();

    [GeneratedRegex(@"(?<![A-Za-z0-9_@])@\w{2,}")]
    private static partial Regex Handle();

    [GeneratedRegex(@"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")]
    private static partial Regex Iban();

    [GeneratedRegex(@"\b\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?\b")]
    private static partial Regex Day();

    [GeneratedRegex(@"\b[a-z]{3,4}_[0-9a-f]{32}(_\d+)?\b")]
    private static partial Regex Identity();

    [GeneratedRegex(@"(?<!\d)\d{2,4}/\d{1,4}(/[A-Z]{2,3})?(?!\d)")]
    private static partial Regex Citation();

    [GeneratedRegex(@"(?<![A-Za-z0-9_.])[+(]{0,2}[0-9][0-9\s()./-]{5,}[0-9](?![A-WYZa-wyz0-9_])")]
    private static partial Regex Number();
}
