using System.Text;
using ImageRights.Ingestion.Probing;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ImageRights.Ingestion.Intake;

/// <summary>A multipart/form-data body (RFC 7578) with one file, part <c>file</c>, and short text fields. The file's name and declared type are not looked at.</summary>
public sealed class UploadForm : IAsyncDisposable
{
    private const string FilePart = "file";

    // RFC 2046, 5.1.1.
    private const int LongestBoundary = 70;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> fields = [];
    private SpooledUpload? file;

    private UploadForm()
    {
    }

    /// <summary>The file.</summary>
    public SpooledUpload File => file!;

    /// <summary>The text fields, validated by the reader.</summary>
    public FieldReader ReadFields() => new(name => fields.GetValueOrDefault(name), fields.Keys);

    /// <summary>Receives a form, or says why it is refused; then nothing of it is left.</summary>
    public static async Task<(UploadForm? Form, Rejection? Rejection)> ReceiveAsync(
        HttpContext context, PictureLimits limits, UploadOptions options)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(options.Deadline);
        var form = new UploadForm();
        Rejection? rejection;
        try
        {
            rejection = await form.ReadAsync(context.Request, limits, options, deadline.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            rejection = new Rejection("Upload_Too_Slow", $"It did not arrive within {options.Deadline.TotalSeconds:0} seconds.");
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            rejection = TooLarge(limits);
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            rejection = new Rejection("Upload_Too_Slow", refused.Message);
        }
        // What MultipartReader says of a body that ends early (IOException) or whose headers are too many or too long (InvalidDataException).
        catch (Exception malformed) when (malformed is IOException or InvalidDataException)
        {
            rejection = new Rejection("Request_Malformed", "The multipart body is cut short or malformed.");
        }
        catch
        {
            await form.DisposeAsync();
            throw;
        }
        if (rejection is null) return (form, null);
        await form.DisposeAsync();
        return (null, rejection);
    }

    private async Task<Rejection?> ReadAsync(HttpRequest request, PictureLimits limits, UploadOptions options, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return new Rejection("Media_Type_Unsupported", "Send multipart/form-data.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is null or "" || boundary.Length > LongestBoundary) return new Rejection("Request_Malformed", "The content type has no valid boundary.");

        if (request.ContentLength > (long)limits.Bytes + UploadOptions.FormOverhead) return TooLarge(limits);

        var reader = new MultipartReader(boundary, request.Body, SpooledUpload.BufferLength) { HeadersCountLimit = 16, HeadersLengthLimit = 8 * 1024 };
        for (var parts = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; parts++)
        {
            if (parts == UploadOptions.Parts) return new Rejection("Request_Malformed", $"The form has more than {UploadOptions.Parts} parts.");
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
                return new Rejection("Request_Malformed", "A part has no form-data disposition.");
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            var refused = name == FilePart
                ? await ReceiveFileAsync(section.Body, limits, options, cancellationToken)
                : await ReceiveFieldAsync(name, section.Body, cancellationToken);
            if (refused is not null) return refused;
        }
        return file is null ? new Rejection("Request_Invalid", "The part file is missing.", "/file") : null;
    }

    private async Task<Rejection?> ReceiveFileAsync(Stream body, PictureLimits limits, UploadOptions options, CancellationToken cancellationToken)
    {
        if (file is not null) return new Rejection("Request_Invalid", "Send one file.", "/file");
        file = await SpooledUpload.ReceiveAsync(body, limits.Bytes, options.Directory, cancellationToken);
        return file is null ? TooLarge(limits) : null;
    }

    private async Task<Rejection?> ReceiveFieldAsync(string name, Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[UploadOptions.FieldBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > UploadOptions.FieldBytes) return new Rejection("Request_Too_Large", $"A field has more than {UploadOptions.FieldBytes} bytes.", FieldReader.Pointer(name));
        try
        {
            return fields.TryAdd(name, StrictUtf8.GetString(buffer, 0, length)) ? null : new Rejection("Request_Invalid", "The field is there twice.", FieldReader.Pointer(name));
        }
        catch (DecoderFallbackException)
        {
            return new Rejection("Request_Invalid", "The field is not UTF-8.", FieldReader.Pointer(name));
        }
    }

    private static Rejection TooLarge(PictureLimits limits) => new("Image_Too_Large", $"{limits.Bytes} bytes are allowed.");

    /// <inheritdoc />
    public ValueTask DisposeAsync() => file?.DisposeAsync() ?? ValueTask.CompletedTask;
}
