using ImageRights.EventStore;
using ImageRights.Ingestion.Decoding;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Probing;
using ImageRights.Ingestion.Verdicts;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReceivingImages;

/// <summary>Answer to an upload: taken in; screening follows.</summary>
/// <param name="Status"><c>received</c>, as the picture's own address says until it is withdrawn.</param>
/// <param name="Screening">The verdict, for a caller who waited for it.</param>
public sealed record ImageAccepted(
    string ImageId, string Sha256, string Format, int Width, int Height, long ByteCount, string Status, IReadOnlyDictionary<string, string> Links, Finding? Screening = null);

/// <summary>The door for uploads.</summary>
public static class ReceiveImageEndpoint
{
    /// <summary>POST /v1/images.</summary>
    public static void MapReceiveImage(this IEndpointRouteBuilder images) =>
        images.MapPost("", ReceiveAsync).Requires(Permission.ImagesWrite).HoldsToAccount()
            .WithName("ReceiveImage").WithSummary("Takes a picture in: multipart/form-data with the part file and the fields accountId, surface, listingId");

    // The file is gone before the wait: its bytes are in the vault.
    private static async Task<IResult> ReceiveAsync(
        HttpContext context, DocumentStore store, PictureIntake intake, PictureLimits limits, UploadOptions options, TimeProvider clock) =>
        await context.WithVerdictAsync(await TakeInAsync(context, store, intake, limits, options, clock));

    private static async Task<IResult> TakeInAsync(
        HttpContext context, DocumentStore store, PictureIntake intake, PictureLimits limits, UploadOptions options, TimeProvider clock)
    {
        var (form, refused) = await UploadForm.ReceiveAsync(context, limits, options);
        if (form is null) return context.Problem(refused!);
        await using var upload = form;
        var fields = form.ReadFields();
        var accountId = fields.Identifier("accountId");
        var surface = fields.OneOf("surface", Surface.Listing);
        var listingId = fields.OptionalIdentifier("listingId");
        if ((fields.Rejection ?? context.CheckAccount(accountId, "/accountId")) is { } invalid) return context.Problem(invalid);

        await using var session = store.LightweightSession(context.Tenant());
        return await context.CreateOnceAsync(session, new { accountId, surface, listingId, form.File.Sha256 }, async () =>
        {
            var (examined, rejection) = await intake.ExamineAsync(session.TenantId, form.File, context.RequestAborted);
            if (examined is null) return rejection!;
            await intake.KeepAsync(session.TenantId, form.File, context.RequestAborted);

            var imageId = Identity.New(Image.IdPrefix);
            var picture = examined.Picture;
            // Without Fingerprint the header alone is judged; a picture that does not decode is then reported as unreadable when its turn comes.
            var decision = Image.Decide(ImageState.Initial, new ImageCommand.Receive(
                imageId, accountId, surface, listingId, picture, examined.Metadata, examined.Decode is DecodeAnswer.Decoded, clock.GetUtcNow()));
            session.Events.StartStream(Image.Stream(imageId), [.. decision.Events]);
            var self = $"/v1/images/{imageId}";
            return CreateOutcome.Accepted(self, new ImageAccepted(
                imageId, picture.Sha256, picture.Format, picture.Width, picture.Height, picture.ByteCount, "received",
                new Dictionary<string, string> { ["self"] = self }));
        });
    }
}
