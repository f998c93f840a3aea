using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ImageRights.Contracts.Inbound.V1;
using ImageRights.EventStore;
using ImageRights.Notification.Notices;

namespace ImageRights.Notification.Features.DescribingEvents;

/// <summary>Everything that is sent and taken as events, in AsyncAPI 3.1: made from the tables and types that the code itself uses, so that it cannot say anything else.</summary>
public static class AsyncApiDocument
{
    /// <summary>How it is written: for people too.</summary>
    public static readonly JsonSerializerOptions Form = new(StoreOptions.Json) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    // Numbers are numbers: that the reader also takes them as text is tolerance, not the contract.
    private static readonly JsonSerializerOptions Strict = new(StoreOptions.Json) { NumberHandling = JsonNumberHandling.Strict, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private const string CloudEvent = "application/cloudevents+json";

    /// <summary>The document of the installation at an address.</summary>
    /// <param name="host">Host and port of this service.</param>
    /// <param name="scheme">http or https.</param>
    public static JsonObject Create(string host, string scheme)
    {
        var sent = NoticeTypes.ByContract.Values.OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => new Described(type.Name, type.Contract.Name, type.Contract, $"From {type.Source}.", "sent")).ToList();
        var taken = InboundEvents.Types.OrderBy(type => type.Key, StringComparer.Ordinal)
            .Select(type => new Described(type.Key, type.Value.Name, type.Value, "Taken once, by source and id.", "taken")).ToList();
        var tested = new Described(NoticeTypes.Tested, "EndpointTested", typeof(EndpointTested), "Sent to one endpoint on request; not in the feed.", "sent");
        return new JsonObject
        {
            ["asyncapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "ImageRights events",
                ["version"] = "v1",
                ["description"] = "What integrators hear, by signed webhooks (Standard Webhooks 1.0) or by polling the feed, and what the marketplace tells. All are CloudEvents 1.0.",
                ["license"] = new JsonObject { ["name"] = "Proprietary" },
                ["tags"] = new JsonArray(new JsonObject { ["name"] = "sent" }, new JsonObject { ["name"] = "taken" }),
            },
            ["defaultContentType"] = CloudEvent,
            ["servers"] = new JsonObject
            {
                ["notification"] = new JsonObject { ["host"] = host, ["protocol"] = scheme, ["description"] = "Manages endpoints and serves the feed." },
            },
            ["channels"] = new JsonObject
            {
                ["webhooks"] = Channel(null, "Posted to each endpoint that takes the type; at least once, and not always in the order in which things happened: a later event may come while an earlier one is tried again. The sequence tells which is the later.", [.. sent, tested]),
                ["feed"] = Channel("/v1/feed", "The same events, oldest first, in pages; ask again with the cursor in next.", sent),
                ["inbound"] = Channel(InboundEvents.Exchange, "Topic exchange of the broker, any routing key, one structured event a message; or POST /v1/events of Ingestion.", taken),
            },
            ["operations"] = new JsonObject
            {
                ["sendWebhook"] = Operation("send", "webhooks", "Tell an endpoint what happened"),
                ["serveFeed"] = Operation("send", "feed", "Tell whoever asks what happened"),
                ["takeInbound"] = Operation("receive", "inbound", "Hear from the marketplace"),
            },
            ["components"] = new JsonObject
            {
                ["messages"] = Object([.. sent, tested, .. taken], described => Message(described)),
                ["schemas"] = Schemas([.. sent, tested, .. taken]),
            },
        };
    }

    private sealed record Described(string Type, string Schema, Type Data, string Summary, string Tag);

    /// <summary>Data of a test event.</summary>
    private sealed record EndpointTested(string EndpointId);

    private static JsonObject Channel(string? address, string description, IReadOnlyList<Described> messages) => new()
    {
        ["address"] = address,
        ["description"] = description,
        ["messages"] = Object(messages, described => new JsonObject { ["$ref"] = $"#/components/messages/{described.Type}" }),
    };

    private static JsonObject Operation(string action, string channel, string summary) => new()
    {
        ["action"] = action, ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{channel}" }, ["summary"] = summary, ["description"] = $"{summary}.",
    };

    private static JsonObject Message(Described described)
    {
        var message = new JsonObject
        {
            ["name"] = described.Type,
            ["title"] = described.Schema,
            ["summary"] = described.Summary,
            ["contentType"] = CloudEvent,
            ["tags"] = new JsonArray(new JsonObject { ["name"] = described.Tag }),
            ["payload"] = new JsonObject
            {
                ["allOf"] = new JsonArray(
                    new JsonObject { ["$ref"] = "#/components/schemas/CloudEvent" },
                    new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject
                        {
                            ["type"] = new JsonObject { ["const"] = described.Type }, ["data"] = new JsonObject { ["$ref"] = $"#/components/schemas/{described.Schema}" },
                        },
                    }),
            },
        };
        if (described.Tag == "sent") message["headers"] = new JsonObject { ["$ref"] = "#/components/schemas/WebhookHeaders" };
        return message;
    }

    private static JsonObject Schemas(IReadOnlyList<Described> messages)
    {
        var schemas = new JsonObject
        {
            ["CloudEvent"] = Structure(
                "CloudEvents 1.0, structured. Data that make it larger than 64 KiB are left out, and dataref says where they are.",
                ["specversion", "id", "source", "type"],
                ("specversion", "Always 1.0."), ("id", "Unique with source; also the webhook id."), ("source", "Who says it."), ("type", "What kind of thing happened."), ("time", "When it happened, RFC 3339."),
                ("subject", "Identity of what it is about."), ("datacontenttype", "Media type of data."), ("tenantid", "Whose it is."),
                ("sequence", "Orders the events of one source and subject, byte by byte: the higher is the later. What is not sent leaves gaps. Absent where an event has no order among others."),
                ("traceparent", "W3C trace context of the fact."),
                ("logcheckpoint", "Latest checkpoint of the transparency log of the service that says it: a C2SP signed note in Base64. Who keeps it is a witness."),
                ("dataref", "Address of the event in full, when data are left out.")),
            ["WebhookHeaders"] = Structure(
                "Headers of Standard Webhooks 1.0; a page of the feed has none of them.",
                ["webhook-id", "webhook-timestamp", "webhook-signature"],
                ("webhook-id", "The event's id; the same in every attempt."), ("webhook-timestamp", "Unix seconds of the attempt."), ("webhook-signature", "v1, and the HMAC-SHA256 in Base64; several during a change of secret, separated by spaces.")),
        };
        foreach (var described in messages.DistinctBy(described => described.Schema)) schemas[described.Schema] = SchemaOf(described);
        return schemas;
    }

    private static JsonObject Structure(string description, string[] required, params (string Name, string Meaning)[] fields) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]),
        ["properties"] = new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)new JsonObject { ["type"] = "string", ["description"] = field.Meaning }))),
    };

    private static JsonObject SchemaOf(Described described)
    {
        var schema = JsonSchemaExporter.GetJsonSchemaAsNode(Strict, described.Data, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (_, node) =>
            {
                if (node is not JsonObject form) return node;
                if (form["enum"] is JsonArray && form["type"] is null) form.Insert(0, "type", form["enum"]!.AsArray().Contains(null) ? new JsonArray("string", "null") : "string");
                // Nulls are left out when events are written, so nothing that can be null is required.
                if (form["required"] is JsonArray required && form["properties"] is JsonObject properties)
                {
                    foreach (var optional in required.Where(name => IsNullable(properties[name!.GetValue<string>()]!)).ToList()) required.Remove(optional);
                }
                return form;
            },
        }).AsObject();
        Relocate(schema, $"#/components/schemas/{described.Schema}");
        return schema;
    }

    private static bool IsNullable(JsonNode property) => property is JsonObject form && form["type"] is JsonArray types && types.Any(type => type!.GetValue<string>() == "null");

    // The exporter points to what it has said before from the root of the schema; here the root is elsewhere.
    private static void Relocate(JsonNode? node, string root)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list) Relocate(item, root);
        }
        if (node is not JsonObject form) return;
        if (form["$ref"]?.GetValue<string>() is { } reference) form["$ref"] = root + reference[1..];
        foreach (var (_, value) in form.ToList()) Relocate(value, root);
    }

    private static JsonObject Object(IEnumerable<Described> messages, Func<Described, JsonNode> value) =>
        new(messages.Select(described => KeyValuePair.Create(described.Type, (JsonNode?)value(described))));
}
