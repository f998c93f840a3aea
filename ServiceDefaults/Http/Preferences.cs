using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>What callers prefer: the headers Prefer (RFC 7240) and Accept-Language (RFC 9110, section 12.5.4).</summary>
public static class Preferences
{
    /// <summary>The language that the caller prefers; null when none is named.</summary>
    public static string? PreferredLanguage(this HttpContext context) =>
        context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).FirstOrDefault()?.Value.Value;

    /// <summary>Whether the caller prefers Chinese; English otherwise.</summary>
    public static bool PrefersChinese(this HttpContext context) => context.PreferredLanguage()?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>How long the caller would wait for the outcome (<c>Prefer: wait=N</c>, whole seconds), at most <paramref name="longest"/>; zero without the preference.
    /// A preference that is not understood is no error: it is ignored, and not named in Preference-Applied.</summary>
    public static TimeSpan PreferredWait(this HttpRequest request, TimeSpan longest)
    {
        foreach (var preference in request.Headers["Prefer"].SelectMany(line => (line ?? "").Split(',')))
        {
            var pair = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (!pair[0].Equals("wait", StringComparison.OrdinalIgnoreCase)) continue;
            // The first of several counts.
            var value = pair.Length == 2 ? pair[1] : "";
            if (value is ['"', .. var quoted, '"']) value = quoted;
            if (value.Length is 0 or > 9 || !value.All(char.IsAsciiDigit)) return TimeSpan.Zero;
            return TimeSpan.FromSeconds(Math.Min(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture), (int)longest.TotalSeconds));
        }
        return TimeSpan.Zero;
    }
}
