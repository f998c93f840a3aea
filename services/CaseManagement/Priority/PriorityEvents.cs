using System.Text.Json.Serialization;
using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Priority;

/// <summary>When something was first received from an account, as a sealed record shows it.</summary>
/// <param name="AccountId">The account; the report's number for somebody without one.</param>
/// <param name="Reference">Work, image, notice or report.</param>
/// <param name="SeenAt">When it was received.</param>
/// <param name="EventId">Event that the log of the service which received it can prove; null where this service received it.</param>
public sealed record Sighting(string AccountId, string Reference, string? ImageId, DateTimeOffset SeenAt, Guid? EventId)
{
    /// <summary>Of somebody without an account, whom only his report's number names.</summary>
    public static Sighting OfGuest(string report, DateTimeOffset seenAt) => new(report, report, null, seenAt, null);

    /// <summary>Whether it is of somebody without an account.</summary>
    [JsonIgnore]
    public bool IsGuest => AccountId == Reference;
}

/// <summary>A paper that a party shows, by digest: the paper itself is kept apart and can be erased.</summary>
/// <param name="Kind">Kind of paper, such as <c>Raw</c>, <c>Series</c>, <c>Certificate</c>.</param>
/// <param name="Digest">SHA-256 of the file, or of the certificate's number.</param>
public sealed record ShownDocument(string Kind, string Digest);

/// <summary>Who is found to have had the picture first.</summary>
public enum Favoured
{
    /// <summary>Who complains.</summary>
    Complainant,

    /// <summary>Who published it here.</summary>
    Respondent,
}

/// <summary>The facts of a contradiction between a claim and the sealed history. These records are the stored format: a change is a new version beside the old one.</summary>
public abstract record PriorityEvent
{
    private PriorityEvent()
    {
    }

    /// <summary>The case that it is about.</summary>
    public abstract string CaseId { get; init; }

    /// <summary>When it was.</summary>
    public abstract DateTimeOffset At { get; init; }

    /// <summary>The sealed history contradicts the claim; nothing is taken down by itself, and both sides are asked.</summary>
    /// <param name="Complainant">The earliest that is sealed of the complainant.</param>
    /// <param name="Respondent">The earliest that is sealed of the respondent.</param>
    /// <param name="ClaimedOn">Day that the complainant claims.</param>
    /// <param name="HearUntil">Until when both can answer; after that it is decided on the file.</param>
    public sealed record PriorityContradictionFound(string CaseId, Sighting Complainant, Sighting Respondent, DateOnly ClaimedOn, DateTimeOffset HearUntil, DateTimeOffset At) : PriorityEvent;

    /// <summary>A party answered.</summary>
    public sealed record PartyHeard(string CaseId, string AccountId, IReadOnlyList<ShownDocument> Documents, Act Act, DateTimeOffset At) : PriorityEvent;

    /// <summary>A paper was shown that another account had shown before: perhaps forged, for a person to judge.</summary>
    public sealed record DocumentReused(string CaseId, string AccountId, ShownDocument Document, DateTimeOffset At) : PriorityEvent;

    /// <summary>A person decided who had the picture first.</summary>
    public sealed record PriorityDecided(string CaseId, Favoured Favoured, Act Act, DateTimeOffset At) : PriorityEvent;
}
