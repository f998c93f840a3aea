using ImageRights.Fingerprint.Picture;

namespace ImageRights.Fingerprint.Computing;

/// <summary>What a picture's bytes come to: the same for everybody who sends them. Also the answer to a computation.</summary>
/// <param name="Sha256">SHA-256 of the bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Algorithm">Name and version of what made the hashes.</param>
/// <param name="Pdq">PDQ hash of the picture as it is, 64 hexadecimal digits.</param>
/// <param name="PdqDihedrals">PDQ hashes of its eight orientations, as the contract's <c>Orientation</c> orders them; the first equals <paramref name="Pdq"/>.</param>
/// <param name="PdqQuality">0 (featureless) to 100.</param>
/// <param name="Format">JPEG, PNG, WEBP, GIF or AVIF, by content.</param>
/// <param name="Width">Stored width in pixels, before any orientation is applied.</param>
/// <param name="Height">Stored height in pixels, before any orientation is applied.</param>
/// <param name="Features">What finds the picture after edits; null in what earlier versions stored.</param>
/// <param name="Version">Version of the fingerprint as a whole.</param>
/// <param name="LumaSha256">SHA-256 of the decoded picture's size and luma: the same for other bytes or metadata around the same pixels; null in what earlier versions stored.</param>
/// <param name="DHash">dHash of 256 bits in the convention of ImageHash, 64 hexadecimal digits; null in what earlier versions stored.</param>
/// <param name="Iscc">Image-Code of ISO 24138:2024, 256 bits, such as <c>ISCC:EED…</c>; null in what earlier versions stored.</param>
public sealed record ComputedFingerprint(
    string Sha256, string Algorithm, string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, string Format, int Width, int Height,
    PictureFeatures? Features = null, int Version = 0, string? LumaSha256 = null, string? DHash = null, string? Iscc = null);
