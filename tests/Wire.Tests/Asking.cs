using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.Wire.Tests;

/// <summary>Addresses of operations, with the ids of things in them.</summary>
internal static partial class Asking
{
    public static string? Code(string text) => text.StartsWith('{') ? (string?)JsonNode.Parse(text)!["code"] : null;

    // Of the same form, and nobody's.
    public static string Unknown(string id) => id.Length <= 8 ? $"9{id}" : id[..^6] + new string([.. id[^6..].Select(letter => letter == '0' ? '1' : '0')]);

    public static string Text(RouteEndpoint route) => route.RoutePattern.RawText is ['/', ..] text ? text : $"/{route.RoutePattern.RawText}";

    public static string Key(RouteEndpoint route) => Text(route)[..(Text(route).IndexOf('}') + 1)];

    public static string At(RouteEndpoint route, string id) => Parameter().Replace(Text(route), id);

    public static string Query(string path, Dictionary<string, string> ids) => path == "/v1/log/proofs/inclusion" ? $"{path}?eventId={ids["/v1/events/{eventId:guid}"]}" : path;

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
