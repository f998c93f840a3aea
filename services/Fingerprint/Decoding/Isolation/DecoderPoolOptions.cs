namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>How many decoder processes there are and what each may use.</summary>
public sealed record DecoderPoolOptions
{
    /// <summary>Processes, each with one picture at a time.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>A process is replaced after this many pictures, so that whatever a picture leaves behind does not stay.</summary>
    public int PicturesPerWorker { get; init; } = 500;

    /// <summary>Longest time for one picture by the clock; then its process is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time for one picture by the processor, in whole seconds; the kernel ends the process then.</summary>
    public int CpuSeconds { get; init; } = 10;

    /// <summary>
    /// Most private memory of a process, in bytes. The largest accepted AVIF needs about 600 MB (13 bytes a pixel), the largest
    /// progressive JPEG 350 MB, all others less.
    /// </summary>
    public long MemoryBytes { get; init; } = 768_000_000;

    /// <summary>What pictures may announce.</summary>
    public DecodingLimits Limits { get; init; } = DecodingLimits.Default;
}
