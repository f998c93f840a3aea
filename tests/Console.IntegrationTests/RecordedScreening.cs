using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.DependencyInjection;
using ImageScreened = ImageRights.Matching.Screening.ImageScreened;
using RelatedPicture = ImageRights.Matching.Screening.RelatedPicture;

namespace ImageRights.Console.IntegrationTests;

internal static class RecordedScreening
{
    /// <summary>Matching found <c>wrk_x</c> of <c>author-x</c> in <c>img_x</c> of <c>seller-x</c>, with all that can be said of it.</summary>
    public static async Task RecordScreeningAsync(this RunningConsole console, string tenant, string imageId)
    {
        await using var session = console.MatchingService.Services.GetRequiredService<DocumentStore>().LightweightSession(tenant);
        var (unique, hash, now) = (imageId["img_".Length..], new string('a', 64), DateTimeOffset.UtcNow);
        IReadOnlyList<Corner> area = [new(0, 0), new(1, 0), new(1, 1), new(0, 1)];
        var evidence = new Evidence("orb/3", MatchClass.NearExact, true, area, area, 98.5, 100, 23, 41, 60, 57, 0.934, [new Area(0.1, 0.1, 0.2, 0.2)]);
        session.Events.StartStream(
            ScreeningDecider.StreamKey(imageId),
            new FingerprintRecorded(PictureRole.Upload, imageId, $"seller-{unique}", Surface.Listing, "listing-7", hash, hash, [.. Enumerable.Repeat(hash, 8)], 100, "pdq/1", now),
            new ImageScreened(
                imageId, $"seller-{unique}", Surface.Listing, "listing-7", ScreeningVerdict.Match,
                [new Match(Bank.Works, $"wrk_{unique}", $"author-{unique}", 23, Orientation.FlipY, Disposition.Hit, null, evidence, Band.Review)],
                new Thresholds("pdq/1", 30, 50, 7, "model/2"), null, now, Band.Review, [new RelatedPicture(Bank.Uploads, $"img_other{unique}", "neighbour", evidence)]));
        await session.SaveChangesAsync();
    }
}
