using System.Security.Cryptography;

namespace ImageRights.Dashboard.Pages;

/// <summary>Style sheets and scripts, embedded at build. Their addresses carry a hash of the content, so browsers may keep them for good.</summary>
internal static class WebAssets
{
    private const string Prefix = "assets/";

    private static readonly Dictionary<string, (byte[] Content, string Version)> Files = typeof(WebAssets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(name => name[Prefix.Length..], Load);

    public static string Url(string name) => $"/assets/{name}?v={Files[name].Version}";

    public static byte[]? Find(string name) => Files.TryGetValue(name, out var file) ? file.Content : null;

    public static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static (byte[], string) Load(string name)
    {
        using var resource = typeof(WebAssets).Assembly.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return (content.ToArray(), Convert.ToHexStringLower(SHA256.HashData(content.ToArray()))[..12]);
    }
}
