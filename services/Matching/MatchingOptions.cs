namespace ImageRights.Matching;

/// <summary>Thresholds, from the configuration section <c>Matching</c>. They are stored with every finding.</summary>
public sealed class MatchingOptions
{
    /// <summary>Largest Hamming distance that counts as a match, in bits of 256. 31 is what the PDQ authors recommend.</summary>
    public int MaxDistance { get; set; } = 31;

    /// <summary>Smallest PDQ quality that is compared, 0 to 100. Below 50 a hash says more about flat areas than about the picture.</summary>
    public int MinQuality { get; set; } = 50;

    /// <summary>Folder of the index's checkpoints, of which each replica takes one; null: each start reads the whole log.</summary>
    public string? CheckpointFolder { get; set; }
}
