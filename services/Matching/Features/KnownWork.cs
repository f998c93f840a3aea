using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features;

/// <summary>Works and portraits as Matching knows them: by the first word on them, that they have a fingerprint or none.</summary>
internal static class KnownWork
{
    /// <summary>Whose it is; null when no work with this id is known.</summary>
    public static async Task<string?> AccountOfAsync(DocumentSession session, string workId, CancellationToken cancellationToken) =>
        IsId(workId) && await session.Events.FetchStreamAsync(ScreeningDecider.StreamKey(workId), version: 1, cancellationToken: cancellationToken) is [var first]
            ? first.Data switch
            {
                FingerprintRecorded { Role: not PictureRole.Upload } work => work.AccountId,
                UnreadableRecorded { Role: not PictureRole.Upload } work => work.AccountId,
                _ => null,
            }
            : null;

    /// <summary>Whether it is an account's.</summary>
    public static async Task<bool> BelongsAsync(DocumentSession session, string workId, string account, CancellationToken cancellationToken) =>
        await AccountOfAsync(session, workId, cancellationToken) == account;
}
