using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace ImageRights.Console.Features.ServingMedia;

/// <summary>A picture as it may be shown: whose, which, how large, until when.</summary>
/// <param name="Bank"><c>images</c> or <c>works</c>.</param>
/// <param name="Side">Pixels of the square that it fits into.</param>
public sealed record MediaLink(string Tenant, string Bank, string Id, int Side, DateTimeOffset Until);

/// <summary>Addresses of pictures at an origin of their own. What is in the address is signed: who has it sees this one picture for minutes, and nothing else counts there, no cookie and no token.</summary>
public sealed class MediaLinks
{
    /// <summary>Longest time that a link lives.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    // Links made in the same minutes are the same, so that a browser keeps the picture from page to page.
    private static readonly TimeSpan Step = Lifetime / 2;

    private readonly byte[] key;
    private readonly TimeProvider clock;

    /// <summary>Reads <c>Media:Origin</c>.</summary>
    /// <exception cref="InvalidOperationException">It is missing, no origin, or the pages' own.</exception>
    public MediaLinks(IConfiguration configuration, Accounts.ConsoleKey console, TimeProvider clock)
    {
        this.clock = clock;
        key = HKDF.DeriveKey(HashAlgorithmName.SHA256, console.Bytes, 32, info: "imagerights media links"u8.ToArray());
        Origin = Uri.TryCreate(configuration["Media:Origin"], UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https" && origin.PathAndQuery == "/"
            ? origin
            : throw new InvalidOperationException("Media:Origin is missing: the address of its own at which pictures are shown, such as https://media.example.com. Start the console through AppHost or set Media__Origin.");
        if (configuration["Access:Issuer"] is { } pages && new Uri(pages).Authority == Origin.Authority)
            throw new InvalidOperationException("Media:Origin is the address of the pages; a picture that turns out to be a page must not be one of theirs.");
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Origin { get; }

    /// <summary>Address of a picture for the next minutes.</summary>
    public string To(string tenant, string bank, string id, int side)
    {
        var until = DateTimeOffset.FromUnixTimeSeconds((clock.GetUtcNow().ToUnixTimeSeconds() / (long)Step.TotalSeconds + 2) * (long)Step.TotalSeconds);
        return To(new MediaLink(tenant, bank, id, side, until));
    }

    /// <summary>Address of a picture.</summary>
    public string To(MediaLink link) => QueryHelpers.AddQueryString($"{Origin}{link.Bank}/{link.Id}", new Dictionary<string, string?>
    {
        ["side"] = link.Side.ToString(CultureInfo.InvariantCulture),
        ["tenant"] = link.Tenant,
        ["until"] = link.Until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        ["signature"] = Base64Url.EncodeToString(Sign(link)),
    });

    /// <summary>What a request's address permits; null when its time is over or it was not made here.</summary>
    public MediaLink? Read(HttpRequest request)
    {
        if (request.Path.Value?.Split('/') is not ["", "images" or "works", { Length: > 0 } id] parts) return null;
        if (!int.TryParse(request.Query["side"], NumberStyles.None, CultureInfo.InvariantCulture, out var side) || !long.TryParse(request.Query["until"], NumberStyles.None, CultureInfo.InvariantCulture, out var until)) return null;
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (until <= now || until > now + Lifetime.TotalSeconds) return null;
        var link = new MediaLink(request.Query["tenant"].ToString(), parts[1], id, side, DateTimeOffset.FromUnixTimeSeconds(until));
        var signature = request.Query["signature"].ToString();
        return Base64Url.IsValid(signature, out var length) && length == HMACSHA256.HashSizeInBytes && CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(signature), Sign(link)) ? link : null;
    }

    private byte[] Sign(MediaLink link) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"GET\n{link.Bank}\n{link.Id}\n{link.Side}\n{link.Until.ToUnixTimeSeconds()}\n{link.Tenant}"));
}
