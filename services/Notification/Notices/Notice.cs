using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.Contracts.Notification.V1;
using ImageRights.EventStore;
using ImageRights.Notification.Projections;
using ImageRights.ServiceDefaults.Messaging;

namespace ImageRights.Notification.Notices;

/// <summary>A structured CloudEvents 1.0 event in JSON, exactly as it is signed and sent.</summary>
/// <param name="EventId">CloudEvents id and webhook id: the id of the message that told of it.</param>
/// <param name="Body">JSON of at most <see cref="LargestBody"/> bytes.</param>
/// <param name="FullBody">JSON with the data, when <paramref name="Body"/> is too small for them and refers to them by <c>dataref</c> instead.</param>
/// <param name="TraceParent">W3C trace context of the fact.</param>
/// <param name="AboutEndpoint">Endpoint that it tells of: it is not sent there, where it would only fail again.</param>
/// <param name="FeedOnly">Sent to no endpoint.</param>
public sealed record Notice(
    string TenantId, Guid EventId, string Type, string Subject, string Body, string? FullBody, string? TraceParent, string? AboutEndpoint = null, bool FeedOnly = false)
{
    /// <summary>Largest event that every CloudEvents intermediary must forward, in bytes.</summary>
    public const int LargestBody = 64 * 1024;

    /// <summary>The notice that tells of a contract.</summary>
    /// <param name="checkpoint">Latest checkpoint of the log of the service that tells it, a signed note in base64: who keeps what he is sent can show any change of the record.</param>
    /// <exception cref="KeyNotFoundException">The contract is not in the table of types: a bug.</exception>
    /// <param name="fact">Where the fact that it tells of stands.</param>
    public static Notice Of(object contract, Guid messageId, string? traceParent, string? checkpoint = null, FactPlace? fact = null)
    {
        var type = NoticeTypes.ByContract[contract.GetType()];
        var data = JsonSerializer.SerializeToNode(contract, contract.GetType(), StoreOptions.Json)!;
        var subject = type.Subject(contract);
        // Only facts of the subject's own stream are in an order of their own.
        var sequence = fact is not null && fact.Stream.EndsWith($"-{subject}", StringComparison.Ordinal) ? fact.Version.ToString("D10", CultureInfo.InvariantCulture) : null;
        var notice = Create(type.Tenant(contract), messageId, type.Name, type.Source, subject, type.Time(contract), data, traceParent, checkpoint, sequence);
        return contract switch
        {
            // Telling of a delivery that told of a failure would go on for ever between endpoints that are all dead.
            DeliveryFailed failed => notice with { AboutEndpoint = failed.EndpointId, FeedOnly = failed.EventType == NoticeTypes.DeliveryFailed },
            EndpointDisabled disabled => notice with { AboutEndpoint = disabled.EndpointId },
            _ => notice,
        };
    }

    /// <summary>Whether it is sent to this endpoint.</summary>
    public bool IsFor(EndpointView endpoint) => !FeedOnly && endpoint.EndpointId != AboutEndpoint && endpoint.Takes(Type);

    /// <summary>A notice that proves the way to one endpoint.</summary>
    public static Notice Test(string tenantId, Guid eventId, string endpointId, DateTimeOffset at, string? traceParent) =>
        Create(tenantId, eventId, NoticeTypes.Tested, NoticeTypes.Source, endpointId, at, new JsonObject { ["endpointId"] = endpointId }, traceParent);

    private static Notice Create(
        string tenantId, Guid eventId, string type, string source, string subject, DateTimeOffset time, JsonNode data, string? traceParent, string? checkpoint = null, string? sequence = null)
    {
        var envelope = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = eventId.ToString(),
            ["source"] = source,
            ["type"] = type,
            ["time"] = time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
            ["subject"] = subject,
            ["datacontenttype"] = "application/json",
            ["tenantid"] = tenantId,
        };
        if (sequence is not null) envelope["sequence"] = sequence;
        if (traceParent is not null) envelope["traceparent"] = traceParent;
        if (checkpoint is not null) envelope["logcheckpoint"] = checkpoint;
        envelope["data"] = data;
        var full = envelope.ToJsonString(StoreOptions.Json);
        // The serialiser escapes whatever is not ASCII, so characters are bytes.
        if (full.Length <= LargestBody) return new Notice(tenantId, eventId, type, subject, full, null, traceParent);
        envelope.Remove("data");
        envelope["dataref"] = $"/v1/events/{eventId}";
        return new Notice(tenantId, eventId, type, subject, envelope.ToJsonString(StoreOptions.Json), full, traceParent);
    }
}
