using System.Buffers.Binary;

namespace ImageRights.EventStore.Transparency;

/// <summary>A row as PostgreSQL sends it in a binary COPY: the number of its columns, then each with its length before it, -1 for null.</summary>
public readonly ref struct CopyRow
{
    private readonly ReadOnlySpan<byte> row;
    private readonly ReadOnlySpan<int> places;

    /// <summary>Looks at a row.</summary>
    /// <param name="places">Room for as many numbers as there are columns.</param>
    public CopyRow(ReadOnlySpan<byte> row, Span<int> places)
    {
        this.row = row;
        for (int column = 0, place = 2; column < places.Length; column++)
        {
            places[column] = place;
            place += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(row[place..]));
        }
        this.places = places;
    }

    private CopyRow(ReadOnlySpan<byte> row, ReadOnlySpan<int> places)
    {
        this.row = row;
        this.places = places;
    }

    /// <summary>Looks at a row again.</summary>
    /// <param name="places">As the first look left them.</param>
    public static CopyRow Again(ReadOnlySpan<byte> row, ReadOnlySpan<int> places) => new(row, places);

    /// <summary>Whether a column is null.</summary>
    public bool IsNull(int column) => BinaryPrimitives.ReadInt32BigEndian(row[places[column]..]) < 0;

    /// <summary>The bytes of a column.</summary>
    public ReadOnlySpan<byte> this[int column] => row.Slice(places[column] + 4, Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(row[places[column]..])));

    /// <summary>A bigint, or a timestamp in microseconds since 2000.</summary>
    public long Number(int column) => BinaryPrimitives.ReadInt64BigEndian(this[column]);

    /// <summary>A uuid.</summary>
    public Guid Id(int column) => new(this[column], bigEndian: true);
}
