using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>
/// dHash (Krawetz, 2013) of 256 bits, for comparison with other systems, in the convention of ImageHash (<c>imagehash.dhash(image, hash_size=16)</c>): luma in 17 x 16 pixels by
/// Lanczos; row by row from the top left, a bit is set where a pixel is lighter than the one to its left; the first bit is the highest of the first hexadecimal digit.
/// </summary>
/// <remarks>Thorn's perception has the same bits the other way round (set where the left one is lighter) and reduces by areas. Pictures are hashed upright and on white.</remarks>
public static class DHash
{
    private const int Side = 16;

    /// <param name="grey">The picture's luma, which may be reduced to no fewer pixels than the hash needs.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Compute(GreyPicture grey)
    {
        var levels = Resampler.Resize(grey, Side + 1, Side, ResamplingFilter.Lanczos);
        var bytes = new byte[Side * Side / 8];
        for (var bit = 0; bit < Side * Side; bit++)
        {
            var at = bit / Side * (Side + 1) + bit % Side;
            if (levels[at + 1] > levels[at]) bytes[bit / 8] |= (byte)(128 >> bit % 8);
        }
        return Convert.ToHexStringLower(bytes);
    }
}
