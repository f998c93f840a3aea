using System.Numerics;
using System.Security.Cryptography;

namespace ImageRights.EventStore.Transparency;

/// <summary>The Merkle tree of RFC 6962, section 2.1: hashes, and proofs checked without the tree.</summary>
public static class Merkle
{
    /// <summary>Root of the tree without leaves.</summary>
    public static byte[] EmptyRoot => SHA256.HashData([]);

    /// <summary>Hash of a leaf.</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> entry)
    {
        if (entry.Length < 1000)
        {
            Span<byte> prefixed = stackalloc byte[entry.Length + 1];
            prefixed[0] = 0;
            entry.CopyTo(prefixed[1..]);
            return SHA256.HashData(prefixed);
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    /// <summary>Hash of the node above two.</summary>
    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> prefixed = stackalloc byte[65];
        prefixed[0] = 1;
        left.CopyTo(prefixed[1..]);
        right.CopyTo(prefixed[33..]);
        return SHA256.HashData(prefixed);
    }

    /// <summary>Root over these nodes, as over leaves.</summary>
    public static byte[] Root(ReadOnlySpan<byte[]> nodes)
    {
        if (nodes.Length == 1) return nodes[0];
        var left = (int)LargestPowerBelow(nodes.Length);
        return NodeHash(Root(nodes[..left]), Root(nodes[left..]));
    }

    /// <summary>Size of the left subtree of a tree of this size: the largest power of two that is smaller.</summary>
    public static long LargestPowerBelow(long size) => 1L << BitOperations.Log2((ulong)(size - 1));

    /// <summary>The root that an inclusion proof leads to; null when the proof has another length than index and size ask for.</summary>
    public static byte[]? RootOf(byte[] leafHash, long index, long size, IReadOnlyList<byte[]> proof)
    {
        if (index < 0 || index >= size) return null;
        var used = 0;
        var root = Climb(index, size);
        return used == proof.Count ? root : null;

        byte[]? Climb(long at, long width)
        {
            if (width == 1) return leafHash;
            var left = LargestPowerBelow(width);
            var below = at < left ? Climb(at, left) : Climb(at - left, width - left);
            if (below is null || used == proof.Count) return null;
            var sibling = proof[used++];
            return at < left ? NodeHash(below, sibling) : NodeHash(sibling, below);
        }
    }

    /// <summary>Whether a proof shows that the tree of size <paramref name="to"/> continues that of size <paramref name="from"/>.</summary>
    public static bool IsConsistent(long from, byte[] fromRoot, long to, byte[] toRoot, IReadOnlyList<byte[]> proof)
    {
        if (from < 0 || from > to) return false;
        if (from == 0) return proof.Count == 0 && fromRoot.AsSpan().SequenceEqual(EmptyRoot);
        var used = 0;
        var roots = Climb(from, to, whole: true);
        return roots is var (older, newer) && used == proof.Count && older.AsSpan().SequenceEqual(fromRoot) && newer.AsSpan().SequenceEqual(toRoot);

        (byte[] Older, byte[] Newer)? Climb(long size, long width, bool whole)
        {
            if (size == width)
            {
                if (whole) return (fromRoot, fromRoot);
                return used == proof.Count ? null : (proof[used], proof[used++]);
            }
            var left = LargestPowerBelow(width);
            var below = size <= left ? Climb(size, left, whole) : Climb(size - left, width - left, whole: false);
            if (below is not var (older, newer) || used == proof.Count) return null;
            var sibling = proof[used++];
            return size <= left ? (older, NodeHash(newer, sibling)) : (NodeHash(sibling, older), NodeHash(sibling, newer));
        }
    }
}

/// <summary>A complete tile of height 8.</summary>
/// <param name="Level">0 for leaves; each level above stands for 256 times as many.</param>
/// <param name="Index">Its place in the level.</param>
/// <param name="Hashes">256 hashes, one after the other.</param>
/// <param name="Root">The node above them.</param>
public sealed record Tile(int Level, long Index, byte[] Hashes, byte[] Root)
{
    /// <summary>Hashes in a complete tile.</summary>
    public const int Width = 256;
}

/// <summary>The right edge of a tree, which is all that is needed to go on: at most 255 hashes a level.</summary>
public sealed class MerkleEdge
{
    private readonly List<List<byte[]>> levels = [];

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    /// <summary>Goes on from hashes of incomplete tiles, by level.</summary>
    public static MerkleEdge From(long size, IEnumerable<IEnumerable<byte[]>> incomplete)
    {
        var edge = new MerkleEdge { Size = size };
        edge.levels.AddRange(incomplete.Select(hashes => hashes.ToList()));
        return edge;
    }

    /// <summary>Adds a leaf; tiles that it completes, if any, are added to <paramref name="completed"/>.</summary>
    public void Append(byte[] leafHash, List<Tile> completed)
    {
        var hash = leafHash;
        var index = Size++;
        for (var level = 0; ; level++)
        {
            if (level == levels.Count) levels.Add([]);
            var tile = levels[level];
            tile.Add(hash);
            if (tile.Count < Tile.Width) return;
            index /= Tile.Width;
            var hashes = new byte[Tile.Width * 32];
            for (var place = 0; place < Tile.Width; place++) tile[place].CopyTo(hashes, place * 32);
            hash = Merkle.Root(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tile));
            tile.Clear();
            completed.Add(new Tile(level, index, hashes, hash));
        }
    }

    /// <summary>Root of the tree so far.</summary>
    public byte[] Root()
    {
        byte[]? root = null;
        foreach (var level in levels)
        {
            // Complete subtrees from the right, the smallest first: what is to their right is always smaller still.
            for (int left = level.Count, size; left > 0; left -= size)
            {
                size = left & -left;
                var subtree = Merkle.Root(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(level).Slice(left - size, size));
                root = root is null ? subtree : Merkle.NodeHash(subtree, root);
            }
        }
        return root ?? Merkle.EmptyRoot;
    }
}
