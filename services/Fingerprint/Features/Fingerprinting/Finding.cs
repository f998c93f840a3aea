using ImageRights.Fingerprint.Computing;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>Result of one attempt at a picture.</summary>
public abstract record Finding
{
    private Finding()
    {
    }

    /// <summary>Its fingerprint.</summary>
    public sealed record Computed(ComputedFingerprint Fingerprint) : Finding;

    /// <summary>It gets none.</summary>
    public sealed record Refused(string Code) : Finding;

    /// <summary>Something else is at fault: never held against the picture.</summary>
    public sealed record Outage(string Reason) : Finding
    {
        /// <inheritdoc />
        public override string ToString() => Reason;
    }

    /// <summary>The picture may be at fault: after <paramref name="Most"/> of them it is.</summary>
    public sealed record Setback(string Code, int Most) : Finding
    {
        /// <inheritdoc />
        public override string ToString() => Code;
    }
}
