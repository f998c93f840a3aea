using System.Collections.Immutable;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>The eight ways to turn and mirror a picture, named and ordered as the PDQ reference implementation prints them.</summary>
public enum Dihedral
{
    Original = 0,

    /// <summary>A quarter turn counter-clockwise.</summary>
    Rotate90 = 1,

    Rotate180 = 2,

    /// <summary>A quarter turn clockwise.</summary>
    Rotate270 = 3,

    /// <summary>Upside down: top and bottom change places.</summary>
    FlipX = 4,

    /// <summary>Mirrored: left and right change places.</summary>
    FlipY = 5,

    /// <summary>Mirrored on the diagonal from top left to bottom right.</summary>
    FlipPlus1 = 6,

    /// <summary>Mirrored on the diagonal from top right to bottom left.</summary>
    FlipMinus1 = 7,
}

/// <summary>A picture's PDQ hash with the hashes of its turned and mirrored forms.</summary>
/// <param name="Quality">0 to 100; below 50 the picture has too little structure for its hash to mean anything.</param>
/// <param name="Variants">Eight hashes in the order of <see cref="Dihedral"/>.</param>
/// <param name="Sign">The same spectrum thresholded at zero, for our own index; its eight forms follow from this one exactly.</param>
public sealed record PdqFingerprint(int Quality, ImmutableArray<Pdq> Variants, SignPdq Sign)
{
    /// <summary>The picture as it is.</summary>
    public Pdq Hash => Variants[(int)Dihedral.Original];

    public Pdq this[Dihedral variant] => Variants[(int)variant];
}
