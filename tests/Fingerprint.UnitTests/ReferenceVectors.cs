using System.Collections.Immutable;
using System.Text.Json;
using ImageRights.Fingerprint.Hashing;

namespace ImageRights.Fingerprint.UnitTests;

/// <summary>What the PDQ reference implementation says about a picture.</summary>
public sealed record ReferenceVector(string Picture, int Quality, ImmutableArray<string> Hashes)
{
    public Pdq this[Dihedral variant] => Pdq.Parse(Hashes[(int)variant]);
}

/// <summary>The reference pictures beside the tests, and the photographs kept outside of the repository.</summary>
public static class ReferenceVectors
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Vectors");
    private static readonly VectorFile File = Read();

    public static ImmutableArray<ReferenceVector> Pictures => File.Pictures;

    public static ImmutableArray<ReferenceVector> Photographs => File.Photographs;

    /// <summary>Null where the photographs are not at hand.</summary>
    public static string? PhotographFolder { get; } = FindPhotographs();

    public static byte[] Bytes(string picture) => System.IO.File.ReadAllBytes(Path.Combine(Folder, picture));

    private static VectorFile Read() =>
        JsonSerializer.Deserialize<VectorFile>(System.IO.File.ReadAllText(Path.Combine(Folder, "vectors.json")), JsonSerializerOptions.Web)!;

    private static string? FindPhotographs()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "matching", "photographs");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }

    private sealed record VectorFile(ImmutableArray<string> Order, ImmutableArray<ReferenceVector> Pictures, ImmutableArray<ReferenceVector> Photographs);
}

/// <summary>A fact that needs the 700 photographs, which are too large for the repository.</summary>
public sealed class PhotographFactAttribute : FactAttribute
{
    public PhotographFactAttribute()
    {
        if (ReferenceVectors.PhotographFolder is null)
            Skip = "The photographs (shared/matching/photographs beside the repository) are not at hand.";
    }
}
