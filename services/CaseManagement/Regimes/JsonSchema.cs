using System.Text.Json;
using System.Text.RegularExpressions;

namespace ImageRights.CaseManagement.Regimes;

/// <summary>Checks a document against the part of JSON Schema 2020-12 that the schemas here use; a keyword that it does not know is an error, so that no rule
/// is silently without force.</summary>
public sealed class JsonSchema(JsonElement root)
{
    private static readonly HashSet<string> Known =
        ["$schema", "$id", "$defs", "$ref", "title", "description", "type", "enum", "pattern", "minimum", "minLength", "minItems", "items", "properties", "required", "additionalProperties"];

    /// <summary>Every fault, with where it is; none when the document is as the schema says.</summary>
    public IReadOnlyList<string> Faults(JsonElement document) => [.. Faults(root, document, "#")];

    private IEnumerable<string> Faults(JsonElement schema, JsonElement value, string path)
    {
        foreach (var keyword in schema.EnumerateObject().Where(keyword => !Known.Contains(keyword.Name))) yield return $"{path}: the schema's keyword {keyword.Name} is not known";
        if (schema.TryGetProperty("$ref", out var reference)) schema = root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]);
        if (schema.TryGetProperty("type", out var type) && !Is(value, type.GetString()!))
        {
            yield return $"{path}: is {value.ValueKind}, not {type}";
            yield break;
        }
        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value))) yield return $"{path}: {value} is not one of {choices}";
        var faults = value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(schema, value, path),
            JsonValueKind.Array => OfArray(schema, value, path),
            JsonValueKind.String => OfString(schema, value.GetString()!, path),
            JsonValueKind.Number when schema.TryGetProperty("minimum", out var minimum) && value.GetDecimal() < minimum.GetDecimal() => [$"{path}: {value} is less than {minimum}"],
            _ => [],
        };
        foreach (var fault in faults) yield return fault;
    }

    private IEnumerable<string> OfObject(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _))) yield return $"{path}: {name} is missing";
        }
        var hasProperties = schema.TryGetProperty("properties", out var properties);
        var hasOthers = schema.TryGetProperty("additionalProperties", out var others);
        foreach (var property in value.EnumerateObject())
        {
            var at = $"{path}/{property.Name}";
            if (hasProperties && properties.TryGetProperty(property.Name, out var known))
            {
                foreach (var fault in Faults(known, property.Value, at)) yield return fault;
            }
            else if (hasOthers && others.ValueKind == JsonValueKind.False) yield return $"{at}: is not known";
            else if (hasOthers && others.ValueKind == JsonValueKind.Object)
            {
                foreach (var fault in Faults(others, property.Value, at)) yield return fault;
            }
        }
    }

    private IEnumerable<string> OfArray(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("minItems", out var fewest) && value.GetArrayLength() < fewest.GetInt32()) yield return $"{path}: has fewer than {fewest} items";
        if (!schema.TryGetProperty("items", out var items)) yield break;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            foreach (var fault in Faults(items, item, $"{path}/{index}")) yield return fault;
            index++;
        }
    }

    private static IEnumerable<string> OfString(JsonElement schema, string value, string path)
    {
        if (schema.TryGetProperty("minLength", out var least) && value.Length < least.GetInt32()) yield return $"{path}: is shorter than {least}";
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(value, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1))) yield return $"{path}: {value} is not as {pattern}";
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => throw new InvalidDataException($"The schema's type {type} is not known."),
    };
}
