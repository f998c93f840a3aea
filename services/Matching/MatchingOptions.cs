using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;

namespace ImageRights.Matching;

/// <summary>Thresholds, from the configuration section <c>Matching</c>. They are stored with every finding.</summary>
public sealed class MatchingOptions
{
    /// <summary>Largest Hamming distance that counts as a match, in bits of 256. 31 is what the PDQ authors recommend.</summary>
    public int MaxDistance { get; set; } = 31;

    /// <summary>Smallest PDQ quality of which hashes are compared, 0 to 100. Below 50 a hash says more about flat areas than about the picture, and bytes and local features decide.</summary>
    public int MinQuality { get; set; } = 50;

    /// <summary>Folder of the index's checkpoints, of which each replica takes one, and of what is made of them; null: each start reads the whole log.</summary>
    public string? CheckpointFolder { get; set; }

    /// <summary>So many of a tenant's newest uploads keep their local features, about 20 KB of memory each; older ones are found by hashes alone, but for those that were ever removed. Works keep
    /// them always. All replicas take the same number: answers depend on it.</summary>
    public int RecentUploads { get; set; } = 200_000;

    /// <summary>Independent accounts from which on a picture is common, and likely a supplier's.</summary>
    public int CommonFrom { get; set; } = 10;

    /// <summary>Limits in the bank of works.</summary>
    public BandLimits Works { get; set; } = new(CopyModel.DefaultReview, CopyModel.DefaultAuto);

    /// <summary>Limits in the bank of uploads.</summary>
    public BandLimits Uploads { get; set; } = new(CopyModel.DefaultReview, CopyModel.DefaultAuto);

    /// <summary>Limits in the bank of removed pictures.</summary>
    public BandLimits Removed { get; set; } = new(CopyModel.DefaultReview, CopyModel.DefaultAuto);

    /// <summary>Limits in the bank of portraits.</summary>
    public BandLimits Portraits { get; set; } = new(CopyModel.DefaultReview, CopyModel.DefaultAuto);

    /// <summary>Limits of single tenants, by their ids.</summary>
    public Dictionary<string, TenantLimits> Tenants { get; set; } = [];

    /// <summary>What a search at a version of a tenant's index is done with.</summary>
    public Thresholds ThresholdsOf(string algorithm, string tenantId, long indexVersion)
    {
        var own = Tenants.GetValueOrDefault(tenantId);
        return new Thresholds(
            algorithm, MaxDistance, MinQuality, indexVersion, CopyModel.Current.Version, own?.Works ?? Works, own?.Uploads ?? Uploads, own?.Removed ?? Removed,
            own?.Portraits ?? Portraits);
    }

    /// <summary>Whether every limit is a probability and review begins before auto.</summary>
    public bool HasValidLimits() => Tenants.Values.SelectMany(tenant => new[] { tenant.Works, tenant.Uploads, tenant.Removed, tenant.Portraits }).Concat([Works, Uploads, Removed, Portraits])
        .All(limits => limits is null or { Review: > 0, Auto: <= 1 } && !(limits?.Review > limits?.Auto));
}

/// <summary>Limits of a tenant; null: those of all.</summary>
public sealed record TenantLimits(BandLimits? Works = null, BandLimits? Uploads = null, BandLimits? Removed = null, BandLimits? Portraits = null);
