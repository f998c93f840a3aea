namespace ImageRights.Fingerprint.Picture;

/// <summary>What is known of a picture.</summary>
/// <param name="IsDecided">Whether it has a fingerprint or is known to get none.</param>
public sealed record PictureState(bool IsDecided)
{
    /// <summary>Before anything is known.</summary>
    public static readonly PictureState Initial = new(false);
}

/// <summary>A picture is decided once: the first finding stands, because others have acted on it.</summary>
public static class PictureDecider
{
    /// <summary>Begins every stream's key.</summary>
    public const string StreamPrefix = "fingerprint-";

    /// <summary>Stream of an image or work.</summary>
    public static string StreamKey(string subjectId) => StreamPrefix + subjectId;

    /// <summary>Folds a fact.</summary>
    public static PictureState Evolve(PictureState state, object fact) => fact is PictureFact ? new PictureState(true) : state;

    /// <summary>Records a finding unless there is one already.</summary>
    public static IReadOnlyList<PictureFact> Decide(PictureState state, PictureFact finding) => state.IsDecided ? [] : [finding];
}
