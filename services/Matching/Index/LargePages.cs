using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>Memory in pages of 2 MB, where the system has any to give: with those of 4 KB who reads in no order waits for addresses, and who fills gigabytes waits for the system to give
/// each one. Where it has none, all is slower and right.</summary>
internal static unsafe partial class LargePages
{
    /// <summary>Size of a page in bytes.</summary>
    public const int PageBytes = 1 << 21;

    private const int AdviseHugePage = 14;

    /// <summary>An array that stays where it is. What it holds at first is not said.</summary>
    public static T[] Allocate<T>(int length) where T : unmanaged
    {
        var bytes = (nuint)length * (nuint)sizeof(T);
        var array = GC.AllocateUninitializedArray<T>(length, pinned: bytes >= PageBytes);
        if (bytes < PageBytes) return array;
        Advise((void*)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0), bytes);
        return array;
    }

    /// <summary>Asks for large pages where memory has not been written to.</summary>
    public static void Advise(void* address, nuint length)
    {
        var page = (nuint)address & ~(nuint)(PageBytes - 1);
        if (OperatingSystem.IsLinux()) _ = Advise((void*)page, (nuint)address - page + length, AdviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
