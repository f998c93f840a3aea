using System.Net.Http.Headers;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Contents;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Hashing;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint.Features.Computing;

/// <summary>Decodes and hashes the bytes in the request's body: what Ingestion asks before it accepts a picture.</summary>
internal static class ComputeEndpoint
{
    private const string MediaType = "application/octet-stream";

    public static void MapComputing(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/fingerprints", HandleAsync).Requires(Permission.FingerprintsCompute).WithTags("Fingerprints").WithName("ComputeFingerprint")
            .WithSummary("Decodes and hashes a picture; kept by its content unless store=false, with what finds it after edits when features=true");

    private static async Task<IResult> HandleAsync(
        HttpContext context, DocumentStore store, Fingerprinter fingerprinter, Admission admission, Foreground foreground, IOptions<FingerprintOptions> options)
    {
        var cancellationToken = context.RequestAborted;
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !MediaType.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
            return context.Problem(new Rejection("Media_Type_Unsupported", $"It takes {MediaType}."));
        if (!TryReadSwitch(context.Request.Query["store"], true, out var keep)) return context.Problem(new Rejection("Request_Invalid", "store takes true or false.", "/store"));
        if (!TryReadSwitch(context.Request.Query["features"], false, out var tell)) return context.Problem(new Rejection("Request_Invalid", "features takes true or false.", "/features"));
        using var lease = await admission.EnterAsync(cancellationToken);
        if (!lease.IsAcquired) return context.Problem(new Rejection("Dependency_Unavailable", "Too many pictures at once."));
        using var presence = foreground.Enter();

        var (bytes, rejection) = await ReadBodyAsync(context.Request, options.Value.BodyTimeout, cancellationToken);
        if (rejection is not null) return context.Problem(rejection);
        var sha256 = ContentHash.OfBytes(bytes.Span);
        await using var session = store.LightweightSession(context.Tenant());
        if (await Fingerprinter.FindAsync(session, sha256, cancellationToken) is { } known) return Answer(known, tell);
        Outcome<ComputedFingerprint> outcome;
        try
        {
            outcome = await fingerprinter.ComputeAsync(bytes, sha256, cancellationToken);
        }
        catch (DecoderUnavailableException)
        {
            return context.Problem(new Rejection("Dependency_Unavailable", "No decoder is at hand."));
        }
        if (!outcome.Succeeded) return context.Problem(new Rejection(outcome.Refusal.Code));
        if (keep)
        {
            session.Store(sha256, outcome.Value);
            await session.SaveChangesAsync(cancellationToken);
        }
        return Answer(outcome.Value, tell);
    }

    // Thirty kilobytes that few callers read: Matching hears of them with the fact.
    private static IResult Answer(ComputedFingerprint fingerprint, bool withFeatures) => TypedResults.Ok(withFeatures ? fingerprint : fingerprint with { Features = null });

    private static async Task<(ReadOnlyMemory<byte> Bytes, Rejection? Rejection)> ReadBodyAsync(HttpRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await request.Body.ReadAtMostAsync(DecodingLimits.Default.MaxBytes, request.ContentLength, limit.Token) is { } bytes
                ? (bytes, null)
                : (default, new Rejection(RefusalCodes.TooLarge, $"The limit is {DecodingLimits.Default.MaxBytes} bytes."));
        }
        catch (Exception slow) when (slow is OperationCanceledException && !cancellationToken.IsCancellationRequested || slow is BadHttpRequestException { StatusCode: 408 })
        {
            return (default, new Rejection("Upload_Too_Slow", $"It may take {timeout.TotalSeconds:0} s."));
        }
    }

    private static bool TryReadSwitch(string? text, bool otherwise, out bool value)
    {
        value = otherwise;
        return string.IsNullOrEmpty(text) || bool.TryParse(text, out value);
    }
}
