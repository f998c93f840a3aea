using ImageRights.Ingestion.Pictures;

namespace ImageRights.Ingestion.Works;

// These are the stored form: a change here needs a new stored name and an upcast.

/// <summary>What a registered original is.</summary>
public enum WorkKind
{
    /// <summary>A picture that its author made.</summary>
    Original,

    /// <summary>A picture of a person, registered for that person.</summary>
    Portrait,
}

/// <summary>An original was registered; its bytes were in the vault before this was written.</summary>
/// <param name="AccountId">Account of the rights holder.</param>
/// <param name="Author">Author's name as it is to be credited.</param>
/// <param name="CreatedOn">When the author made it, as claimed.</param>
/// <param name="PdqQuality">Distinctiveness on which it was accepted, 0 to 100.</param>
public sealed record WorkRegistered(
    string WorkId, string AccountId, string Title, string Author, DateOnly? CreatedOn, string? Description,
    Picture Picture, PictureMetadata Metadata, int PdqQuality, DateTimeOffset RegisteredAt, WorkKind Kind = WorkKind.Original);

/// <summary>An original is not to be matched against any more.</summary>
/// <param name="By">Who said so.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record WorkWithdrawn(string WorkId, string AccountId, string By, string? Reason, DateTimeOffset WithdrawnAt);

/// <summary>An original is not to be matched against until it is resumed.</summary>
/// <param name="By">Who said so.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record WorkSuspended(string WorkId, string AccountId, string SuspensionId, string By, string Reason, DateTimeOffset SuspendedAt);

/// <summary>A suspension ended: the original is matched against again.</summary>
/// <param name="By">Who said so.</param>
public sealed record WorkResumed(string WorkId, string AccountId, string SuspensionId, string By, DateTimeOffset ResumedAt);
