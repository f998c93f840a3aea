using System.Text.RegularExpressions;

namespace ImageRights.Dashboard.Pages;

/// <summary>
/// Console text with ANSI escapes, as .NET's console logger writes it (<c>ESC[40m ESC[32m info ESC[39m ESC[22m ESC[49m: …</c>):
/// colours become style classes, every other escape and control character is dropped.
/// </summary>
internal static partial class AnsiText
{
    private static readonly string[] Colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

    public static string Strip(string text) => Escape().Replace(text, "");

    public static IReadOnlyList<(string Text, string Style)> Parse(string text)
    {
        var parts = new List<(string, string)>();
        string foreground = "", background = "";
        var bold = false;
        var from = 0;
        foreach (Match escape in Escape().Matches(text))
        {
            Add(text[from..escape.Index]);
            from = escape.Index + escape.Length;
            if (escape.Groups["sgr"] is { Success: true, Value: var codes })
                foreach (var code in codes.Split(';'))
                    Apply(code.Length == 0 ? 0 : int.TryParse(code, out var number) ? number : -1);
        }
        Add(text[from..]);
        return parts;

        void Add(string part)
        {
            if (part.Length > 0)
                parts.Add((part, string.Join(' ', new[] { foreground, background, bold ? "ansi-bold" : "" }.Where(style => style.Length > 0))));
        }

        void Apply(int code)
        {
            switch (code)
            {
                case 0: (foreground, background, bold) = ("", "", false); break;
                case 1: bold = true; break;
                case 22: bold = false; break;
                case >= 30 and <= 37: foreground = "ansi-" + Colours[code - 30]; break;
                case >= 90 and <= 97: foreground = "ansi-" + Colours[code - 90]; break;
                case 39: foreground = ""; break;
                // Only the backgrounds that mean something; black is the page's own business.
                case 41 or 101: background = "ansi-on-red"; break;
                case 43 or 103: background = "ansi-on-yellow"; break;
                case 40 or (>= 42 and <= 49): background = ""; break;
            }
        }
    }

    [GeneratedRegex("""\x1b\[(?<sgr>[\d;]*)m|\x1b\[[\d;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b.?|[\x00-\x08\x0b-\x1f\x7f]""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Escape();
}
