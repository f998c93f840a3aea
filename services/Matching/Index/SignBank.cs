using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>A sign hash of a bank that lies near the one that was asked for.</summary>
/// <param name="Row">The picture it belongs to.</param>
/// <param name="Area">The rectangle that it is the hash of; null: the whole picture.</param>
internal readonly record struct SignHit(int Row, Area? Area, int Distance, Orientation Turn, bool IsInverted);

/// <summary>The sign hashes of a bank: of each picture one, and one more of the rectangle within its border. One writer, many readers without locks.</summary>
internal sealed class SignBank
{
    private readonly HashPlane front = new();
    private readonly HashPlane back = new();
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
        ParityScan.Write(front.Chunk(at / HashPlane.ChunkRows), back.Chunk(at / HashPlane.ChunkRows), at % HashPlane.ChunkRows, hash);
        owners[at] = row;
        areas[at] = area;
        Volatile.Write(ref count, at + 1);
    }

    /// <summary>Adds every hash of the first <paramref name="rowsThen"/> pictures within the distances, in order.</summary>
    /// <param name="maxInverted">Largest distance of the query's negative; -1: none is looked for.</param>
    public void Search(SignHash query, int maxDistance, int maxInverted, int rowsThen, ScanKernel kernel, List<SignHit> hits)
    {
        var entries = EntriesOf(rowsThen);
        var (scan, found) = (new ParityScan(query, maxDistance, maxInverted), new List<int>());
        for (var first = 0; first < entries; first += HashPlane.ChunkRows)
        {
            var numbers = (Math.Min(HashPlane.ChunkRows, entries - first) + ParityScan.BlockRows - 1) / ParityScan.BlockRows * ParityScan.Stride;
            found.Clear();
            scan.Find(kernel, front.Chunk(first / HashPlane.ChunkRows)[..numbers], back.Chunk(first / HashPlane.ChunkRows)[..numbers], found);
            foreach (var entry in found.Select(number => first + number).TakeWhile(entry => entry < entries))
            {
                var (distance, turn, inverted) = query.NearestTo(HashOf(entry));
                if (distance <= (inverted ? maxInverted : maxDistance)) hits.Add(new SignHit(owners[entry], areas[entry], distance, turn, inverted));
            }
        }
        GC.KeepAlive(this);
    }

    /// <summary>The hashes of a picture, in the order in which they were added.</summary>
    public IEnumerable<(SignHash Hash, Area? Area)> Of(int row)
    {
        for (var entry = EntriesOf(row); entry < Volatile.Read(ref count) && owners[entry] == row; entry++)
        {
            yield return (HashOf(entry), areas[entry]);
        }
    }

    private SignHash HashOf(int entry)
    {
        var hash = ParityScan.Read(front.Chunk(entry / HashPlane.ChunkRows), back.Chunk(entry / HashPlane.ChunkRows), entry % HashPlane.ChunkRows);
        GC.KeepAlive(this);
        return hash;
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
