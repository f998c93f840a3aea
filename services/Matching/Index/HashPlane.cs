using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>Half of the words of hashes, in an array that only grows. A scan reads all of it, so it lies in pages of 2 MB: with those of 4 KB the processor waits for addresses,
/// not for memory. One writer; readers see what its owner has published by a count.</summary>
/// <remarks>A reader keeps the plane alive until it has read.</remarks>
internal sealed unsafe partial class HashPlane
{
    /// <summary>Hashes in a chunk, which is one large page.</summary>
    public const int ChunkRows = PageBytes / (HammingScan.Stride / HammingScan.Lanes * sizeof(ulong));

    private const int PageBytes = 1 << 21;
    private const int AdviseHugePage = 14;

    private nint[] chunks = [];

    ~HashPlane()
    {
        foreach (var chunk in chunks) NativeMemory.AlignedFree((void*)chunk);
    }

    /// <summary>The words of a chunk, eight hashes to a block; of the last, also those not published yet.</summary>
    public Span<ulong> Chunk(int number) => new((void*)Volatile.Read(ref chunks)[number], PageBytes / sizeof(ulong));

    /// <summary>Makes room for a row. Writer only.</summary>
    public void Extend(int row)
    {
        while (row / ChunkRows >= chunks.Length)
        {
            var chunk = NativeMemory.AlignedAlloc(PageBytes, PageBytes);
            // The first grows by small pages: most banks are small. Where the system has no large pages to give, it is slower and right.
            if (chunks.Length > 0 && OperatingSystem.IsLinux()) _ = Advise(chunk, PageBytes, AdviseHugePage);
            Volatile.Write(ref chunks, [.. chunks, (nint)chunk]);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
