using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.Computing;

/// <summary>Hashes that other systems compute too, and by which a picture can be looked for there. Nothing is matched by them here.</summary>
/// <param name="DHash">See <see cref="Hashing.DHash"/>.</param>
/// <param name="Iscc">See <see cref="IsccImageCode"/>.</param>
public sealed record SharedHashes(string DHash, string Iscc)
{
    // Far more than either hash needs; the filters cost by the pixel.
    private const int MostSide = 256;

    public static SharedHashes Of(DecodedPicture picture)
    {
        var (grey, trimmed) = (Reduce(picture), UniformBorder.Trim(picture));
        return new SharedHashes(Hashing.DHash.Compute(grey), IsccImageCode.Compute(ReferenceEquals(trimmed, picture) ? grey : Reduce(trimmed)));
    }

    private static GreyPicture Reduce(DecodedPicture picture) =>
        GreyPicture.Resize(picture.Width, picture.Height, picture.Luma, Math.Min(picture.Width, MostSide), Math.Min(picture.Height, MostSide));
}
