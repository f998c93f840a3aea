using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features;

/// <summary>Languages in which parties are written to.</summary>
internal static class Languages
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = ["en", "zh"];

    /// <summary>Reads <c>?language=</c>, else Accept-Language; English when nothing is said.</summary>
    public static bool TryRead(HttpContext context, out string language, out Rejection? invalid)
    {
        invalid = null;
        language = context.PrefersChinese() ? "zh" : "en";
        if (!context.Request.Query.TryGetValue("language", out var asked)) return true;
        language = asked.ToString();
        if (All.Contains(language)) return true;
        invalid = Fields.Invalid("/language", $"takes {string.Join(", ", All)}");
        return false;
    }
}
