using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageRights.EventStore;

/// <summary>Which members of events and documents are about a person: they are stored as ciphertext under that person's key. See docs/adr/0019-erasure.md.</summary>
public sealed class PersonalFields
{
    /// <summary>What is read in place of a text whose key was destroyed.</summary>
    public const string Erased = "[erased]";

    internal const string Sealed = "$sealed";

    private readonly Dictionary<Type, (Func<object, string?> Person, string[][] Paths)> byType = [];

    /// <summary>Names the personal texts of a type.</summary>
    /// <param name="person">Whom they are about, or who entrusted them to us; null for nobody.</param>
    /// <param name="paths">Members as they are stored, such as <c>metadata.creator</c>; <c>*</c> stands for every member or item.</param>
    public PersonalFields Of<T>(Func<T, string?> person, params string[] paths) where T : notnull
    {
        byType.Add(typeof(T), (value => person((T)value), [.. paths.Select(path => path.Split('.'))]));
        return this;
    }

    /// <summary>Types that have any.</summary>
    public IEnumerable<Type> Types => byType.Keys;

    /// <summary>Whose key seals it; null where nothing is to be sealed.</summary>
    internal string? PersonOf(object value) => byType.TryGetValue(value.GetType(), out var entry) ? entry.Person(value) : null;

    /// <summary>The JSON of a value with its personal texts sealed.</summary>
    internal string Seal(object value, Type type, PersonKey key)
    {
        var root = JsonSerializer.SerializeToNode(value, type, StoreOptions.Json)!;
        foreach (var path in byType[value.GetType()].Paths) Walk(root, path, key);
        return root.ToJsonString(StoreOptions.Json);
    }

    private static void Walk(JsonNode? node, ReadOnlySpan<string> path, PersonKey key)
    {
        var rest = path[1..];
        switch (node)
        {
            case JsonObject members:
                foreach (var name in path[0] == "*" ? [.. members.Select(member => member.Key)] : new[] { path[0] })
                    if (Sealing(members[name], rest, key) is { } replaced) members[name] = replaced;
                break;
            case JsonArray items when path[0] == "*":
                for (var place = 0; place < items.Count; place++)
                    if (Sealing(items[place], rest, key) is { } replaced) items[place] = replaced;
                break;
        }
    }

    private static JsonObject? Sealing(JsonNode? node, ReadOnlySpan<string> rest, PersonKey key)
    {
        if (rest.Length > 0)
        {
            Walk(node, rest, key);
            return null;
        }
        return node is JsonValue value && value.TryGetValue<string>(out var text) && text != Erased ? new JsonObject { [Sealed] = key.Seal(text) } : null;
    }

    /// <summary>Ids of the keys that a stored value is sealed under.</summary>
    internal static void CollectKeys(ReadOnlySpan<byte> json, ISet<Guid> keys)
    {
        if (json.IndexOf("\"$sealed\""u8) < 0) return;
        Visit(JsonNode.Parse(json), text => { keys.Add(PersonKey.IdIn(text)); return text; });
    }

    /// <summary>A stored value in the clear; <see cref="Erased"/> where the key is gone.</summary>
    internal static byte[] Open(byte[] json, IReadOnlyDictionary<Guid, PersonKey> keys)
    {
        if (json.AsSpan().IndexOf("\"$sealed\""u8) < 0) return json;
        var root = Visit(JsonNode.Parse(json), text => keys.TryGetValue(PersonKey.IdIn(text), out var key) ? key.Open(text) : Erased);
        return JsonSerializer.SerializeToUtf8Bytes(root, StoreOptions.Json);
    }

    /// <summary>A stored value with <see cref="Erased"/> in place of what one key sealed.</summary>
    internal static byte[] Forget(byte[] json, Guid key) => JsonSerializer.SerializeToUtf8Bytes(VisitNodes(JsonNode.Parse(json), text => PersonKey.IdIn(text) == key ? JsonValue.Create(Erased) : null), StoreOptions.Json);

    private static JsonNode? Visit(JsonNode? node, Func<string, string> open) => VisitNodes(node, text => JsonValue.Create(open(text)));

    private static JsonNode? VisitNodes(JsonNode? node, Func<string, JsonNode?> replace)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } only when only[Sealed] is JsonValue value && value.TryGetValue<string>(out var text):
                return replace(text) ?? node;
            case JsonObject members:
                foreach (var name in members.Select(member => member.Key).ToList())
                    if (VisitNodes(members[name], replace) is var read && !ReferenceEquals(read, members[name])) members[name] = read;
                return node;
            case JsonArray items:
                for (var place = 0; place < items.Count; place++)
                    if (VisitNodes(items[place], replace) is var read && !ReferenceEquals(read, items[place])) items[place] = read;
                return node;
            default:
                return node;
        }
    }
}
