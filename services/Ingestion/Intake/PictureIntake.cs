using System.Diagnostics;
using ImageRights.Ingestion.Decoding;
using ImageRights.Ingestion.Metadata;
using ImageRights.Ingestion.Pictures;
using ImageRights.Ingestion.Probing;
using ImageRights.Ingestion.Vault;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Protection;

namespace ImageRights.Ingestion.Intake;

/// <summary>A picture that passed the probe, and what decoding said of it.</summary>
/// <param name="Decode">How decoding went; never a refusal.</param>
public sealed record ExaminedPicture(Picture Picture, PictureMetadata Metadata, DecodeAnswer Decode);

/// <summary>The way of every uploaded picture: probe, decode check, metadata, and later the vault.</summary>
public sealed class PictureIntake(PictureLimits limits, FingerprintClient fingerprint, ContentVault vault, Spending spending)
{
    private static readonly ActivitySource Activities = new("ImageRights.Ingestion");

    /// <summary>Judges an upload by its header, then by decoding it.</summary>
    /// <param name="keep">Whether the picture is going to be taken in.</param>
    public async Task<(ExaminedPicture? Examined, Rejection? Rejection)> ExamineAsync(string tenant, SpooledUpload upload, CancellationToken cancellationToken, bool keep = true)
    {
        var (outcome, metadata) = Probe(upload);
        if (outcome.Header is not { } header) return (null, new Rejection(outcome.Code!, outcome.Detail, "/file"));
        if (spending.Decode((long)header.Width * header.Height * header.Frames) is { } tooMuch) return (null, tooMuch);
        using var activity = Activities.StartActivity("decode check");
        var answer = await fingerprint.AskAsync(tenant, upload, keep, cancellationToken);
        activity?.SetTag("imagerights.decode", answer.GetType().Name);
        if (answer is DecodeAnswer.Refused refused) return (null, new Rejection(refused.Code, refused.Detail, "/file"));
        var picture = new Picture(upload.Sha256, header.Format.ToString().ToUpperInvariant(), header.Width, header.Height, header.Frames, upload.Length);
        return (new ExaminedPicture(picture, metadata, answer), null);
    }

    /// <summary>Puts the bytes into the vault; to be done before the event that names them is appended.</summary>
    public async Task KeepAsync(string tenant, SpooledUpload upload, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("vault store");
        activity?.SetTag("imagerights.bytes", upload.Length);
        await vault.StoreAsync(tenant, upload.Sha256, upload.OpenRead(), cancellationToken);
    }

    private (ProbeOutcome Outcome, PictureMetadata Metadata) Probe(SpooledUpload upload)
    {
        using var activity = Activities.StartActivity("probe");
        return upload.Inspect(bytes =>
        {
            var outcome = HeaderProbe.Probe(bytes, limits);
            return (outcome, outcome.Header is { } header ? MetadataReader.Read(bytes, header) : PictureMetadata.None);
        });
    }
}
