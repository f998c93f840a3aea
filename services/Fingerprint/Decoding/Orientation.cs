namespace ImageRights.Fingerprint.Decoding;

/// <summary>Turns stored pixels upright as the EXIF orientation says.</summary>
internal static class Orientation
{
    /// <summary>Orientations 5 to 8 swap width and height.</summary>
    internal static bool Transposes(int orientation) => orientation >= 5;

    /// <returns>The upright pixels; the same array for orientation 1.</returns>
    internal static byte[] Apply(byte[] rgb, int width, int height, int orientation)
    {
        if (orientation is <= 1 or > 8)
            return rgb;

        // Where the upright picture's pixel (x, y) is stored: start + x * stepX + y * stepY, counted in pixels.
        var last = width * height - 1;
        var (start, stepX, stepY) = orientation switch
        {
            2 => (width - 1, -1, width),
            3 => (last, -1, -width),
            4 => (last - (width - 1), 1, -width),
            5 => (0, width, 1),
            6 => (last - (width - 1), -width, 1),
            7 => (last, -width, -1),
            _ => (width - 1, width, -1),
        };
        var (uprightWidth, uprightHeight) = Transposes(orientation) ? (height, width) : (width, height);
        var upright = GC.AllocateUninitializedArray<byte>(rgb.Length);
        var to = 0;
        for (var y = 0; y < uprightHeight; y++)
        {
            var from = (start + y * stepY) * 3;
            for (var x = 0; x < uprightWidth; x++, to += 3, from += stepX * 3)
            {
                upright[to] = rgb[from];
                upright[to + 1] = rgb[from + 1];
                upright[to + 2] = rgb[from + 2];
            }
        }
        return upright;
    }
}
