using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>One page of a list.</summary>
/// <param name="Next">Cursor of the next page, or null at the end; opaque.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Keyset paging: stable while rows are added, unlike an offset.</summary>
/// <param name="After">Last id of the page before; a value above every id for the first page.</param>
/// <param name="Limit">Rows, 1 to 200.</param>
public sealed record PageRequest(string After, int Limit)
{
    private const string AboveEveryId = "~";

    /// <summary>Reads <c>?cursor=…&amp;limit=…</c>.</summary>
    public static bool TryRead(HttpContext context, out PageRequest page, out Rejection? rejection)
    {
        var isRead = TryReadLimit(context, out var limit, out rejection);
        page = new PageRequest(AboveEveryId, limit);
        if (!isRead) return false;
        var cursor = context.Request.Query["cursor"].ToString();
        if (cursor.Length == 0) return true;
        try
        {
            var after = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            // A NUL, for one, is no text to PostgreSQL.
            if (after.Length is > 0 and <= 200 && after.All(letter => letter is > ' ' and <= '~'))
            {
                page = page with { After = after };
                return true;
            }
        }
        catch (FormatException)
        {
        }
        rejection = new Rejection("Cursor_Invalid", Pointer: "/cursor");
        return false;
    }

    /// <summary>Reads <c>?limit=…</c>: 1 to 200, 50 unless given.</summary>
    public static bool TryReadLimit(HttpContext context, out int limit, out Rejection? rejection)
    {
        (limit, rejection) = (50, null);
        var text = context.Request.Query["limit"].ToString();
        if (text.Length == 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= 200)) return true;
        rejection = new Rejection("Request_Invalid", "limit takes 1 to 200.", "/limit");
        return false;
    }

    /// <summary>Reads the value of <c>from</c> or <c>to</c>: an instant of RFC 3339, or a date for its first instant in UTC.</summary>
    public static bool TryReadInstant(string? text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant) && text!.Length >= 10;

    /// <summary>Makes a page of rows that were read with one more than the limit, so that the end is known.</summary>
    public Page<T> ToPage<T>(IReadOnlyList<T> rows, Func<T, string> id) =>
        rows.Count <= Limit
            ? new Page<T>(rows, null)
            : new Page<T>([.. rows.Take(Limit)], Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id(rows[Limit - 1]))));
}
