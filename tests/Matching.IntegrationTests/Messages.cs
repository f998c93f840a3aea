using System.Security.Cryptography;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Messages as the other services send them.</summary>
internal static class Messages
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private static long ids;

    // A millisecond apart, so that their order is the order in which they were made.
    public static string NewImage() => $"img_{Guid.CreateVersion7(Noon.AddMilliseconds(Interlocked.Increment(ref ids))):N}";
    public static string NewWork() => $"wrk_{Guid.CreateVersion7(Noon.AddMilliseconds(Interlocked.Increment(ref ids))):N}";

    /// <summary>A hash of its own for each test.</summary>
    public static string NewHash() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash with so many of its last bits inverted.</summary>
    public static string Off(string hash, int bits)
    {
        var bytes = Convert.FromHexString(hash);
        for (var bit = 0; bit < bits; bit++) bytes[31 - bit / 8] ^= (byte)(1 << (bit % 8));
        return Convert.ToHexStringLower(bytes);
    }

    public static ImageFingerprinted Upload(string imageId, string account, string hash, int quality = 100, DateTimeOffset? at = null) => new(
        DocumentStore.DefaultTenant, PictureRole.Upload, imageId, account, Surface.Listing, "listing_1", NewHash(), hash, Dihedrals(hash), quality, "pdq/1", at ?? Noon);

    public static ImageFingerprinted Work(string workId, string account, string hash, int quality = 100) => new(
        DocumentStore.DefaultTenant, PictureRole.Work, workId, account, null, null, NewHash(), hash, Dihedrals(hash), quality, "pdq/1", Noon);

    public static LicenceGranted Licence(string licenceId, string workId, string licensee, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        new(DocumentStore.DefaultTenant, licenceId, workId, licensee, from ?? Noon.AddDays(-1), until, Noon);

    public static MeasureApplied Applied(string measureId, string caseId, string imageId, string account) => new(
        DocumentStore.DefaultTenant, caseId, measureId, imageId, account, "author", "Copyright", "It shows the registered work.", "reviewer", Noon);

    public static MeasureLifted Lifted(MeasureApplied measure) => new(
        measure.TenantId, measure.CaseId, measure.MeasureId, measure.ImageId, measure.RespondentAccountId, measure.ComplainantAccountId, "Mistake", "reviewer", Noon);

    // Orientations unrelated to each other, as those of a real picture are.
    private static List<string> Dihedrals(string hash) =>
        [hash, .. Enumerable.Range(1, 7).Select(turn => Convert.ToHexStringLower(SHA256.HashData([(byte)turn, .. Convert.FromHexString(hash)])))];
}
