using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>Entity tags are stream versions (RFC 9110, 8.8.3): a write names the version it was decided on.</summary>
public static class Preconditions
{
    /// <summary>Sets ETag to the stream's version.</summary>
    public static void SetVersion(this HttpResponse response, long version) => response.Headers.ETag = $"\"{version}\"";

    /// <summary>Compares If-Match with the version at hand; null when the write may go on.</summary>
    public static Rejection? CheckVersion(this HttpRequest request, long version)
    {
        if (request.Headers.IfMatch.Count == 0) return new Rejection("If_Match_Missing");
        if (request.Headers.IfMatch.ToString() == "*") return null;
        if (!EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out var tags)) return new Rejection("If_Match_Malformed");
        // A weak tag matches nothing here (RFC 9110, 13.1.1).
        return tags.Any(tag => !tag.IsWeak && tag.Tag == $"\"{version}\"") ? null : new Rejection("Version_Stale", $"It is at version {version}.");
    }
}
