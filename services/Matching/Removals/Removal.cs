namespace ImageRights.Matching.Removals;

/// <summary>An upload was taken down by a measure.</summary>
/// <param name="CaseId">Case in which that was decided.</param>
public sealed record RemovalRecorded(string MeasureId, string CaseId, string ImageId, DateTimeOffset AppliedAt);

/// <summary>A measure was lifted.</summary>
public sealed record RemovalEndRecorded(string MeasureId, string CaseId, string ImageId, DateTimeOffset LiftedAt);

/// <summary>Where a measure is recorded.</summary>
public static class Removal
{
    /// <summary>Stream of a measure.</summary>
    public static string StreamKey(string measureId) => $"removal-{measureId}";
}
