using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Asks for what will be read soon. A search reads here and there in gigabytes, and would mostly wait.</summary>
internal static class Prefetch
{
    /// <summary>Lets the processor fetch the line that holds this while it goes on; does nothing where it cannot be told to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Of<T>(ref readonly T place)
    {
        // The address is not followed: what lies there may move meanwhile, and then the wrong line is fetched.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }
}
