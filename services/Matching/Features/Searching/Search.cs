using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Features.Searching;

/// <summary>What a screening says.</summary>
/// <param name="Band">Of the surest hit; null when there is none.</param>
internal sealed record Finding(Verdict Verdict, Band? Band, IReadOnlyList<Match> Matches, IReadOnlyList<RelatedPicture> Related, Commonness Commonness);

/// <summary>Asks the index and judges what it finds; the same for screenings and for searches on request.</summary>
internal sealed class Search
{
    public const string Algorithm = "pdq/1";

    public static readonly ActivitySource Activities = new(PictureIndex.TelemetryName);

    // Fewer corners than this tell nothing: a flat picture that has no more cannot be compared.
    private const int LeastCorners = 32;

    private readonly Histogram<double> duration;
    private readonly int commonFrom;

    public Search(IMeterFactory meters, IOptions<MatchingOptions> options)
    {
        commonFrom = options.Value.CommonFrom;
        duration = meters.Create(PictureIndex.TelemetryName).CreateHistogram<double>("imagerights.matching.search.duration", "s", "Time to compare one picture with both banks");
    }

    /// <summary>Verdict on an upload by the index as of a version.</summary>
    public Finding Screen(TenantIndex tenant, string? accountId, DateTimeOffset at, PictureQuery picture, Thresholds thresholds)
    {
        var (works, uploads) = Neighbours(tenant, picture, thresholds);
        var (workCopies, uploadCopies) = (CopiesOf(works), CopiesOf(uploads));
        var (verdict, matches) = Judgement.Judge(
            accountId, at, workCopies, uploadCopies, tenant.LicencesAt(thresholds.IndexVersion), thresholds);
        var isFeatureless = picture.Quality < thresholds.MinQuality && !(picture.Features?.Local?.ReferenceCount >= LeastCorners);
        return new Finding(
            matches.Count == 0 && isFeatureless ? Verdict.Featureless : verdict, Judgement.BandOf(matches), matches,
            Judgement.Related(accountId, ScenesOf(works), ScenesOf(Published(uploads))), Judgement.CommonnessOf(workCopies, Published(uploadCopies), tenant.Owners.CountOf, commonFrom));
    }

    /// <summary>How widely a picture is used by the index as of a version.</summary>
    public Commonness CommonnessOf(TenantIndex tenant, PictureQuery picture, Thresholds thresholds)
    {
        var (works, uploads) = Copies(tenant, picture, thresholds);
        return Judgement.CommonnessOf(works, uploads, tenant.Owners.CountOf, commonFrom);
    }

    /// <summary>Everything published of which the picture is a copy, or that is one of it.</summary>
    public (IReadOnlyList<Neighbour> Works, IReadOnlyList<Neighbour> Uploads) Copies(TenantIndex tenant, PictureQuery picture, Thresholds thresholds)
    {
        var (works, uploads) = Neighbours(tenant, picture, thresholds);
        return (CopiesOf(works), CopiesOf(Published(uploads)));
    }

    private (IReadOnlyList<Neighbour> Works, IReadOnlyList<Neighbour> Uploads) Neighbours(TenantIndex tenant, PictureQuery picture, Thresholds thresholds)
    {
        using var span = Activities.StartActivity("search index");
        var started = Stopwatch.GetTimestamp();
        var (works, uploads) = tenant.Find(picture, thresholds);
        duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        span?.SetTag("imagerights.index.version", thresholds.IndexVersion)
            .SetTag("imagerights.index.works", tenant.Count(Bank.Works)).SetTag("imagerights.index.uploads", tenant.Count(Bank.Uploads))
            .SetTag("imagerights.found.works", works.Count).SetTag("imagerights.found.uploads", uploads.Count);
        return (works, uploads);
    }

    private static List<Neighbour> Published(IReadOnlyList<Neighbour> uploads) => [.. uploads.Where(upload => !upload.IsWithdrawn)];

    private static List<Neighbour> CopiesOf(IReadOnlyList<Neighbour> neighbours) => [.. neighbours.Where(neighbour => neighbour.IsCopy)];

    private static List<Neighbour> ScenesOf(IReadOnlyList<Neighbour> neighbours) => [.. neighbours.Where(neighbour => !neighbour.IsCopy)];
}
