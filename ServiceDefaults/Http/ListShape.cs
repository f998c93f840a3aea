using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>What a list of documents can be asked for, by the same names in every service: filters by field, <c>from</c> and <c>to</c> by time, <c>sort</c>, <c>cursor</c> and <c>limit</c>.
/// A parameter that it does not know is refused: a misspelt filter must not answer everything.</summary>
/// <param name="id">The document's key.</param>
/// <param name="source">Rows in place of the stored documents, as <see cref="DocumentSession.QueryAsync"/> takes them.</param>
public sealed class ListShape<TView>(Func<TView, string> id, string? source = null) where TView : class
{
    private const int LongestValue = 200;

    // Keys that begin with the time are drawn a moment before or after the time that is stored beside them.
    private static readonly long KeySlack = (long)TimeSpan.FromMinutes(5).TotalMilliseconds;

    private readonly List<Filter> filters = [];
    private readonly List<Order> orders = [];
    private (string Field, string? IdPrefix)? time;
    private string? owned;
    private Func<TView, TView>? shown;

    /// <summary>Names of the parameters with their meaning.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Parameters =>
    [
        .. filters.Where(filter => !filter.IsAlias).Select(filter => (filter.Name, filter.Meaning)),
        .. time is null ? [] : new[] { ("from", $"First instant of {time.Value.Field}, RFC 3339."), ("to", $"End of {time.Value.Field}, RFC 3339; not in it.") },
        ("sort", $"{string.Join(", ", orders.SelectMany(order => new[] { order.First, order.IsAscending ? $"-{order.Name}" : order.Name }))}; the first unless given, a minus for newest first."),
    ];

    /// <summary>Only documents with this value in a field.</summary>
    /// <param name="name">Name of the parameter, and of the field unless <paramref name="sql"/> says otherwise.</param>
    /// <param name="values">What it takes, in any case; null: 1 to 200 visible characters.</param>
    /// <param name="sql">Condition with <c>?</c> for the value.</param>
    /// <param name="alias">Another name by which it is known.</param>
    public ListShape<TView> By(string name, string meaning, IReadOnlyList<string>? values = null, string? sql = null, string? alias = null)
    {
        sql ??= $"data ->> '{name}' = ?";
        filters.Add(new Filter(name, values is null ? meaning : $"{meaning} {string.Join(", ", values)}.", values, sql));
        if (alias is not null) filters.Add(new Filter(alias, meaning, values, sql, IsAlias: true));
        return this;
    }

    /// <summary>In the order of the keys, which is that of their creation, and between two instants of it: <c>sort=createdAt</c>.</summary>
    /// <param name="field">Field that holds the time.</param>
    /// <param name="idPrefix">Begin of the keys when a UUIDv7 follows: then the time bounds the keys too, and the index does the work.</param>
    public ListShape<TView> Created(string field, string? idPrefix = null)
    {
        time = (field, idPrefix);
        orders.Add(new Order("createdAt", null, null));
        return this;
    }

    /// <summary>In the order of a field that holds a time, then by key.</summary>
    /// <param name="value">The same of a document.</param>
    /// <param name="ascending">Whether it begins with the least unless the other order is asked for.</param>
    public ListShape<TView> Sorted(string name, string field, Func<TView, DateTimeOffset> value, bool ascending = false)
    {
        time ??= (field, null);
        return Sorted(name, SortSql(field), view => JsonSerializer.SerializeToElement(value(view)).GetString()!, ascending);
    }

    /// <summary>In the order of a field that is text, byte by byte, then by key.</summary>
    /// <param name="sql">Expression with collation "C".</param>
    /// <param name="key">The same of a document.</param>
    /// <param name="ascending">As above.</param>
    public ListShape<TView> Sorted(string name, string sql, Func<TView, string> key, bool ascending = false)
    {
        orders.Add(new Order(name, sql, key, ascending));
        return this;
    }

    /// <summary>Between two instants of a field.</summary>
    public ListShape<TView> Between(string field)
    {
        time = (field, null);
        return this;
    }

    /// <summary>For parties only what is their account's own.</summary>
    /// <param name="sql">Condition with <c>?</c>, once or more, for the account.</param>
    /// <param name="shown">What they see of a document; null: all of it.</param>
    public ListShape<TView> Owned(string sql, Func<TView, TView>? shown = null)
    {
        (owned, this.shown) = (sql, shown);
        return this;
    }

    /// <summary>Whether parties may ask for it.</summary>
    internal bool IsOwned => owned is not null;

    /// <summary>Expression by which a field that holds a time is sorted; for the index.</summary>
    public static string SortSql(string field) => $"((data ->> '{field}') collate \"C\")";

    /// <summary>Answers the request with a page.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context, DocumentSession session, string? condition = null, params object[] values)
    {
        var (page, rejection) = await ReadAsync(context, session, condition, values);
        return page is null ? context.Problem(rejection!) : TypedResults.Ok(page);
    }

    /// <summary>Reads the page that the request asks for.</summary>
    /// <param name="condition">What always holds besides, with <c>?</c> for each of <paramref name="values"/>.</param>
    public async Task<(Page<TView>? Page, Rejection? Rejection)> ReadAsync(HttpContext context, DocumentSession session, string? condition = null, params object[] values)
    {
        var query = context.Request.Query;
        var (conditions, parameters) = (new List<string>(), new List<object>());
        if (condition is not null) Add(condition, values);
        if (context.PartyAccount() is { } account) Add(owned ?? throw new InvalidOperationException("This list does not say what of it is an account's own."), [.. owned.Where(letter => letter == '?').Select(_ => account)]);
        foreach (var (name, given) in query)
        {
            var text = given.Count == 1 ? given.ToString() : null;
            if (filters.Find(filter => filter.Name == name) is { } filter)
            {
                if (filter.Read(text) is not { } value) return (null, Invalid(name, filter.Expects));
                Add(filter.Sql, value);
            }
            else if (time is { } range && name is "from" or "to")
            {
                if (!PageRequest.TryReadInstant(text, out var instant)) return (null, Invalid(name, "takes an instant of RFC 3339, such as 2026-05-01T12:00:00Z"));
                var isFrom = name == "from";
                Add($"(data ->> '{range.Field}')::timestamptz {(isFrom ? ">=" : "<")} ?", instant);
                if (range.IdPrefix is { } prefix)
                    Add($"id {(isFrom ? ">=" : "<")} ?", $"{prefix}{Math.Max(0, instant.ToUnixTimeMilliseconds() + (isFrom ? -KeySlack : KeySlack)):x12}");
            }
            else if (name is not ("sort" or "cursor" or "limit"))
            {
                return (null, Invalid(name, $"is no parameter of this list; it takes {string.Join(", ", Parameters.Select(parameter => parameter.Name))}, cursor and limit"));
            }
        }

        var sort = query["sort"].ToString() is { Length: > 0 } asked ? asked : orders[0].First;
        var descending = sort.StartsWith('-');
        if (orders.Find(order => order.Name == sort.TrimStart('-')) is not { } by || sort.LastIndexOf('-') > 0) return (null, Invalid("sort", $"takes {Parameters[^1].Meaning}"));
        if (!PageRequest.TryReadLimit(context, out var limit, out var wrong)) return (null, wrong);
        if (query["cursor"].ToString() is { Length: > 0 } cursor)
        {
            if (ReadCursor(cursor, sort, by) is not { } after) return (null, new Rejection("Cursor_Invalid", Pointer: "/cursor"));
            Add($"{(by.Sql is null ? "id" : $"({by.Sql}, id)")} {(descending ? '<' : '>')} {(by.Sql is null ? "?" : "(?, ?)")}", [.. after]);
        }
        var direction = descending ? "desc" : "asc";
        var rows = await session.QueryAsync<TView>(
            $"{(conditions.Count > 0 ? "where " : "")}{string.Join(" and ", conditions)} order by {(by.Sql is null ? "" : $"{by.Sql} {direction}, ")}id {direction} limit ?",
            [.. parameters, limit + 1], context.RequestAborted, source);
        if (shown is not null && context.PartyAccount() is not null) rows = [.. rows.Select(shown)];
        if (rows.Count <= limit) return (new Page<TView>(rows, null), null);
        var last = rows[limit - 1];
        var next = by.Key is null ? $"{sort} {id(last)}" : $"{sort} {by.Key(last)} {id(last)}";
        return (new Page<TView>([.. rows.Take(limit)], Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next))), null);

        void Add(string sql, params object[] given)
        {
            conditions.Add(sql);
            parameters.AddRange(given);
        }
    }

    // A cursor belongs to an order: going on in another one would pass rows over.
    private static string[]? ReadCursor(string cursor, string sort, Order by)
    {
        if (cursor.Length > 1000 || !Base64Url.IsValid(cursor)) return null;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        // A NUL, for one, is no text to PostgreSQL.
        if (text.Any(char.IsControl)) return null;
        var parts = text.Split(' ');
        return parts.Length == (by.Sql is null ? 2 : 3) && parts[0] == sort && parts.All(part => part.Length > 0) ? parts[1..] : null;
    }

    private static Rejection Invalid(string name, string detail) => new("Request_Invalid", $"{name} {detail}.", $"/{name}");

    private sealed record Order(string Name, string? Sql, Func<TView, string>? Key, bool IsAscending = false)
    {
        /// <summary>What is asked for unless the other way round is.</summary>
        public string First => IsAscending ? Name : $"-{Name}";
    }

    private sealed record Filter(string Name, string Meaning, IReadOnlyList<string>? Values, string Sql, bool IsAlias = false)
    {
        public string Expects => Values is null ? $"takes 1 to {LongestValue} visible characters" : $"takes {string.Join(", ", Values)}";

        public string? Read(string? text) => text switch
        {
            null or "" => null,
            _ when Values is not null => Values.FirstOrDefault(value => value.Equals(text, StringComparison.OrdinalIgnoreCase)),
            _ => text.Length <= LongestValue && text.EnumerateRunes().All(rune => rune.Value != 0xFFFD && !Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune)) ? text : null,
        };
    }
}

/// <summary>Maps lists.</summary>
public static class ListEndpoints
{
    /// <summary>Maps a list that needs nothing but its shape: answers pages of the tenant's documents.</summary>
    public static RouteHandlerBuilder MapList<TView>(this IEndpointRouteBuilder routes, string pattern, ListShape<TView> shape) where TView : class =>
        routes.MapGet(pattern, async (HttpContext context, DocumentStore store) =>
        {
            await using var session = store.LightweightSession(context.Tenant());
            return await shape.AnswerAsync(context, session);
        }).Held(shape.IsOwned);

    private static RouteHandlerBuilder Held(this RouteHandlerBuilder list, bool isOwned) => isOwned ? list.HoldsToAccount() : list;
}
