using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Secrets;
using ImageRights.ServiceDefaults.Http.Egress;

namespace ImageRights.Notification.Sending;

/// <summary>An attempt as it went, with the beginning of what the receiver answered.</summary>
public sealed record AttemptReport(AttemptResult Result, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string? Response);

/// <summary>Makes one attempt: signs by Standard Webhooks 1.0, posts, and says how it went. Never throws for what a receiver does.</summary>
public sealed class WebhookSender(HttpMessageInvoker http, EndpointSecrets secrets, WebhookOptions options, TimeProvider clock)
{
    private const int MostRead = 16 * 1024;
    private const int MostKept = 1024;

    private static readonly ProductInfoHeaderValue Product = new("ImageRights-Webhooks", "1");
    private static readonly MediaTypeHeaderValue ContentType = new("application/cloudevents+json", "utf-8");

    /// <summary>Sends once.</summary>
    /// <param name="traceParent">Trace context for the receiver when no span of ours carries it.</param>
    /// <exception cref="OperationCanceledException">The service stops; the attempt counts as not made.</exception>
    public async Task<AttemptReport> SendAsync(DueDelivery claim, string? traceParent, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        var watch = clock.GetTimestamp();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Timeout);
        AttemptResult result;
        string? answer = null;
        try
        {
            using var request = CreateRequest(claim, startedAt.ToUnixTimeSeconds(), traceParent);
            using var response = await http.SendAsync(request, timeout.Token);
            result = Judge(response, clock.GetUtcNow());
            answer = await ReadStartAsync(response, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            result = new AttemptResult(AttemptOutcome.TimedOut, Error: "Timeout");
        }
        catch (EgressDeniedException denied)
        {
            result = new AttemptResult(AttemptOutcome.Forbidden, Error: denied.Message);
        }
        catch (HttpRequestException failure)
        {
            result = failure.InnerException is EgressDeniedException denied
                ? new AttemptResult(AttemptOutcome.Forbidden, Error: denied.Message)
                : new AttemptResult(AttemptOutcome.Unreachable, Error: failure.HttpRequestError.ToString());
        }
        return new AttemptReport(result, startedAt, startedAt + clock.GetElapsedTime(watch), answer);
    }

    private HttpRequestMessage CreateRequest(DueDelivery claim, long timestamp, string? traceParent)
    {
        var body = Encoding.UTF8.GetBytes(claim.Body);
        var id = claim.EventId.ToString();
        var request = new HttpRequestMessage(HttpMethod.Post, claim.Url) { Content = new ByteArrayContent(body) { Headers = { ContentType = ContentType } } };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", SigningSecret.Sign(secrets.Open(claim), id, timestamp, body));
        request.Headers.UserAgent.Add(Product);
        if (traceParent is not null) request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        return request;
    }

    private static AttemptResult Judge(HttpResponseMessage response, DateTimeOffset now)
    {
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => (TimeSpan?)null,
        };
        return response.StatusCode switch
        {
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new AttemptResult(AttemptOutcome.Succeeded, (int)response.StatusCode),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new AttemptResult(AttemptOutcome.Redirected, (int)response.StatusCode),
            HttpStatusCode.Gone => new AttemptResult(AttemptOutcome.Gone, (int)response.StatusCode),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable =>
                new AttemptResult(AttemptOutcome.Throttled, (int)response.StatusCode, RetryAfter: retryAfter),
            _ => new AttemptResult(AttemptOutcome.Refused, (int)response.StatusCode),
        };
    }

    // The status decides. A body that is slow, endless or broken is cut off and changes nothing.
    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MostRead);
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (length < MostRead && await stream.ReadAsync(buffer.AsMemory(length, MostRead - length), cancellationToken) is > 0 and var read) length += read;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or OperationCanceledException)
        {
        }
        var text = Encoding.UTF8.GetString(buffer, 0, Math.Min(length, MostKept));
        ArrayPool<byte>.Shared.Return(buffer);
        return text.Length == 0 ? text : string.Concat(text.Select(letter => char.IsControl(letter) && letter is not '\n' and not '\t' ? ' ' : letter));
    }
}
