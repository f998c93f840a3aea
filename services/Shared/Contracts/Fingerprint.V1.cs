using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Contracts.Fingerprint.V1;

/// <summary>What a picture was handed in as.</summary>
public enum PictureRole
{
    /// <summary>An upload to the marketplace.</summary>
    Upload,

    /// <summary>A registered original.</summary>
    Work,

    /// <summary>A registered portrait.</summary>
    Portrait,
}

/// <summary>A picture was decoded and fingerprinted.</summary>
/// <param name="SubjectId">Image or work, as <paramref name="Role"/> says.</param>
/// <param name="AccountId">Who uploaded or registered it.</param>
/// <param name="Pdq">PDQ hash of the picture as it is, 64 hexadecimal digits.</param>
/// <param name="PdqDihedrals">PDQ hashes of its eight orientations in <see cref="Orientation"/> order; the first equals <paramref name="Pdq"/>.</param>
/// <param name="PdqQuality">0 (featureless) to 100; hashes below 50 do not identify a picture.</param>
/// <param name="Algorithm">Name and version, such as <c>pdq/1</c>.</param>
/// <param name="OccurredAt">When the picture was received or registered.</param>
/// <param name="Features">What finds it after edits that change its PDQ hash; null from a publisher that does not compute it.</param>
/// <param name="Version">Version of the fingerprint as a whole. A message with a higher one than the last takes the place of that picture's fingerprint. 0 from a publisher that does not count.</param>
/// <param name="LumaSha256">SHA-256 of the decoded picture's size and luma: the same for other bytes or metadata around the same pixels; null in messages of earlier versions.</param>
/// <param name="DHash">dHash of 256 bits in the convention of ImageHash, 64 hexadecimal digits; null in messages of earlier versions.</param>
/// <param name="Iscc">Image-Code of ISO 24138:2024, 256 bits, such as <c>ISCC:EED…</c>; null in messages of earlier versions.</param>
public sealed record ImageFingerprinted(
    string TenantId, PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256,
    string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, string Algorithm, DateTimeOffset OccurredAt, PictureFeatures? Features = null, int Version = 0,
    string? LumaSha256 = null, string? DHash = null, string? Iscc = null);

/// <summary>What finds a picture after edits that change its PDQ hash. See docs/adr/0012-finding-edited-copies.md.</summary>
/// <param name="Algorithm">Name and version, such as <c>eye/2</c>; what a version can be compared with, Matching knows.</param>
/// <param name="SignPdq">The frequencies of PDQ by their sign, 64 hexadecimal digits in four words of equal parity: even rows and even columns, even and odd, odd and even, odd and odd.</param>
/// <param name="Regions">Rectangles that may each be a picture of their own.</param>
/// <param name="Local">Local features and thumbnail in Base64; null for a picture that has none.</param>
public sealed record PictureFeatures(string Algorithm, string SignPdq, IReadOnlyList<PictureRegion> Regions, string? Local = null);

/// <summary>A rectangle of a picture, in fractions of its width and height.</summary>
/// <param name="SignPdq">Hash of the rectangle as if it were the picture.</param>
/// <param name="IsTrimmed">Whether it is the picture without its border; only that rectangle stands for the picture when others are compared with it.</param>
public sealed record PictureRegion(double Left, double Top, double Width, double Height, string SignPdq, bool IsTrimmed);

/// <summary>A picture cannot be decoded; it gets no fingerprint.</summary>
/// <param name="Code">Stable code, such as <c>Image_Truncated</c>.</param>
public sealed record ImageUnreadable(
    string TenantId, PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256, string Code, DateTimeOffset OccurredAt);

/// <summary>The eight ways in which a picture can be turned and mirrored, in the order of the PDQ reference implementation.</summary>
public enum Orientation
{
    /// <summary>As it is.</summary>
    Original,

    /// <summary>Turned by 90 degrees.</summary>
    Rotate90,

    /// <summary>Turned by 180 degrees.</summary>
    Rotate180,

    /// <summary>Turned by 270 degrees.</summary>
    Rotate270,

    /// <summary>Mirrored top to bottom.</summary>
    FlipX,

    /// <summary>Mirrored left to right.</summary>
    FlipY,

    /// <summary>Mirrored along the main diagonal.</summary>
    FlipPlus1,

    /// <summary>Mirrored along the other diagonal.</summary>
    FlipMinus1,
}
