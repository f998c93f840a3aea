using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ImageRights.EventStore.Transparency;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ImageRights.EventStore;

/// <summary>Everything a service's store knows: event names, aggregates, read models, followers. Filled in <c>Composition.cs</c>.</summary>
public sealed class StoreOptions
{
    /// <summary>JSON of events and documents: camelCase, enums by name, unknown members refused nowhere (old readers tolerate new fields).</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Name of the service; prefixes follower names in locks, health and metrics.</summary>
    public string ServiceName { get; set; } = "service";

    /// <summary>PostgreSQL connection string.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Schema that holds the tables.</summary>
    public string DatabaseSchemaName { get; set; } = "public";

    /// <summary>The names table: stored name ↔ type.</summary>
    public EventNames Events { get; } = new();

    /// <summary>Aggregates, inline snapshots and documents.</summary>
    public ProjectionOptions Projections { get; } = new();

    /// <summary>Personal members of events and documents.</summary>
    public PersonalFields Personal { get; } = new();

    /// <summary>Seals what <see cref="Personal"/> names under a key for each person.</summary>
    /// <param name="keys">What wraps the keys of persons: 32 random bytes in base64, older ones after it, separated by commas. Without it personal data are stored as they are.</param>
    /// <exception cref="InvalidOperationException">It is not 32 bytes in base64.</exception>
    public void SealPersonalData(string? keys) => WrappingKeys = string.IsNullOrWhiteSpace(keys) ? null : new WrappingKeys(keys);

    internal WrappingKeys? WrappingKeys { get; private set; }

    /// <summary>Clock of event timestamps. Within a stream time never runs backwards, whatever the clocks of several replicas say.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>SQL run once at start after the store's own tables, for tables a service keeps beside them. <c>{schema}</c> is replaced. Must be idempotent.</summary>
    public List<string> SchemaScripts { get; } = [];

    internal List<FollowerRegistration> Followers { get; } = [];

    /// <summary>Registers a follower that one replica at a time runs, with progress kept in the database.</summary>
    public void Follow(string name, Func<IServiceProvider, ISubscription> subscription, int pageSize = 500) =>
        Followers.Add(new FollowerRegistration(name, subscription, pageSize, EveryReplica: false));

    /// <summary>Registers a follower that every replica runs from the start of the log, or from where it says it can resume, with progress in memory only: for in-memory read models.</summary>
    public void FollowInMemory(string name, Func<IServiceProvider, ISubscription> subscription, int pageSize = 2000) =>
        Followers.Add(new FollowerRegistration(name, subscription, pageSize, EveryReplica: true));

    /// <summary>Keeps a transparency log over the whole store: a Merkle tree of all events, with a signed checkpoint within a second of each.</summary>
    /// <param name="signingKey">32 random bytes in base64, from which the log's own key is derived. Without it, each start signs with a key that ends with it.</param>
    /// <param name="origin">The log's name in its checkpoints; <c>imagerights/</c> and the service's name unless given.</param>
    /// <exception cref="InvalidOperationException">The key is not 32 bytes in base64.</exception>
    public void KeepTransparencyLog(string? signingKey, string? origin = null)
    {
        origin ??= $"imagerights/{ServiceName}";
        LogSigner = string.IsNullOrWhiteSpace(signingKey) ? LogSigner.Ephemeral(origin) : LogSigner.Derive(origin, ReadKey(signingKey));
        IsLogKeyKept = !string.IsNullOrWhiteSpace(signingKey);
        Followers.Add(new FollowerRegistration("sealer", provider => new Sealer(provider.GetRequiredService<DocumentStore>(), LogSigner), PageSize: 2000, EveryReplica: false, Sealer.Pace, Leaf.ReadPageAsync));
    }

    /// <summary>Has checkpoints stamped by an RFC 3161 authority: at each interval while there is news, and for each case file.</summary>
    /// <param name="address">Where the authority takes queries over HTTP; null or empty asks nobody.</param>
    /// <param name="interval">Ten minutes unless given.</param>
    public void AskForTimeStamps(string? address, TimeSpan? interval = null)
    {
        if (string.IsNullOrWhiteSpace(address)) return;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new InvalidOperationException("Transparency:TimeStampAuthority is not an http address: set it (Transparency__TimeStampAuthority) to where an RFC 3161 authority takes queries.");
        TimeStampAuthority = new Rfc3161Authority(uri);
        TimeStampInterval = interval ?? TimeStampInterval;
    }

    internal ITimeStampAuthority? TimeStampAuthority { get; private set; }

    internal TimeSpan TimeStampInterval { get; private set; } = TimeSpan.FromMinutes(10);

    internal LogSigner? LogSigner { get; private set; }

    internal bool IsLogKeyKept { get; private set; }

    private static byte[] ReadKey(string text)
    {
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length == 32
            ? key[..length]
            : throw new InvalidOperationException("Transparency:SigningKey is not 32 bytes in base64: set it (Transparency__SigningKey) to what `openssl rand -base64 32` gives, the same for every replica, and keep it.");
    }
}

/// <param name="Pace">Shortest time between two pages unless there is more than a page; null: as fast as the events come.</param>
/// <param name="Read">How the next page is read; null: as facts.</param>
internal sealed record FollowerRegistration(
    string Name, Func<IServiceProvider, ISubscription> Subscription, int PageSize, bool EveryReplica, TimeSpan? Pace = null, PageReader? Read = null);

internal delegate Task<IReadOnlyList<RecordedEvent>> PageReader(DocumentStore store, NpgsqlConnection connection, LogPosition after, int limit, CancellationToken cancellationToken);

/// <summary>Stored event names. CLR names never reach the database, so a rename in code changes nothing there.</summary>
public sealed class EventNames
{
    private readonly Dictionary<string, (Type Type, Func<JsonObject, JsonObject>? Upcast)> byName = [];
    private readonly Dictionary<Type, string> byType = [];

    /// <summary>Maps a fact to its stored name, which carries its version: <c>case_opened_v1</c>.</summary>
    public EventNames Map<TEvent>(string storedName) where TEvent : notnull
    {
        byName.Add(storedName, (typeof(TEvent), null));
        byType.Add(typeof(TEvent), storedName);
        return this;
    }

    /// <summary>Reads an old version as the current type; history itself stays as it was written.</summary>
    public EventNames Upcast<TEvent>(string oldStoredName, Func<JsonObject, JsonObject> upcast) where TEvent : notnull
    {
        byName.Add(oldStoredName, (typeof(TEvent), upcast));
        return this;
    }

    /// <summary>All current types with their stored names.</summary>
    public IReadOnlyDictionary<Type, string> Mapped => byType;

    internal string NameOf(Type type) =>
        byType.TryGetValue(type, out var name) ? name : throw new InvalidOperationException($"{type.Name} has no stored name; add it to the names table.");

    internal object Read(string storedName, byte[] json)
    {
        if (!byName.TryGetValue(storedName, out var entry)) throw new UnknownEventTypeException(storedName);
        if (entry.Upcast is not { } upcast) return JsonSerializer.Deserialize(json, entry.Type, StoreOptions.Json)!;
        return upcast(JsonNode.Parse(json)!.AsObject()).Deserialize(entry.Type, StoreOptions.Json)!;
    }
}

/// <summary>How streams become state: aggregates for decisions, snapshots and documents for reading.</summary>
public sealed class ProjectionOptions
{
    private readonly Dictionary<Type, (object Initial, Func<object, object, object> Evolve)> aggregates = [];
    private readonly List<StreamSnapshot> snapshots = [];
    private readonly Dictionary<Type, DocumentMapping> documents = [];

    /// <summary>State for decisions, folded when a stream is loaded. <paramref name="evolve"/> must be pure.</summary>
    public void LiveStreamAggregation<TState>(TState initial, Func<TState, object, TState> evolve) where TState : notnull =>
        aggregates.Add(typeof(TState), (initial, (state, fact) => evolve((TState)state, fact)));

    /// <summary>A document per stream whose key begins with <paramref name="streamPrefix"/>, written in the transaction of the append.</summary>
    /// <param name="streamPrefix">Such as <c>case-</c>; the document's id is the key without it.</param>
    /// <param name="evolve">Folds the next event; null deletes the document.</param>
    /// <param name="indexes">SQL expressions to index, such as <c>(data ->> 'state')</c>.</param>
    public void InlineSnapshot<TDocument>(string streamPrefix, Func<TDocument?, RecordedEvent, TDocument?> evolve, params string[] indexes) where TDocument : class
    {
        Document<TDocument>(indexes);
        snapshots.Add(new StreamSnapshot(typeof(TDocument), streamPrefix, (document, @event) => evolve((TDocument?)document, @event), IsInline: true));
    }

    /// <summary>A document per stream as <see cref="InlineSnapshot{TDocument}"/> keeps it, written by a follower soon after the append, which costs the append nothing.</summary>
    public void AsyncSnapshot<TDocument>(string streamPrefix, Func<TDocument?, RecordedEvent, TDocument?> evolve, params string[] indexes) where TDocument : class
    {
        Document<TDocument>(indexes);
        snapshots.Add(new StreamSnapshot(typeof(TDocument), streamPrefix, (document, @event) => evolve((TDocument?)document, @event), IsInline: false));
    }

    /// <summary>Names of the read models that are functions of their streams and so can be rebuilt from them.</summary>
    public IReadOnlyList<string> Rebuildable => [.. snapshots.Select(snapshot => snapshot.DocumentType.Name)];

    internal IReadOnlyList<StreamSnapshot> Snapshots => snapshots;

    /// <summary>A document that followers or handlers store by id.</summary>
    public void Document<TDocument>(params string[] indexes) where TDocument : class =>
        documents.Add(typeof(TDocument), new DocumentMapping(Alias(typeof(TDocument)), indexes));

    internal IEnumerable<DocumentMapping> Documents => documents.Values;

    internal DocumentMapping DocumentOf(Type type) => documents.TryGetValue(type, out var mapping)
        ? mapping
        : throw new InvalidOperationException($"{type.Name} is not a registered document.");

    internal IEnumerable<StreamSnapshot> InlineSnapshotsOf(string streamKey) =>
        snapshots.Where(snapshot => snapshot.IsInline && streamKey.StartsWith(snapshot.StreamPrefix, StringComparison.Ordinal));

    internal TState Fold<TState>(IEnumerable<RecordedEvent> events)
    {
        if (!aggregates.TryGetValue(typeof(TState), out var aggregate))
            throw new InvalidOperationException($"{typeof(TState).Name} is not a registered aggregate.");
        return (TState)events.Aggregate(aggregate.Initial, (state, @event) => aggregate.Evolve(state, @event.Data));
    }

    private static string Alias(Type type) => string.Concat(type.Name.Select((letter, index) =>
        index > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : char.ToLowerInvariant(letter).ToString()));
}

internal sealed record DocumentMapping(string Alias, string[] Indexes);

internal sealed record StreamSnapshot(Type DocumentType, string StreamPrefix, Func<object?, RecordedEvent, object?> Evolve, bool IsInline);
