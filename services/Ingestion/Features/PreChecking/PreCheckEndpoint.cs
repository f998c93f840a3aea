using ImageRights.Contracts.Matching.V1;
using ImageRights.Ingestion.Decoding;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Probing;
using ImageRights.Ingestion.Verdicts;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.PreChecking;

/// <summary>What an upload of this picture would come to.</summary>
/// <param name="Sha256">SHA-256 of the bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Algorithm">Name and version of what made the hashes.</param>
/// <param name="Pdq">PDQ hash of the picture as it is, 64 hexadecimal digits.</param>
/// <param name="PdqDihedrals">PDQ hashes of its eight orientations; the first equals <paramref name="Pdq"/>.</param>
/// <param name="PdqQuality">0 (featureless) to 100.</param>
/// <param name="Matches">Closest first, with the distance in bits.</param>
/// <param name="Thresholds">Settings and index version that reproduce the finding.</param>
/// <param name="CheckedAt">When it was compared.</param>
/// <param name="Commonness">How many independent accounts use it, and since when.</param>
public sealed record PreCheck(
    string Sha256, string Format, int Width, int Height, long ByteCount, string Algorithm, string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality,
    ScreeningVerdict Verdict, IReadOnlyList<ScreeningMatch> Matches, ScreeningThresholds Thresholds, DateTimeOffset CheckedAt,
    Commonness? Commonness);

/// <summary>The door for those who want to know before they publish.</summary>
public static class PreCheckEndpoint
{
    /// <summary>POST /v1/prechecks.</summary>
    public static void MapPreChecks(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/prechecks", CheckAsync).Requires(Permission.PrechecksRun).HoldsToAccount()
            .WithTags("Pre-checks").WithName("PreCheck").WithSummary("What an upload of this picture would come to: takes what an upload takes, answers at once, stores nothing");

    private static async Task<IResult> CheckAsync(HttpContext context, PictureIntake intake, MatchingClient matching, PictureLimits limits, UploadOptions options, TimeProvider clock)
    {
        var (form, refused) = await UploadForm.ReceiveAsync(context, limits, options);
        if (form is null) return context.Problem(refused!);
        await using var upload = form;
        var fields = form.ReadFields();
        var accountId = fields.Identifier("accountId");
        fields.OneOf("surface", Surface.Listing);
        fields.OptionalIdentifier("listingId");
        if ((fields.Rejection ?? context.CheckAccount(accountId, "/accountId")) is { } invalid) return context.Problem(invalid);

        var (examined, rejection) = await intake.ExamineAsync(context.Tenant(), form.File, context.RequestAborted, keep: false);
        if (examined is null) return context.Problem(rejection!);
        if (examined.Decode is not DecodeAnswer.Decoded decoded) return context.Problem(new Rejection("Dependency_Unavailable", "The picture cannot be decoded just now."));
        var checkedAt = clock.GetUtcNow();
        if (await matching.SearchAsync(context.Tenant(), decoded, examined.Picture.Sha256, accountId, context.PartyAccount() is not null, context.RequestAborted) is not { } finding)
            return context.Problem(new Rejection("Dependency_Unavailable", "The picture cannot be compared just now."));
        var picture = examined.Picture;
        return TypedResults.Ok(new PreCheck(
            picture.Sha256, picture.Format, picture.Width, picture.Height, picture.ByteCount, decoded.Algorithm, decoded.Pdq, decoded.PdqDihedrals, decoded.PdqQuality,
            finding.Verdict, finding.Matches, finding.Thresholds!, checkedAt, finding.Commonness));
    }
}
