using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Projections;

/// <summary>What this service knows of an upload from its screening: whom a report on it concerns, where it is shown, which works were found in it.</summary>
/// <param name="Verdict">Result of the screening.</param>
/// <param name="EventId">Event of the screening, which the screening service's log can prove.</param>
/// <param name="OwnWorks">Registered works of its own account that were found in it.</param>
/// <param name="Works">Registered works found in it that its uploader neither owns nor has a licence for.</param>
public sealed record KnownImage(
    string ImageId, string AccountId, Location Location, string Verdict, IReadOnlyList<FoundWork> Works, DateTimeOffset ScreenedAt, Guid? EventId = null,
    IReadOnlyList<string>? OwnWorks = null);

/// <summary>A registered work found in a picture.</summary>
public sealed record FoundWork(string WorkId, string OwnerAccountId, Finding Finding);
