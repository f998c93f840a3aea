using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>A sign hash of a bank that lies near the one that was asked for.</summary>
/// <param name="Row">The picture it belongs to.</param>
/// <param name="Area">The rectangle that it is the hash of; null: the whole picture.</param>
internal readonly record struct SignHit(int Row, Area? Area, int Distance, Orientation Turn, bool IsInverted);

/// <summary>The sign hashes of a bank: of each picture one, and one more of the rectangle within its border. One writer, many readers without locks.</summary>
internal sealed class SignBank
{
    private readonly Column<ulong> front = new(perRow: 2);
    private readonly Column<ulong> back = new(perRow: 2);
    private readonly Column<int> owners = new();
    private readonly Column<Area?> areas = new();
    private int count;

    /// <summary>Adds a hash of a picture; pictures come in the order of their rows.</summary>
    public void Add(SignHash hash, int row, Area? area)
    {
        var at = count;
        front.Extend(at);
        back.Extend(at);
        owners.Extend(at);
        areas.Extend(at);
        var (block, lane) = (at % Column<ulong>.ChunkRows / HammingScan.Lanes * HammingScan.Stride, at % HammingScan.Lanes);
        var (oe, mn) = (front.Chunk(at / Column<ulong>.ChunkRows), back.Chunk(at / Column<ulong>.ChunkRows));
        (oe[block + lane], oe[block + HammingScan.Lanes + lane]) = (hash.OddOdd, hash.EvenEven);
        (mn[block + lane], mn[block + HammingScan.Lanes + lane]) = (hash.EvenOdd, hash.OddEven);
        owners[at] = row;
        areas[at] = area;
        Volatile.Write(ref count, at + 1);
    }

    /// <summary>Adds every hash of the first <paramref name="rowsThen"/> pictures within the distances, in order.</summary>
    /// <param name="maxInverted">Largest distance of the query's negative; -1: none is looked for.</param>
    public void Search(SignHash query, int maxDistance, int maxInverted, int rowsThen, ScanKernel kernel, List<SignHit> hits)
    {
        var entries = EntriesOf(rowsThen);
        var blocks = new List<int>();
        for (var first = 0; first < entries; first += Column<ulong>.ChunkRows)
        {
            var here = Math.Min(Column<ulong>.ChunkRows, entries - first);
            var numbers = (here + HammingScan.Lanes - 1) / HammingScan.Lanes * HammingScan.Stride;
            var (oe, mn) = (front.Chunk(first / Column<ulong>.ChunkRows), back.Chunk(first / Column<ulong>.ChunkRows));
            blocks.Clear();
            ParityScan.FindBlocks(kernel, oe.AsSpan(0, numbers), mn.AsSpan(0, numbers), query, maxDistance, maxInverted, blocks);
            foreach (var block in blocks)
            {
                for (var lane = 0; lane < HammingScan.Lanes && first + block * HammingScan.Lanes + lane is var entry && entry < entries; lane++)
                {
                    var at = block * HammingScan.Stride + lane;
                    var code = new SignHash(oe[at + HammingScan.Lanes], mn[at], mn[at + HammingScan.Lanes], oe[at]);
                    var (distance, turn, inverted) = query.NearestTo(code);
                    if (distance <= (inverted ? maxInverted : maxDistance)) hits.Add(new SignHit(owners[entry], areas[entry], distance, turn, inverted));
                }
            }
        }
    }

    /// <summary>The hashes of a picture, in the order in which they were added.</summary>
    public IEnumerable<(SignHash Hash, Area? Area)> Of(int row)
    {
        for (var entry = EntriesOf(row); entry < Volatile.Read(ref count) && owners[entry] == row; entry++)
        {
            var at = entry % Column<ulong>.ChunkRows / HammingScan.Lanes * HammingScan.Stride + entry % HammingScan.Lanes;
            var (oe, mn) = (front.Chunk(entry / Column<ulong>.ChunkRows), back.Chunk(entry / Column<ulong>.ChunkRows));
            yield return (new SignHash(oe[at + HammingScan.Lanes], mn[at], mn[at + HammingScan.Lanes], oe[at]), areas[entry]);
        }
    }

    private int EntriesOf(int rowsThen)
    {
        var (low, high) = (0, Volatile.Read(ref count));
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (owners[middle] < rowsThen) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
