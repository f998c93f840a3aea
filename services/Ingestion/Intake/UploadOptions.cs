namespace ImageRights.Ingestion.Intake;

/// <summary>How uploads are received; configuration section <c>Uploads</c>.</summary>
public sealed record UploadOptions
{
    /// <summary>Form fields and part headers may take this many bytes beside the file.</summary>
    public const int FormOverhead = 256 * 1024;

    /// <summary>A body that is too long is read to its end, without being kept, up to this many times the limit: a sender that is cut off while it sends does not see the answer.</summary>
    public const int DrainedTimes = 4;

    /// <summary>Most parts of a form.</summary>
    public const int Parts = 32;

    /// <summary>Longest field, in bytes of UTF-8.</summary>
    public const int FieldBytes = 16 * 1024;

    /// <summary>Directory that files pass through. They have no name there, so that the system removes them with the process.</summary>
    public string Directory { get; init; } = Path.GetTempPath();

    /// <summary>A body that has not arrived by then is given up.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(3);
}
