using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingFingerprints;

/// <summary>Takes in a fingerprint; the screener goes on from the log.</summary>
public sealed class ImageFingerprintedConsumer(DocumentStore store) : IConsumer<ImageFingerprinted>
{
    private const int OrientationCount = 8;

    /// <inheritdoc />
    public Task Consume(ConsumeContext<ImageFingerprinted> context)
    {
        var fingerprint = Read(context.Message);
        return context.RecordAsync<ScreeningState>(store, this, context.Message.TenantId, ScreeningDecider.StreamKey(fingerprint.SubjectId), state => ScreeningDecider.Decide(state, new ScreeningCommand.RecordFingerprint(fingerprint)));
    }

    private static FingerprintRecorded Read(ImageFingerprinted message)
    {
        var hash = ReadHash(message.Pdq, nameof(message.Pdq));
        if (message.PdqDihedrals is not { Count: OrientationCount }) throw new MalformedMessageException(nameof(message.PdqDihedrals), "a list of eight hashes");
        var dihedrals = message.PdqDihedrals.Select(dihedral => ReadHash(dihedral, nameof(message.PdqDihedrals))).ToList();
        if (dihedrals[0] != hash) throw new MalformedMessageException(nameof(message.PdqDihedrals), "begun by the hash of the picture as it is");
        if (message.PdqQuality is < 0 or > 100) throw new MalformedMessageException(nameof(message.PdqQuality), "0 to 100");
        if (message.Role == PictureRole.Upload && message.Surface is null) throw new MalformedMessageException(nameof(message.Surface), "given for an upload");
        return new FingerprintRecorded(
            message.Role, RequiredId(message.SubjectId), RequiredId(message.AccountId), message.Surface, OptionalId(message.ListingId), RequiredId(message.Sha256),
            hash.ToString(), [.. dihedrals.Select(dihedral => dihedral.ToString())], message.PdqQuality, RequiredId(message.Algorithm), message.OccurredAt,
            ReadFeatures(message), message.Version, OptionalSha256(message.LumaSha256));
    }

    private static Screening.PictureFeatures? ReadFeatures(ImageFingerprinted message)
    {
        if (message.Features is not { } given) return null;
        try
        {
            var features = new Screening.PictureFeatures(
                RequiredId(given.Algorithm), given.SignPdq,
                [.. given.Regions.Select(region => new Screening.PictureRegion(region.Left, region.Top, region.Width, region.Height, region.SignPdq, region.IsTrimmed))], given.Local);
            _ = FeatureSet.Read(features);
            return features;
        }
        catch (Exception broken) when (broken is FormatException or NullReferenceException or ArgumentNullException)
        {
            throw new MalformedMessageException(nameof(message.Features), $"readable: {broken.Message}");
        }
    }

    private static PdqHash ReadHash(string? text, string field) =>
        PdqHash.TryParse(text, out var hash) ? hash : throw new MalformedMessageException(field, "64 hexadecimal digits");
}
