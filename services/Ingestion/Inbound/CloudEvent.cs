using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Inbound;

/// <summary>An event of CloudEvents 1.0, from any of its forms.</summary>
/// <param name="Attributes">All context attributes, extensions too, by their lower-case names.</param>
/// <param name="Data">Data that are JSON.</param>
/// <param name="Bytes">Data that are not.</param>
public sealed record CloudEvent(IReadOnlyDictionary<string, string> Attributes, JsonElement? Data, byte[]? Bytes)
{
    private const int LongestAttribute = 2048;

    private static readonly Guid Space = new("5f1d2f0e-6f6c-4c0b-8a43-0f7b5d3c1e52");

    /// <summary>Unique together with <see cref="Source"/>.</summary>
    public string Id => Attributes["id"];

    /// <summary>Who says it.</summary>
    public string Source => Attributes["source"];

    /// <summary>What kind of thing happened.</summary>
    public string Type => Attributes["type"];

    /// <summary>One identity for source and id: what the inbox knows the event by.</summary>
    public Guid MessageId => DeterministicGuid.Create(Space, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Source}\n{Id}"))));

    /// <summary>A field of the data or, for data that are a picture, the extension attribute of its name.</summary>
    public string? Field(string name) =>
        Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : Attributes.GetValueOrDefault(name.ToLowerInvariant());

    /// <summary>A field of the data that is a list of texts; null when it is something else, empty when it is not there.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        if (Data is not { ValueKind: JsonValueKind.Object } data || !data.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return [];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : null;
    }

    /// <summary>Reads the structured form.</summary>
    public static (CloudEvent? Event, Rejection? Rejection) Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return (null, Malformed("It is not a JSON object."));
        var attributes = new Dictionary<string, string>();
        JsonElement? data = null;
        byte[]? bytes = null;
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "data":
                    if (member.Value.ValueKind != JsonValueKind.Null) data = member.Value.Clone();
                    break;
                case "data_base64":
                    if (member.Value.ValueKind != JsonValueKind.String || !member.Value.TryGetBytesFromBase64(out bytes)) return (null, Malformed("data_base64 is not Base64.", "/data_base64"));
                    break;
                default:
                    if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) attributes[member.Name] = member.Value.ToString();
                    else if (member.Value.ValueKind != JsonValueKind.Null) return (null, Malformed($"{member.Name} is not a context attribute's value."));
                    break;
            }
        }
        return data is not null && bytes is not null ? (null, Malformed("It has both data and data_base64.")) : Checked(new CloudEvent(attributes, data, bytes));
    }

    /// <summary>Refuses an event without its required attributes.</summary>
    public static (CloudEvent? Event, Rejection? Rejection) Checked(CloudEvent read)
    {
        foreach (var name in new[] { "specversion", "id", "source", "type" })
        {
            if (read.Attributes.GetValueOrDefault(name) is not { Length: > 0 }) return (null, Malformed($"The attribute {name} is missing.", $"/{name}"));
        }
        if (read.Attributes["specversion"] != "1.0") return (null, Malformed("specversion is not 1.0.", "/specversion"));
        foreach (var (name, value) in read.Attributes)
        {
            if (value.Length > LongestAttribute || value.Any(char.IsControl)) return (null, Malformed($"An attribute takes at most {LongestAttribute} characters and no control characters."));
            if (name.Length > 64 || !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter))) return (null, Malformed("Attribute names are lower-case letters and digits."));
        }
        return (read, null);
    }

    /// <summary>The structured form.</summary>
    public byte[] ToJson()
    {
        var json = new JsonObject();
        foreach (var (name, value) in Attributes) json[name] = value;
        if (Data is { } data) json["data"] = JsonNode.Parse(data.GetRawText());
        if (Bytes is not null) json["data_base64"] = Convert.ToBase64String(Bytes);
        return JsonSerializer.SerializeToUtf8Bytes(json);
    }

    private static Rejection Malformed(string detail, string? pointer = null) => new("Event_Malformed", detail, pointer);
}
