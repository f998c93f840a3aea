using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Hashing;

namespace ImageRights.Fingerprint.Computing;

/// <summary>Decodes and hashes, or finds what these bytes came to before. Thread-safe.</summary>
public sealed class Fingerprinter(DecoderPool decoders, ILogger<Fingerprinter> logger)
{
    /// <summary>Name and version of the hashes. A change of decoding or hashing that moves bits is a new version.</summary>
    public const string Algorithm = "pdq/1";

    /// <summary>Version of the fingerprint as a whole: counted up when any part of it is new or comes out otherwise. Pictures of a lower version are fingerprinted anew.</summary>
    public const int Version = 3;

    /// <summary>What these bytes came to before, or null.</summary>
    public static async Task<ComputedFingerprint?> FindAsync(DocumentSession session, string sha256, CancellationToken cancellationToken) =>
        await session.LoadAsync<ComputedFingerprint>(sha256, cancellationToken) is { Version: Version } known ? known : null;

    /// <summary>Decodes in a process apart and hashes here.</summary>
    /// <exception cref="DecoderUnavailableException">No decoder; not the picture's fault.</exception>
    public async Task<Outcome<ComputedFingerprint>> ComputeAsync(ReadOnlyMemory<byte> bytes, string sha256, CancellationToken cancellationToken)
    {
        var decoded = await DecodeAsync(bytes, sha256, cancellationToken);
        Telemetry.Pictures.Add(1, new KeyValuePair<string, object?>("outcome", decoded.Refusal?.Code ?? "fingerprinted"));
        if (!decoded.Succeeded)
        {
            logger.LogInformation("Picture {Sha256} of {Bytes} bytes is refused: {Refusal}", sha256, bytes.Length, decoded.Refusal);
            return decoded.Refusal;
        }
        using var activity = Telemetry.Activities.StartActivity("hash");
        var fingerprint = PdqHasher.Compute(decoded.Value);
        activity?.SetTag("imagerights.sha256", sha256).SetTag("imagerights.pdq.quality", fingerprint.Quality);
        var shared = SharedHashes.Of(decoded.Value);
        var header = decoded.Value.Header;
        return new ComputedFingerprint(
            sha256, Algorithm, fingerprint.Hash.Hex, [.. fingerprint.Variants.Select(variant => variant.Hex)], fingerprint.Quality,
            header.Format.ToString().ToUpperInvariant(), header.Width, header.Height, FeatureExtractor.Extract(decoded.Value, fingerprint.Sign), Version,
            ContentHash.OfLuma(decoded.Value), shared.DHash, shared.Iscc);
    }

    private async Task<Outcome<DecodedPicture>> DecodeAsync(ReadOnlyMemory<byte> bytes, string sha256, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Activities.StartActivity("decode");
        activity?.SetTag("imagerights.sha256", sha256).SetTag("imagerights.picture.bytes", bytes.Length);
        var watch = Stopwatch.StartNew();
        var decoded = await decoders.DecodeAsync(bytes, cancellation: cancellationToken);
        Telemetry.DecodeDuration.Record(watch.Elapsed.TotalSeconds);
        if (decoded.Succeeded)
        {
            activity?.SetTag("imagerights.picture.format", decoded.Value.Header.Format.ToString())
                .SetTag("imagerights.picture.width", decoded.Value.Header.Width).SetTag("imagerights.picture.height", decoded.Value.Header.Height);
        }
        else
        {
            activity?.SetTag("imagerights.picture.refusal", decoded.Refusal.Code);
        }
        return decoded;
    }
}
