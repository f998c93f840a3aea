namespace ImageRights.Ingestion.Inbound;

/// <summary>An event that could not be taken, kept whole with the reason until somebody sees to it.</summary>
/// <param name="ParkedEventId">Identity, <c>prk_…</c>.</param>
/// <param name="Status"><c>parked</c>, or <c>taken</c> once a replay succeeded.</param>
/// <param name="Door"><c>http</c> or <c>amqp</c>.</param>
/// <param name="EventId">The event's id; null, like source and type, when it could not be read that far.</param>
/// <param name="Code">Why it was not taken, at the last try.</param>
/// <param name="Sha256">The event's bytes in the vault.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Subject">What a replay made of it.</param>
public sealed record ParkedEvent(
    string ParkedEventId, string Status, string Door, string? Source, string? EventId, string? Type, string Code, string? Detail, string? Pointer,
    string Sha256, long ByteCount, int Tries, DateTimeOffset ParkedAt, DateTimeOffset LastTriedAt, string? Subject)
{
    /// <summary>Begin of the ids.</summary>
    public const string IdPrefix = "prk_";

    /// <summary>SQL expressions that lists filter by.</summary>
    public static readonly string[] Indexes = ["(data ->> 'status'), id"];
}
