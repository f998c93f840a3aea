using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Features.Searching;

/// <summary>Asks the index and judges what it finds; the same for screenings and for searches on request.</summary>
internal sealed class Search
{
    public const string Algorithm = "pdq/1";

    public static readonly ActivitySource Activities = new(PictureIndex.TelemetryName);

    private readonly MatchingOptions options;
    private readonly Histogram<double> duration;

    public Search(IOptions<MatchingOptions> options, IMeterFactory meters)
    {
        this.options = options.Value;
        duration = meters.Create(PictureIndex.TelemetryName).CreateHistogram<double>("imagerights.matching.search.duration", "s", "Time to compare one picture with both banks");
    }

    /// <summary>Verdict on an upload by the index as of a version.</summary>
    public (Verdict Verdict, IReadOnlyList<Match> Matches) Screen(
        TenantIndex tenant, string? accountId, DateTimeOffset at, PictureQuery picture, long asOf)
    {
        if (picture.Quality < options.MinQuality) return (Verdict.Featureless, []);
        var (works, uploads) = Neighbours(tenant, picture, asOf);
        return Judgement.Judge(accountId, at, works, uploads, tenant.LicencesAt(asOf));
    }

    /// <summary>Everything within the threshold as of a version.</summary>
    public (IReadOnlyList<Neighbour> Works, IReadOnlyList<Neighbour> Uploads) Neighbours(TenantIndex tenant, PictureQuery picture, long asOf)
    {
        using var span = Activities.StartActivity("search index");
        var started = Stopwatch.GetTimestamp();
        var works = tenant.Find(Bank.Works, picture, options.MaxDistance, asOf);
        var uploads = tenant.Find(Bank.Uploads, picture, options.MaxDistance, asOf);
        duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        span?.SetTag("imagerights.index.version", asOf)
            .SetTag("imagerights.index.works", tenant.Count(Bank.Works)).SetTag("imagerights.index.uploads", tenant.Count(Bank.Uploads))
            .SetTag("imagerights.found.works", works.Count).SetTag("imagerights.found.uploads", uploads.Count);
        return (works, uploads);
    }
}
