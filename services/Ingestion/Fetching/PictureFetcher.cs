using System.Diagnostics;
using System.Net;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Probing;
using ImageRights.ServiceDefaults.Http.Egress;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Fetching;

/// <summary>Fetches a picture from an address that somebody else gave. What it is, its content decides: what the server calls it is not looked at.</summary>
public sealed class PictureFetcher(EgressPolicy policy, FetchOptions options, PictureLimits limits, UploadOptions uploads, Resolver? resolve = null) : IDisposable
{
    private static readonly ActivitySource Activities = new("ImageRights.Ingestion");

    private readonly HttpMessageInvoker http = new(new EgressHandler(policy, options.Timeout, resolve));

    /// <summary>The bytes, or why there are none. The reason never repeats what the server said.</summary>
    public async Task<(SpooledUpload? File, Rejection? Rejection)> FetchAsync(string? url, CancellationToken cancellationToken)
    {
        if (policy.Check(url) is { } refused)
            return (null, new Rejection(refused.Fault == TargetFault.Invalid ? "Fetch_Url_Invalid" : "Fetch_Url_Forbidden", refused.Reason, "/data/url"));
        using var activity = Activities.StartActivity("fetch");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("User-Agent", "ImageRights");
            using var response = await http.SendAsync(request, deadline.Token);
            activity?.SetTag("http.response.status_code", (int)response.StatusCode);
            if (response.StatusCode != HttpStatusCode.OK) return Failed($"It answered {(int)response.StatusCode}.");
            if (response.Content.Headers.ContentLength > limits.Bytes) return TooLarge();
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
            return await SpooledUpload.ReceiveAsync(body, limits.Bytes, uploads.Directory, deadline.Token) is { } file ? (file, null) : TooLarge();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"It did not arrive within {options.Timeout.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException failure) when (failure.InnerException is EgressDeniedException denied)
        {
            return (null, new Rejection("Fetch_Url_Forbidden", denied.Message, "/data/url"));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return Failed("The connection failed.");
        }
    }

    /// <inheritdoc />
    public void Dispose() => http.Dispose();

    private static (SpooledUpload?, Rejection?) Failed(string detail) => (null, new Rejection("Fetch_Failed", detail, "/data/url"));

    private (SpooledUpload?, Rejection?) TooLarge() => (null, new Rejection("Image_Too_Large", $"{limits.Bytes} bytes are allowed.", "/data/url"));
}
