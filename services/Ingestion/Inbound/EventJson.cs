using System.Text.Json;
using System.Text.Unicode;

namespace ImageRights.Ingestion.Inbound;

/// <summary>JSON from anybody, checked once for all that reads it later.</summary>
internal static class EventJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a text; what is read may keep <paramref name="body"/>.</summary>
    /// <exception cref="JsonException">It is no JSON, is no Unicode (RFC 8259, 8.1 and 8.2), or names a member twice.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span)) throw new JsonException("The body is not UTF-8.");
        var reader = new Utf8JsonReader(body.Span);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) Check(ref reader);
        }
        return JsonDocument.Parse(body, Options);
    }

    private static void Check(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("The body has half of a surrogate pair, which is no character.");
        }
    }
}
