namespace ImageRights.Benchmarks.Evaluation;

/// <summary>Which pictures were taken by one sender before one background, as somebody who looked at them wrote down; a file of lines <c>picture,scene,reason</c>.</summary>
internal sealed class SceneList
{
    private readonly Dictionary<string, string> scenes = new(StringComparer.Ordinal);

    /// <summary>Nothing is known.</summary>
    public static readonly SceneList Empty = new([]);

    private SceneList(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.Split(',') is [var picture, var scene, ..] && picture != "picture") scenes[picture] = scene;
        }
    }

    /// <summary>Reads a list.</summary>
    public static SceneList Read(string file) => new(File.ReadAllLines(file));

    /// <summary>Whether two different pictures are of one scene.</summary>
    public bool AreSame(string one, string other) => one != other && scenes.TryGetValue(one, out var scene) && scenes.GetValueOrDefault(other) == scene;

    /// <summary>Whether a picture is of the half that models are fitted on. Pictures of one scene are of the same half, else what was learned would be asked.</summary>
    public bool IsForCalibration(string picture) => (HashOf(scenes.GetValueOrDefault(picture, picture)) & 1) == 0;

    /// <summary>Whether a picture is one of the half that is not registered and so must find nothing.</summary>
    public static bool IsHeldOut(string picture) => (HashOf(picture) & 2) == 0;

    /// <summary>FNV-1a of the letters, folded: the string's own hash differs from run to run.</summary>
    public static int HashOf(string text)
    {
        var hash = text.Aggregate(2166136261u, (hash, letter) => unchecked((hash ^ letter) * 16777619u));
        return (int)((hash ^ hash >> 16) & int.MaxValue);
    }
}
