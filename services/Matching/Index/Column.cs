namespace ImageRights.Matching.Index;

/// <summary>An array that only grows, in chunks that stay below the large-object heap and are never copied. One writer; readers see what its owner has published
/// by a count, so a write to a place beyond that count disturbs nobody.</summary>
internal sealed class Column<T>(int perRow = 1)
{
    /// <summary>Rows in a chunk: 2,048 rows of two 64-bit numbers are 32 KB.</summary>
    public const int ChunkRows = 2048;

    private T[][] chunks = [];

    /// <summary>The value of a row, for columns of one value a row. The row must exist.</summary>
    public ref T this[int row] => ref chunks[row / ChunkRows][row % ChunkRows];

    /// <summary>The values of a chunk; of the last, also those not published yet.</summary>
    public T[] Chunk(int number) => Volatile.Read(ref chunks)[number];

    /// <summary>The value of a row; nothing where no room was made.</summary>
    public T? Find(int row) => Volatile.Read(ref chunks) is var made && row / ChunkRows < made.Length ? made[row / ChunkRows][row % ChunkRows] : default;

    /// <summary>Makes room for a row. Writer only.</summary>
    public void Extend(int row)
    {
        while (row / ChunkRows >= chunks.Length) Volatile.Write(ref chunks, [.. chunks, new T[ChunkRows * perRow]]);
    }
}
