using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using ImageRights.Dashboard.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ImageRights.Dashboard.Otlp;

/// <summary>
/// The two doors for telemetry: OTLP/gRPC and OTLP/HTTP with protobuf bodies. Both take the same three requests and differ only
/// in framing and in how they say no.
/// </summary>
internal sealed class OtlpEndpoints(TelemetryStore store, string? apiKey, ILogger logger)
{
    /// <summary>Largest request, before and after decompression. Exporters send batches of some hundred items.</summary>
    public const int MessageLimit = 8 * 1024 * 1024;

    private const string ProtobufType = "application/x-protobuf";

    private readonly byte[]? _apiKey = apiKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(apiKey));

    /// <summary>
    /// gRPC over HTTP/2: POST /{service}/{method}; the body is one frame of compressed flag (1 byte), length (4 bytes, big endian)
    /// and message; the outcome is the trailer <c>grpc-status</c>, whatever the HTTP status says.
    /// </summary>
    public async Task HandleGrpcAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsPost(request.Method) || request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
        {
            await WriteTextAsync(response, StatusCodes.Status415UnsupportedMediaType,
                "This port takes OTLP over gRPC only. The dashboard's pages have an address of their own.");
            return;
        }
        response.ContentType = "application/grpc";
        response.Headers["grpc-accept-encoding"] = "identity,gzip";

        var outcome = await ReceiveAsync();
        if (outcome.Answer is { } answer)
        {
            var frame = new byte[5 + answer.Length];
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)answer.Length);
            answer.CopyTo(frame, 5);
            await response.Body.WriteAsync(frame, context.RequestAborted);
        }
        response.AppendTrailer("grpc-status", ((int)outcome.Status).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (outcome.Message.Length > 0)
            response.AppendTrailer("grpc-message", Uri.EscapeDataString(outcome.Message));

        async Task<GrpcOutcome> ReceiveAsync()
        {
            var signal = request.Path.Value switch
            {
                "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => Signal.Traces,
                "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => Signal.Metrics,
                "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => Signal.Logs,
                _ => (Signal?)null,
            };
            if (signal is null)
                return new(GrpcStatus.Unimplemented, "There is no such method here.");
            if (!IsAllowed(request.Headers))
                return new(GrpcStatus.Unauthenticated, "The header x-otlp-api-key is missing or wrong.");
            try
            {
                var body = await ReadAsync(request.Body, MessageLimit + 5, context.RequestAborted);
                if (body.Length < 5 || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != body.Length - 5 || body[0] > 1)
                    return new(GrpcStatus.InvalidArgument, "The body is not one gRPC message.");
                var message = body[5..];
                if (body[0] == 1)
                {
                    if (request.Headers["grpc-encoding"] != "gzip")
                        return new(GrpcStatus.Unimplemented, "The message is compressed in a way that is not supported; gzip is.");
                    message = await UnzipAsync(message, context.RequestAborted);
                }
                return new(GrpcStatus.Ok, "", Take(signal.Value, message));
            }
            catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
            {
                Refused(signal.Value, error);
                return new(GrpcStatus.InvalidArgument, "The message is malformed: " + error.Message);
            }
            catch (Exception error) when (error is TooLargeException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
            {
                Refused(signal.Value, error);
                return new(GrpcStatus.ResourceExhausted, TooLargeException.Text);
            }
        }
    }

    /// <summary>OTLP/HTTP: POST /v1/traces, /v1/metrics, /v1/logs; errors carry a google.rpc.Status as the specification asks.</summary>
    public async Task HandleHttpAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var signal = request.Path.Value switch
        {
            "/v1/traces" => Signal.Traces,
            "/v1/metrics" => Signal.Metrics,
            "/v1/logs" => Signal.Logs,
            _ => (Signal?)null,
        };
        if (signal is null)
        {
            await WriteTextAsync(response, StatusCodes.Status404NotFound,
                "This port takes OTLP at /v1/traces, /v1/metrics and /v1/logs. The dashboard's pages have an address of their own.");
            return;
        }
        if (!HttpMethods.IsPost(request.Method))
        {
            response.Headers.Allow = "POST";
            await WriteStatusAsync(StatusCodes.Status405MethodNotAllowed, "Only POST is served here.");
            return;
        }
        if (!IsAllowed(request.Headers))
        {
            await WriteStatusAsync(StatusCodes.Status401Unauthorized, "The header x-otlp-api-key is missing or wrong.");
            return;
        }
        if (request.ContentType?.Split(';')[0].Trim() != ProtobufType)
        {
            await WriteStatusAsync(StatusCodes.Status415UnsupportedMediaType, $"Only {ProtobufType} is taken; OTLP as JSON is not.");
            return;
        }
        try
        {
            var message = await ReadAsync(request.Body, MessageLimit, context.RequestAborted);
            switch (request.Headers.ContentEncoding.ToString())
            {
                case "" or "identity":
                    break;
                case "gzip":
                    message = await UnzipAsync(message, context.RequestAborted);
                    break;
                default:
                    await WriteStatusAsync(StatusCodes.Status415UnsupportedMediaType, "The only content encoding taken is gzip.");
                    return;
            }
            var answer = Take(signal.Value, message);
            response.ContentType = ProtobufType;
            response.ContentLength = answer.Length;
            await response.Body.WriteAsync(answer, context.RequestAborted);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
        {
            Refused(signal.Value, error);
            await WriteStatusAsync(StatusCodes.Status400BadRequest, "The message is malformed: " + error.Message);
        }
        catch (Exception error) when (error is TooLargeException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            Refused(signal.Value, error);
            await WriteStatusAsync(StatusCodes.Status413PayloadTooLarge, TooLargeException.Text);
        }

        // google.rpc.Status { int32 code = 1; string message = 2 }
        async Task WriteStatusAsync(int status, string text)
        {
            var body = Message(output =>
            {
                output.WriteTag(2, WireFormat.WireType.LengthDelimited);
                output.WriteString(text);
            });
            response.StatusCode = status;
            response.ContentType = ProtobufType;
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <returns>The export response, which is empty unless something had to be left out.</returns>
    private byte[] Take(Signal signal, byte[] message)
    {
        switch (signal)
        {
            case Signal.Traces:
                store.Add(OtlpReader.ReadTraces(message));
                return [];
            case Signal.Logs:
                store.Add(OtlpReader.ReadLogs(message));
                return [];
            default:
                var (samples, rejected) = OtlpReader.ReadMetrics(message);
                store.Add(samples);
                return rejected == 0 ? [] : PartialSuccess(rejected);
        }
    }

    // ExportMetricsServiceResponse { partial_success = 1 { int64 rejected_data_points = 1; string error_message = 2 } }
    private static byte[] PartialSuccess(int rejected) => Message(output =>
    {
        var partial = Message(inner =>
        {
            inner.WriteTag(1, WireFormat.WireType.Varint);
            inner.WriteInt64(rejected);
            inner.WriteTag(2, WireFormat.WireType.LengthDelimited);
            inner.WriteString("Summary points are not supported.");
        });
        output.WriteTag(1, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(partial));
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
            write(output);
        return buffer.ToArray();
    }

    // Hashes are compared, so that neither content nor length of the key shows in the time it takes.
    private bool IsAllowed(IHeaderDictionary headers) =>
        _apiKey is null || CryptographicOperations.FixedTimeEquals(
            _apiKey, SHA256.HashData(Encoding.UTF8.GetBytes(headers.TryGetValue("x-otlp-api-key", out StringValues value) ? value.ToString() : "")));

    private void Refused(Signal signal, Exception error) =>
        logger.LogWarning("A {Signal} request was refused: {Reason}", signal, error.Message);

    private static async Task<byte[]> UnzipAsync(byte[] compressed, CancellationToken cancellationToken)
    {
        await using var unzipped = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        return await ReadAsync(unzipped, MessageLimit, cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(Stream source, int limit, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await source.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (content.Length + count > limit)
                throw new TooLargeException();
            content.Write(chunk, 0, count);
        }
        return content.ToArray();
    }

    private static Task WriteTextAsync(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(text);
    }

    private enum Signal { Traces, Metrics, Logs }

    /// <summary>The codes of gRPC that are used here, with gRPC's numbers.</summary>
    private enum GrpcStatus { Ok = 0, InvalidArgument = 3, ResourceExhausted = 8, Unimplemented = 12, Unauthenticated = 16 }

    private sealed record GrpcOutcome(GrpcStatus Status, string Message, byte[]? Answer = null);

    private sealed class TooLargeException() : Exception(Text)
    {
        public const string Text = "The message is larger than 8 MiB.";
    }
}
