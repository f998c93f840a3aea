using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Contents;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Features.Fingerprinting;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint.Features.Rendering;

/// <summary>Draws pictures anew to be shown, and remembers the last ones. Thread-safe.</summary>
public sealed class Renditions(IngestionContents contents, DecoderPool decoders, Admission admission, IOptions<FingerprintOptions> options) : IDisposable
{
    // A picture that is erased from the vault must not be shown from here for long.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = options.Value.RenditionCacheBytes });

    /// <summary>The picture within a square of <paramref name="side"/> pixels, as a JPEG; or why there is none.</summary>
    public async Task<(byte[]? Jpeg, Rejection? Rejection)> GetAsync(string tenantId, string sha256, int side, CancellationToken cancellationToken)
    {
        var key = (tenantId, sha256, side);
        if (cache.TryGetValue<byte[]>(key, out var known)) return (known, null);
        using var lease = await admission.EnterAsync(cancellationToken);
        if (!lease.IsAcquired) return (null, new Rejection("Dependency_Unavailable", "Too many pictures at once."));
        switch (await contents.FetchAsync(tenantId, sha256, cancellationToken))
        {
            case ContentFetch.Missing:
                return (null, new Rejection(PictureFinder.ContentMissing));
            case ContentFetch.Altered:
                return (null, new Rejection(PictureFinder.ContentAltered));
            case ContentFetch.Found found:
                var (jpeg, rejection) = await RenderAsync(found.Bytes, side, cancellationToken);
                if (jpeg is not null) cache.Set(key, jpeg, new MemoryCacheEntryOptions { Size = jpeg.Length, AbsoluteExpirationRelativeToNow = Remembered });
                return (jpeg, rejection);
            default:
                return (null, new Rejection("Dependency_Unavailable", "The vault does not answer."));
        }
    }

    private async Task<(byte[]? Jpeg, Rejection? Rejection)> RenderAsync(ReadOnlyMemory<byte> bytes, int side, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Activities.StartActivity("render");
        activity?.SetTag("imagerights.picture.bytes", bytes.Length).SetTag("imagerights.rendition.side", side);
        try
        {
            var outcome = await decoders.RenderAsync(bytes, side, cancellationToken);
            return outcome.Succeeded ? (outcome.Value.Jpeg, null) : (null, new Rejection(outcome.Refusal.Code));
        }
        catch (DecoderUnavailableException)
        {
            return (null, new Rejection("Dependency_Unavailable", "No decoder is at hand."));
        }
    }

    /// <inheritdoc />
    public void Dispose() => cache.Dispose();
}
