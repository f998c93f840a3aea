using System.Collections.Concurrent;
using System.Globalization;

namespace ImageRights.Matching.Index;

/// <summary>Pictures by what their decoded pixels come to: finds the same picture under other bytes or metadata. One writer, many readers without locks.</summary>
/// <remarks>An entry says from which version of the index on it holds, so that a picture that is known can get its hash later without a row of its own.</remarks>
internal sealed class LumaLookup
{
    private readonly Column<int> rows = new();
    private readonly Column<long> addedAt = new();
    private readonly Column<int> previous = new();
    private readonly ConcurrentDictionary<UInt128, int> last = new();
    private int count;

    /// <summary>Half of a picture's luma hash, which is enough to tell pictures apart; null without one, and for a picture of PDQ quality 0, which may be anybody's white square.</summary>
    /// <param name="lumaSha256">64 hexadecimal digits.</param>
    /// <exception cref="FormatException">It is not.</exception>
    public static UInt128? KeyOf(string? lumaSha256, int quality) => lumaSha256 switch
    {
        null => null,
        { Length: 64 } when UInt128.TryParse(lumaSha256.AsSpan(0, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key) => quality > 0 ? key : null,
        _ => throw new FormatException("A luma hash has 64 hexadecimal digits."),
    };

    /// <summary>Notes a row.</summary>
    public void Add(UInt128 key, int row, long version)
    {
        rows.Extend(count);
        addedAt.Extend(count);
        previous.Extend(count);
        (rows[count], addedAt[count], previous[count]) = (row, version, last.GetValueOrDefault(key, -1));
        last[key] = count++;
    }

    /// <summary>Rows that had these pixels at a version, the latest first.</summary>
    public IEnumerable<int> Find(UInt128 key, long asOf)
    {
        for (var entry = last.GetValueOrDefault(key, -1); entry >= 0; entry = previous[entry])
        {
            if (addedAt[entry] <= asOf) yield return rows[entry];
        }
    }
}
