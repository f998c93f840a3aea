using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>Half of the words of hashes, in an array that only grows. A scan reads all of it, so it lies in large pages. One writer; readers see what its owner has published by a count.</summary>
/// <remarks>A reader keeps the plane alive until it has read.</remarks>
internal sealed unsafe class HashPlane
{
    /// <summary>Hashes in a chunk, which is one large page.</summary>
    public const int ChunkRows = LargePages.PageBytes / (ParityScan.Stride * sizeof(ulong)) * ParityScan.BlockRows;

    private nint[] chunks = [];

    ~HashPlane()
    {
        foreach (var chunk in chunks) NativeMemory.AlignedFree((void*)chunk);
    }

    /// <summary>The words of a chunk, block by block as <see cref="ParityScan"/> has them; of the last, also those not published yet.</summary>
    public Span<ulong> Chunk(int number) => new((void*)Volatile.Read(ref chunks)[number], LargePages.PageBytes / sizeof(ulong));

    /// <summary>Makes room for a row. Writer only.</summary>
    public void Extend(int row)
    {
        while (row / ChunkRows >= chunks.Length)
        {
            var chunk = NativeMemory.AlignedAlloc(LargePages.PageBytes, LargePages.PageBytes);
            // The first grows by small pages: most banks are small.
            if (chunks.Length > 0) LargePages.Advise(chunk, LargePages.PageBytes);
            Volatile.Write(ref chunks, [.. chunks, (nint)chunk]);
        }
    }
}
