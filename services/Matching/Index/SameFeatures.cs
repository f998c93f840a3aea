namespace ImageRights.Matching.Index;

/// <summary>Takes features for the same that are the same byte by byte.</summary>
internal sealed class SameFeatures : IEqualityComparer<LocalFeatures>
{
    public static readonly SameFeatures Comparer = new();

    private const int Telling = 256;

    public bool Equals(LocalFeatures? one, LocalFeatures? other) => one == other || one!.Bytes.SequenceEqual(other!.Bytes);

    public int GetHashCode(LocalFeatures features)
    {
        var hash = new HashCode();
        hash.AddBytes(features.Bytes[..Math.Min(Telling, features.Bytes.Length)]);
        return hash.ToHashCode();
    }
}
