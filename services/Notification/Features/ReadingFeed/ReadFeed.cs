using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.Notification.Features.ReadingFeed;

/// <summary>Events in the order in which they were committed.</summary>
/// <param name="Items">CloudEvents.</param>
/// <param name="Next">Cursor to ask with next; the same as before when there was nothing new.</param>
public sealed record FeedAnswer(IReadOnlyList<JsonElement> Items, string Next);

internal static class ReadFeed
{
    private const int MostItems = 200;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/feed", ReadAsync).WithName("ReadFeed").WithSummary("The same events by polling, oldest first: ask again with the cursor in next");
        api.MapGet("/events/{eventId:guid}", ReadEventAsync).WithName("ReadEvent").WithSummary("One event in full, also where its data were too large to be sent");
    }

    private static async Task<IResult> ReadAsync(HttpContext context, DocumentStore store, string? after = null, string? limit = null)
    {
        var size = 100;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MostItems))
            return context.Problem(new Rejection("Request_Invalid", $"limit takes 1 to {MostItems}.", "/limit"));
        if (!TryReadCursor(after, out var position)) return context.Problem(new Rejection("Cursor_Invalid", Pointer: "/after"));
        await using var session = store.LightweightSession(context.Tenant());
        var rows = await session.QueryRowsAsync(
            """
            select transaction_id, seq_id, body from {schema}.webhook_events
            where tenant_id = ? and only_for is null and (transaction_id, seq_id) > (?, ?) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            order by transaction_id, seq_id limit ?
            """,
            [session.TenantId, new NpgsqlParameter { Value = position.TransactionId, NpgsqlDbType = NpgsqlDbType.Xid8 }, position.Sequence, size],
            reader => (Position: new LogPosition(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)), Body: reader.GetString(2)), context.RequestAborted);
        if (rows.Count > 0) position = rows[^1].Position;
        var items = rows.Select(row => JsonSerializer.Deserialize<JsonElement>(row.Body)).ToList();
        return TypedResults.Ok(new FeedAnswer(items, WriteCursor(position)));
    }

    private static async Task<IResult> ReadEventAsync(Guid eventId, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var bodies = await session.QueryRowsAsync(
            "select coalesce(full_body, body) from {schema}.webhook_events where tenant_id = ? and event_id = ?", [session.TenantId, eventId],
            reader => reader.GetString(0), context.RequestAborted);
        return bodies is [var body]
            ? TypedResults.Text(body, "application/cloudevents+json", Encoding.UTF8)
            : context.Problem(new Rejection("Event_Not_Found"));
    }

    private static string WriteCursor(LogPosition position) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{position.TransactionId}.{position.Sequence}")));

    private static bool TryReadCursor(string? text, out LogPosition position)
    {
        position = LogPosition.Start;
        if (string.IsNullOrEmpty(text)) return true;
        if (text.Length > 100 || !Base64Url.IsValid(text)) return false;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        if (parts.Length != 2
            || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var transaction)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return false;
        position = new LogPosition(transaction, sequence);
        return true;
    }
}
