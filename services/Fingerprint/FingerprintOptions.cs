namespace ImageRights.Fingerprint;

/// <summary>Settings of the service, from the configuration section <c>Fingerprint</c>.</summary>
public sealed class FingerprintOptions
{
    /// <summary>Decoder processes.</summary>
    public int DecoderProcesses { get; set; } = 2;

    /// <summary>Longest time for one picture in a decoder process.</summary>
    public TimeSpan DecodeTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Requests that may hold a picture in memory at once; as many again times sixteen wait, the rest is answered 503.</summary>
    public int RequestsAtOnce { get; set; } = 16;

    /// <summary>Longest time for a request's body to arrive.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time for Ingestion to hand over a picture's bytes.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the second attempt at a picture that could not be had; doubles with each further one.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two attempts.</summary>
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the vault may say that it lacks the bytes, or hand over others, before the picture counts as unreadable. With the default waits: about five minutes.</summary>
    public int ContentTries { get; set; } = 14;

    /// <summary>How often a picture may run out of time or bring its decoder down before it counts as unreadable: the machine may have been at fault.</summary>
    public int DecodeTries { get; set; } = 3;

    /// <summary>Whether pictures with a fingerprint of an earlier version are fingerprinted anew in the background.</summary>
    public bool RenewFingerprints { get; set; } = true;

    /// <summary>Memory for renditions, in bytes.</summary>
    public long RenditionCacheBytes { get; set; } = 64_000_000;

    /// <summary>Wait after so many attempts. Spread, so that what one outage parked does not come back as one wave.</summary>
    public TimeSpan WaitAfter(int tries)
    {
        var wait = Math.Min(LongestRetry.TotalSeconds, FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(tries - 1, 20)));
        return TimeSpan.FromSeconds(wait * (0.8 + 0.4 * Random.Shared.NextDouble()));
    }
}
