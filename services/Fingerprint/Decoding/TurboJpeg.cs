using System.Runtime.InteropServices;

namespace ImageRights.Fingerprint.Decoding;

/// <summary>
/// The fast path for ordinary JPEGs: three to five times quicker than libvips on small ones. It only ever says yes; a file that it
/// does not read without a single warning is left to libvips, so that there is one authority on what is broken.
/// </summary>
internal static unsafe partial class TurboJpeg
{
    private const int PixelFormatRgb = 0;
    private const int StopOnWarning = 8192;
    private const int LimitScans = 32768;

    /// <summary>False when libturbojpeg is not installed; then every JPEG goes through libvips.</summary>
    internal static bool Available { get; } = IsInstalled();

    /// <returns>The stored pixels (orientation not applied), or null when libvips should decide.</returns>
    internal static (byte[] Rgb, int Width, int Height)? TryDecode(ReadOnlySpan<byte> jpeg, in JpegMarkers markers, int maxSide)
    {
        if (!Available || !markers.Ordinary || markers.Components is not (1 or 3))
            return null;
        if (Fit(markers.Width, markers.Height, maxSide) is not var (width, height))
            return null;

        var handle = tjInitDecompress();
        if (handle == 0)
            return null;
        try
        {
            var rgb = GC.AllocateUninitializedArray<byte>(width * height * 3);
            fixed (byte* source = jpeg)
            fixed (byte* target = rgb)
            {
                var failed = tjDecompress2(
                    handle, source, (nuint)jpeg.Length, target, width, width * 3, height, PixelFormatRgb, StopOnWarning | LimitScans);
                return failed == 0 ? (rgb, width, height) : null;
            }
        }
        finally
        {
            _ = tjDestroy(handle);
        }
    }

    // The decoder reduces by eighths inside the inverse DCT, which costs less than decoding everything and reducing afterwards.
    private static (int Width, int Height)? Fit(int width, int height, int maxSide)
    {
        for (var eighths = 8; eighths >= 1; eighths--)
        {
            var (w, h) = ((width * eighths + 7) / 8, (height * eighths + 7) / 8);
            if (w <= maxSide && h <= maxSide)
                return (w, h);
        }
        return null;
    }

    private static bool IsInstalled()
    {
        if (!NativeLibrary.TryLoad("libturbojpeg.so.0", out var library))
            return false;
        return NativeLibrary.TryGetExport(library, nameof(tjInitDecompress), out _)
            && NativeLibrary.TryGetExport(library, nameof(tjDecompress2), out _)
            && NativeLibrary.TryGetExport(library, nameof(tjDestroy), out _);
    }

    [LibraryImport(NativeLibraries.TurboJpeg)]
    private static partial nint tjInitDecompress();

    [LibraryImport(NativeLibraries.TurboJpeg)]
    private static partial int tjDecompress2(
        nint handle, byte* jpeg, nuint size, byte* target, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(NativeLibraries.TurboJpeg)]
    private static partial int tjDestroy(nint handle);
}
