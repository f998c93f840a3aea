using System.Net;
using System.Text.Json;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.Ingestion.Decoding;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.Ingestion.Verdicts;

/// <summary>What screening says of a picture.</summary>
/// <param name="Matches">Closest first.</param>
/// <param name="Thresholds">What reproduces the finding; null for a picture that was not compared.</param>
/// <param name="UnreadableCode">Why it could not be decoded, where it could not.</param>
/// <param name="ScreenedAt">When the verdict fell; null for a search that is no screening.</param>
/// <param name="Commonness">How widely the picture is used; null for a screening.</param>
public sealed record Finding(
    ScreeningVerdict Verdict, IReadOnlyList<ScreeningMatch> Matches, ScreeningThresholds? Thresholds, string? UnreadableCode, DateTimeOffset? ScreenedAt, Commonness? Commonness = null);

/// <summary>Asks Matching for verdicts.</summary>
public sealed class MatchingClient(HttpClient http, ILogger<MatchingClient> logger)
{
    private const int LongestAnswer = 256 * 1024;

    // A verdict takes some hundred milliseconds when nothing is queued: asked often at first, then ever less.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(40), LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Waits for an upload's verdict; null when it did not fall in time or Matching does not answer.</summary>
    /// <param name="forUploader">Whether it is for the uploader, to whom whose portrait was found is not told.</param>
    public async Task<Finding?> AwaitScreeningAsync(string tenant, string imageId, bool forUploader, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            for (var pause = FirstPause; ; pause = pause * 1.4 < LongestPause ? pause * 1.4 : LongestPause)
            {
                await Task.Delay(pause, deadline.Token);
                using var request = new HttpRequestMessage(HttpMethod.Get, forUploader ? $"/v1/screenings/{imageId}?forUploader=true" : $"/v1/screenings/{imageId}").For(tenant);
                using var response = await http.SendAsync(request, deadline.Token);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    var found = await ReadAsync(response, deadline.Token);
                    if (found.Verdict is { } verdict) return new Finding(verdict, found.Matches ?? [], found.Thresholds, found.UnreadableCode, found.ScreenedAt);
                }
                else if (response.StatusCode != HttpStatusCode.NotFound)
                {
                    logger.LogWarning("Matching answered {Status} for the screening of {ImageId}", (int)response.StatusCode, imageId);
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException)
        {
            logger.LogWarning("Matching gave no answer for the screening of {ImageId}: {Reason}", imageId, failure.Message);
            return null;
        }
    }

    /// <summary>What a screening of this picture would say now; null when Matching does not answer.</summary>
    /// <param name="forUploader">Whether it is for who would upload it, to whom whose portrait was found is not told.</param>
    public async Task<Finding?> SearchAsync(string tenant, DecodeAnswer.Decoded picture, string sha256, string accountId, bool forUploader, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/searches")
            {
                Content = JsonContent.Create(new { picture.Algorithm, picture.Pdq, picture.PdqDihedrals, picture.PdqQuality, picture.Features, sha256, picture.LumaSha256, accountId, forUploader }, options: StoreOptions.Json),
            }.For(tenant);
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                var found = await ReadAsync(response, cancellationToken);
                if (found is { Verdict: { } verdict, Thresholds: { } thresholds }) return new Finding(verdict, found.Matches ?? [], thresholds, null, null, found.Commonness);
            }
            logger.LogWarning("Matching answered {Status} to a search", (int)response.StatusCode);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Matching gave no answer to a search: {Reason}", failure.Message);
        }
        return null;
    }

    /// <summary>Sets address and bounds of the client. <c>Matching:Timeout</c> is the longest wait for an answer, 10 seconds unless set.</summary>
    public static void Configure(IServiceProvider services, HttpClient http)
    {
        http.BaseAddress = new Uri("http://matching");
        http.Timeout = services.GetRequiredService<IConfiguration>().GetValue("Matching:Timeout", TimeSpan.FromSeconds(10));
        http.MaxResponseContentBufferSize = LongestAnswer;
    }

    private static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<Answer>(await response.Content.ReadAsByteArrayAsync(cancellationToken), StoreOptions.Json) ?? throw new JsonException("The answer is empty.");

    private sealed record Answer(
        ScreeningVerdict? Verdict, IReadOnlyList<ScreeningMatch>? Matches, ScreeningThresholds? Thresholds, string? UnreadableCode, DateTimeOffset? ScreenedAt, Commonness? Commonness);
}
