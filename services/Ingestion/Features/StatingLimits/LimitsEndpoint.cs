using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Probing;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Protection;

namespace ImageRights.Ingestion.Features.StatingLimits;

/// <summary>What this installation takes in; an integrator reads it instead of guessing.</summary>
/// <param name="Formats">Formats, recognised by content.</param>
/// <param name="Surfaces">Values of the field surface.</param>
/// <param name="Form">Limits of the form around the picture.</param>
/// <param name="Works">What an original must be beyond that.</param>
/// <param name="Rates">How much may be asked for: token buckets, and what requests cost.</param>
public sealed record Limits(
    IReadOnlyList<string> Formats, IReadOnlyList<string> Surfaces, PictureLimits Picture, FormLimits Form, RegistrationRules Works, RateLimits Rates);

/// <summary>Limits of a multipart form.</summary>
/// <param name="Parts">Most parts.</param>
/// <param name="FieldBytes">Longest text field.</param>
/// <param name="UploadSeconds">Longest duration of an upload.</param>
public sealed record FormLimits(int Parts, int FieldBytes, double UploadSeconds);

/// <summary>The limits as a resource.</summary>
public static class LimitsEndpoint
{
    /// <summary>GET /v1/limits.</summary>
    public static void MapLimits(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/limits", (PictureLimits picture, UploadOptions uploads, RegistrationRules works, RateLimits rates) => TypedResults.Ok(new Limits(
                [.. Enum.GetNames<PictureFormat>().Select(name => name.ToUpperInvariant())], Enum.GetNames<Surface>(), picture,
                new FormLimits(UploadOptions.Parts, UploadOptions.FieldBytes, uploads.Deadline.TotalSeconds), works, rates)))
            .Requires(Permission.LimitsRead).WithTags("Limits").WithName("GetLimits").WithSummary("What is taken in: formats, bytes, pixels, sides, frames, and how much at a time");
}
