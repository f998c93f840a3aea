using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>A rectangle of a picture with its hash.</summary>
public sealed record HashedArea(Area Area, SignHash Hash, bool IsTrimmed);

/// <summary>Features of a picture as the index compares them.</summary>
public sealed record FeatureSet(SignHash Sign, IReadOnlyList<HashedArea> Regions, LocalFeatures? Local = null)
{
    /// <summary>Name and version of the features that this index compares.</summary>
    public const string Algorithm = "eye/4";

    // Chose other corners of the picture and had smaller thumbnails, but described them in the same way.
    private static readonly string[] Comparable = ["eye/1", "eye/2", "eye/3", Algorithm];

    private const int MostRegions = 64;

    /// <summary>Reads features; null when there are none or they are of another version, which cannot be compared.</summary>
    /// <exception cref="FormatException">They are of this version and broken.</exception>
    public static FeatureSet? Read(PictureFeatures? features)
    {
        if (features is null || !Comparable.Contains(features.Algorithm)) return null;
        if (features.Regions is not { Count: <= MostRegions } regions) throw new FormatException($"A picture has at most {MostRegions} regions.");
        return new FeatureSet(SignHash.Parse(features.SignPdq), [.. regions.Select(Read)], LocalFeatures.Read(features.Local));
    }

    /// <summary>What stands for the picture when others are compared with it.</summary>
    public FeatureSet AsReference() => this with { Local = Local?.AsReference() };

    private static HashedArea Read(PictureRegion region) =>
        region is { Left: >= 0 and <= 1, Top: >= 0 and <= 1, Width: > 0 and <= 1, Height: > 0 and <= 1 }
            ? new HashedArea(new Area(region.Left, region.Top, region.Width, region.Height), SignHash.Parse(region.SignPdq), region.IsTrimmed)
            : throw new FormatException("A region lies within its picture.");
}

/// <summary>What is looked for.</summary>
/// <param name="Pdq">The PDQ hash as it is, or those of all eight orientations in <see cref="Orientation"/> order.</param>
/// <param name="Quality">PDQ quality, 0 to 100.</param>
/// <param name="Features">Null: only PDQ hashes are compared.</param>
/// <param name="Sha256">Of the bytes; null: not known.</param>
/// <param name="Luma">Of the decoded pixels, as <see cref="LumaLookup.KeyOf"/> makes it; null: not known, or not telling.</param>
/// <param name="AccountId">Whose picture it is; null: not known.</param>
public sealed record PictureQuery(PdqHash[] Pdq, int Quality, FeatureSet? Features, string? Sha256, UInt128? Luma = null, string? AccountId = null)
{
    /// <summary>A stored picture as a query.</summary>
    public static PictureQuery Of(FingerprintRecorded picture) =>
        new([.. picture.PdqDihedrals.Select(PdqHash.Parse)], picture.PdqQuality, FeatureSet.Read(picture.Features), picture.Sha256,
            LumaLookup.KeyOf(picture.LumaSha256, picture.PdqQuality), picture.AccountId);
}
