using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.Layout;
using ImageRights.Fingerprint.LocalFeatures;
using ImageRights.Fingerprint.Picture;

namespace ImageRights.Fingerprint.Computing;

/// <summary>Computes what finds a picture after edits that change its PDQ hash. Thread-safe.</summary>
public static class FeatureExtractor
{
    /// <summary>Name and version. A change that moves bits is a new version.</summary>
    public const string Algorithm = "eye/4";

    private const int LayoutSide = 400;
    private const int LeastQuality = 50;
    private const int LocalSide = 512;
    private const double MostEnlarged = 2.5;
    private const int ThumbnailSide = 160;

    /// <param name="picture">The picture.</param>
    /// <param name="sign">Its hash by signs, which comes with its PDQ hash.</param>
    public static PictureFeatures Extract(DecodedPicture picture, SignPdq sign) => new(Algorithm, sign.ToString(), Regions(picture), Local(picture));

    private static string Local(DecodedPicture picture)
    {
        // What a thief saved small is enlarged, so that its corners are of a size that those of the original have too.
        var grey = GreyPicture.Fit(picture.Width, picture.Height, picture.Luma, LocalSide, MostEnlarged);
        return Convert.ToBase64String(LocalFormat.Write(grey, Orb.Extract(grey), GreyPicture.Reduce(grey.Width, grey.Height, grey.Levels, ThumbnailSide)));
    }

    private static List<PictureRegion> Regions(DecodedPicture picture)
    {
        var grey = GreyPicture.Reduce(picture.Width, picture.Height, picture.Luma, LayoutSide);
        var (scaleX, scaleY) = ((double)picture.Width / grey.Width, (double)picture.Height / grey.Height);
        var regions = new List<PictureRegion>();
        foreach (var (rectangle, isTrimmed) in XyCut.Propose(grey))
        {
            var (left, top) = ((int)Math.Round(rectangle.Left * scaleX), (int)Math.Round(rectangle.Top * scaleY));
            var (right, bottom) = ((int)Math.Round(rectangle.Right * scaleX), (int)Math.Round(rectangle.Bottom * scaleY));
            var hash = PdqHasher.Compute(picture.Cut(left, top, right - left, bottom - top));
            if (hash.Quality < LeastQuality) continue;
            regions.Add(new PictureRegion(
                Part(left, picture.Width), Part(top, picture.Height), Part(right - left, picture.Width), Part(bottom - top, picture.Height), hash.Sign.ToString(), isTrimmed));
        }
        return regions;
    }

    private static double Part(int pixels, int side) => Math.Round((double)pixels / side, 4);
}
