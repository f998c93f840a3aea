using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.Searching;

/// <summary>A fingerprint to look for.</summary>
/// <param name="Pdq">PDQ hash, 64 hexadecimal digits.</param>
/// <param name="PdqQuality">0 to 100; without it the hash is taken as good.</param>
/// <param name="PdqDihedrals">Hashes of the eight orientations; without them only the picture as it is is looked for.</param>
/// <param name="AccountId">Who would upload it; without it every match is a hit.</param>
/// <param name="Algorithm">Name and version of what made the hashes; <c>pdq/1</c> unless given.</param>
/// <param name="Features">What finds it after edits, as Fingerprint tells it; without it only whole pictures are compared.</param>
/// <param name="Sha256">Of the bytes, 64 lower-case hexadecimal digits: finds the very same file.</param>
/// <param name="LumaSha256">Of the decoded picture, as Fingerprint tells it: finds the very same picture in another file.</param>
/// <param name="ForUploader">Whether the answer is for who would upload it, who is not told whose portrait was found.</param>
public sealed record SearchRequest(
    string? Pdq, int? PdqQuality, IReadOnlyList<string?>? PdqDihedrals, string? AccountId, string? Algorithm, PictureFeatures? Features, string? Sha256,
    string? LumaSha256 = null, bool ForUploader = false);

/// <summary>What a screening would say now.</summary>
/// <param name="Band">Of the surest hit; null when there is none.</param>
/// <param name="Related">Pictures of the same scene, which have no part in the verdict.</param>
/// <param name="Commonness">How widely the picture is used.</param>
public sealed record SearchResult(
    Verdict Verdict, IReadOnlyList<Match> Matches, Thresholds Thresholds, Band? Band, IReadOnlyList<RelatedPicture> Related, Commonness Commonness);

/// <summary>Searches the index as it is; stores nothing.</summary>
internal static class SearchEndpoint
{
    public static void MapSearches(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/searches", Handle).Requires(Permission.IndexSearch).WithTags("Searches").WithName("SearchIndex")
            .WithSummary("What a screening of this fingerprint would say now; nothing is stored");

    private static IResult Handle(
        SearchRequest request, HttpContext context, PictureIndex index, Search search, IOptions<MatchingOptions> options, TimeProvider clock, IServiceProvider services)
    {
        if (!PdqHash.TryParse(request.Pdq, out var hash)) return context.Problem(new Rejection("Request_Invalid", "pdq takes 64 hexadecimal digits.", "/pdq"));
        if (request.PdqQuality is < 0 or > 100) return context.Problem(new Rejection("Request_Invalid", "pdqQuality takes 0 to 100.", "/pdqQuality"));
        if (request.AccountId is not null && !IsId(request.AccountId)) return context.Problem(new Rejection("Request_Invalid", "accountId takes 1 to 200 visible characters.", "/accountId"));
        PdqHash[] hashes = [hash];
        if (request.PdqDihedrals is { } dihedrals)
        {
            hashes = [.. dihedrals.Select(text => PdqHash.TryParse(text, out var dihedral) ? dihedral : default)];
            if (dihedrals.Count != 8 || hashes[0] != hash || !dihedrals.All(text => PdqHash.TryParse(text, out _)))
                return context.Problem(new Rejection("Request_Invalid", "pdqDihedrals takes eight hashes, the first of them pdq.", "/pdqDihedrals"));
        }
        if (request.Sha256 is not null && !IsSha256(request.Sha256)) return context.Problem(new Rejection("Request_Invalid", "sha256 takes 64 lower-case hexadecimal digits.", "/sha256"));
        if (request.LumaSha256 is not null && !IsSha256(request.LumaSha256))
            return context.Problem(new Rejection("Request_Invalid", "lumaSha256 takes 64 lower-case hexadecimal digits.", "/lumaSha256"));
        if (request.Algorithm is not null && !IsId(request.Algorithm)) return context.Problem(new Rejection("Request_Invalid", "algorithm takes a name and version.", "/algorithm"));
        if (!TryRead(request.Features, out var features)) return context.Problem(new Rejection("Request_Invalid", "features cannot be read.", "/features"));
        if (!IndexHealthCheck.IsCaughtUp(services)) return context.Problem(new Rejection("Dependency_Unavailable", "The index is being rebuilt."));
        var tenant = index.For(context.Tenant());
        var thresholds = options.Value.ThresholdsOf(request.Algorithm ?? Search.Algorithm, context.Tenant(), tenant.Version);
        var quality = request.PdqQuality ?? 100;
        var query = new PictureQuery(hashes, quality, features, request.Sha256, LumaLookup.KeyOf(request.LumaSha256, quality), request.AccountId);
        var found = search.Screen(tenant, request.AccountId, clock.GetUtcNow(), query, thresholds);
        var (matches, related) = request.ForUploader ? UploaderSight.Of(found.Matches, found.Related) : (found.Matches, found.Related);
        return TypedResults.Ok(new SearchResult(found.Verdict, matches, thresholds, found.Band, related, found.Commonness));
    }

    private static bool TryRead(PictureFeatures? given, out FeatureSet? features)
    {
        features = null;
        if (given is null) return true;
        try
        {
            features = FeatureSet.Read(given);
            return true;
        }
        catch (Exception broken) when (broken is FormatException or NullReferenceException or ArgumentNullException)
        {
            return false;
        }
    }
}
