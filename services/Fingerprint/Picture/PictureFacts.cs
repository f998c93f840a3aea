using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Fingerprint.Picture;

/// <summary>A picture that was handed in and is to be fingerprinted.</summary>
/// <param name="SubjectId">Image or work, as <paramref name="Role"/> says.</param>
/// <param name="AccountId">Who uploaded or registered it.</param>
/// <param name="Sha256">Address of its bytes in the vault, 64 lower-case hexadecimal digits.</param>
/// <param name="OccurredAt">When it was received or registered.</param>
public sealed record PictureRequest(
    PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256, DateTimeOffset OccurredAt);

/// <summary>What became of a picture.</summary>
public abstract record PictureFact;

/// <summary>It was decoded and hashed.</summary>
/// <param name="Pdq">Hash of the picture as it is, 64 hexadecimal digits.</param>
/// <param name="PdqDihedrals">Hashes of its eight orientations in the order of <see cref="Orientation"/>.</param>
/// <param name="PdqQuality">0 (featureless) to 100.</param>
/// <param name="Algorithm">Name and version, such as <c>pdq/1</c>.</param>
/// <param name="Format">JPEG, PNG, WEBP, GIF or AVIF, by content.</param>
/// <param name="Width">Stored width in pixels, before any orientation is applied.</param>
/// <param name="Height">Stored height in pixels, before any orientation is applied.</param>
/// <param name="Features">What finds the picture after edits; null in facts of earlier versions.</param>
/// <param name="Version">Version of the fingerprint as a whole; 0 in facts of before it was counted.</param>
/// <param name="LumaSha256">SHA-256 of the decoded picture's size and luma: the same for other bytes or metadata around the same pixels; null in facts of earlier versions.</param>
/// <param name="DHash">dHash of 256 bits in the convention of ImageHash, 64 hexadecimal digits; null in facts of earlier versions.</param>
/// <param name="Iscc">Image-Code of ISO 24138:2024, 256 bits, such as <c>ISCC:EED…</c>; null in facts of earlier versions.</param>
public sealed record PictureFingerprinted(
    PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256,
    string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, string Algorithm, string Format, int Width, int Height,
    DateTimeOffset OccurredAt, DateTimeOffset FingerprintedAt, PictureFeatures? Features = null, int Version = 0,
    string? LumaSha256 = null, string? DHash = null, string? Iscc = null) : PictureFact;

/// <summary>What finds a picture after edits that change its PDQ hash.</summary>
/// <param name="Algorithm">Name and version, such as <c>eye/2</c>.</param>
/// <param name="SignPdq">64 hexadecimal digits.</param>
/// <param name="Regions">Rectangles that may each be a picture of their own.</param>
/// <param name="Local">Local features and thumbnail in Base64; null for a picture that has none.</param>
public sealed record PictureFeatures(string Algorithm, string SignPdq, IReadOnlyList<PictureRegion> Regions, string? Local);

/// <summary>A rectangle of a picture, in fractions of its width and height.</summary>
/// <param name="IsTrimmed">Whether it is the picture without its border.</param>
public sealed record PictureRegion(double Left, double Top, double Width, double Height, string SignPdq, bool IsTrimmed);

/// <summary>It gets no fingerprint.</summary>
/// <param name="Code">Stable code, such as <c>Image_Truncated</c>.</param>
public sealed record PictureUnreadable(
    PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256, string Code,
    DateTimeOffset OccurredAt, DateTimeOffset FoundAt) : PictureFact;
