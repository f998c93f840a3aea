namespace ImageRights.Fingerprint.Picture;

/// <summary>What is known of a picture.</summary>
/// <param name="IsDecided">Whether it has a fingerprint or is known to get none.</param>
/// <param name="Version">Version of its fingerprint; null when it has none.</param>
public sealed record PictureState(bool IsDecided, int? Version = null)
{
    /// <summary>Before anything is known.</summary>
    public static readonly PictureState Initial = new(false);
}

/// <summary>A picture is decided once: the first finding stands, because others have acted on it. Its fingerprint may be followed by one of a later version.</summary>
public static class PictureDecider
{
    /// <summary>Begins every stream's key.</summary>
    public const string StreamPrefix = "fingerprint-";

    /// <summary>Stream of an image or work.</summary>
    public static string StreamKey(string subjectId) => StreamPrefix + subjectId;

    /// <summary>Folds a fact.</summary>
    public static PictureState Evolve(PictureState state, object fact) => fact switch
    {
        PictureFingerprinted fingerprinted => new PictureState(true, fingerprinted.Version),
        PictureUnreadable => new PictureState(true),
        _ => state,
    };

    /// <summary>Records a finding when there is none yet, or when it is a fingerprint of a later version than the one there is.</summary>
    public static IReadOnlyList<PictureFact> Decide(PictureState state, PictureFact finding) => finding switch
    {
        PictureFingerprinted later when later.Version > state.Version => [later],
        _ when !state.IsDecided => [finding],
        _ => [],
    };
}
