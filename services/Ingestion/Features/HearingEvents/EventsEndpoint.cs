using System.Text.Json;
using ImageRights.Ingestion.Inbound;
using ImageRights.Ingestion.Probing;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ImageRights.Ingestion.Features.HearingEvents;

/// <summary>Answer to events: what became of each, in their order.</summary>
public sealed record EventsAnswer(IReadOnlyList<EventOutcome> Items);

/// <summary>The door for CloudEvents by HTTP: structured, batched and binary (HTTP protocol binding 1.0.2).</summary>
public static class EventsEndpoint
{
    private const string Structured = "application/cloudevents+json", Batched = "application/cloudevents-batch+json";
    private const int LargestBatch = 100;
    private const int Envelope = 256 * 1024;

    /// <summary>POST /v1/events.</summary>
    public static void MapEvents(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/events", HearAsync).Requires(Permission.EventsSend)
            .WithTags("Inbound events").WithName("SendEvents").WithSummary("Takes CloudEvents 1.0, structured, batched or binary: each once, by source and id; what cannot be taken is parked with the reason");

    private static async Task<IResult> HearAsync(HttpContext context, InboundHandler handler, PictureLimits limits)
    {
        var request = context.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && request.Headers["ce-specversion"].Count == 0)
            return context.Problem(new Rejection("Media_Type_Unsupported", $"Send {Structured}, {Batched}, or the binary form with ce- headers."));
        // Base64 is a third longer than what it stands for.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limits.Bytes / 3L * 4 + Envelope;
        var (events, rejection) = type?.MediaType.Value?.ToLowerInvariant() switch
        {
            Structured => await ReadAsync(request, batched: false),
            Batched => await ReadAsync(request, batched: true),
            _ when request.Headers["ce-specversion"].Count > 0 => await ReadBinaryAsync(request, type),
            _ => ([], new Rejection("Media_Type_Unsupported", $"Send {Structured}, {Batched}, or the binary form with ce- headers.")),
        };
        if (rejection is not null) return context.Problem(rejection);
        var outcomes = new List<EventOutcome>(events.Count);
        // One after the other: a batch may tell of one picture twice.
        foreach (var incoming in events) outcomes.Add(await handler.TakeAsync(context.Tenant(), incoming, "http", context.RequestAborted));
        return TypedResults.Json(new EventsAnswer(outcomes), EventStore.StoreOptions.Json, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<(IReadOnlyList<CloudEvent> Events, Rejection? Rejection)> ReadAsync(HttpRequest request, bool batched)
    {
        using var json = EventJson.Parse(await BodyAsync(request));
        if (!batched)
        {
            var (single, rejection) = CloudEvent.Read(json.RootElement);
            return (single is null ? [] : [single], rejection);
        }
        if (json.RootElement.ValueKind != JsonValueKind.Array) return ([], new Rejection("Event_Malformed", "A batch is a JSON array."));
        if (json.RootElement.GetArrayLength() > LargestBatch) return ([], new Rejection("Request_Too_Large", $"A batch takes at most {LargestBatch} events."));
        var events = new List<CloudEvent>();
        foreach (var element in json.RootElement.EnumerateArray())
        {
            var (read, rejection) = CloudEvent.Read(element);
            // Refused as a whole, before anything is done: the sender still has all of it.
            if (read is null) return ([], rejection! with { Pointer = $"/{events.Count}{rejection.Pointer}" });
            events.Add(read);
        }
        return (events, null);
    }

    private static async Task<(IReadOnlyList<CloudEvent> Events, Rejection? Rejection)> ReadBinaryAsync(HttpRequest request, MediaTypeHeaderValue? type)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith("ce-", StringComparison.OrdinalIgnoreCase)) attributes[name[3..].ToLowerInvariant()] = Uri.UnescapeDataString(value.ToString().Trim('"'));
        }
        if (type is not null) attributes["datacontenttype"] = type.ToString();
        var body = await BodyAsync(request);
        var isJson = type?.MediaType.Value is { } media && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
        var (read, rejection) = CloudEvent.Checked(new CloudEvent(
            attributes,
            isJson && body.Length > 0 ? EventJson.Parse(body).RootElement.Clone() : null,
            isJson || body.Length == 0 ? null : body.ToArray()));
        return (read is null ? [] : [read], rejection);
    }

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
