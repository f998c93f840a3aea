using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ImageRights.Console.Peers;

/// <summary>One page of a list.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public sealed record Image(string ImageId, string Status, string AccountId, string Surface, string? ListingId, string Sha256, string Format, int Width, int Height, long ByteCount, JsonObject? Metadata, DateTimeOffset ReceivedAt);

public sealed record Work(string WorkId, string AccountId, string Title, string Author, DateOnly? CreatedOn, string? Description, string Sha256, string Format, int Width, int Height, int PdqQuality, DateTimeOffset RegisteredAt, DateTimeOffset? WithdrawnAt = null, string? WithdrawnBy = null, string? WithdrawalReason = null, string Kind = "Original", long Version = 0, Suspension? Suspension = null);

public sealed record Suspension(DateTimeOffset Since, string By, string Reason);

public sealed record Corner(double X, double Y);

public sealed record Area(double Left, double Top, double Width, double Height);

public sealed record Evidence(
    string Algorithm, string Class, bool IsInverted, IReadOnlyList<Corner> UploadArea, IReadOnlyList<Corner> ReferenceArea, double UploadPercent, double ReferencePercent, int? BlocksCompared, int? BlocksAlike,
    double? Score, IReadOnlyList<Area>? Overlays);

/// <summary>How a picture and what it was found to copy lie on each other.</summary>
public sealed record Found(int Distance, string Transform, Evidence? Evidence, string? Band, Thresholds? Thresholds);

/// <summary>What a picture was compared with.</summary>
public record Reference(string Bank, string ReferenceId, string OwnerAccountId)
{
    public bool IsRegistered => Bank is "Works" or "Portraits";

    /// <summary>Address of its page.</summary>
    public string Page => IsRegistered ? $"/works/{ReferenceId}" : $"/pictures/{ReferenceId}";

    /// <summary>Where pictures of its kind are shown from.</summary>
    public string PictureBank => IsRegistered ? "works" : "images";
}

public sealed record Match(
    string Bank, string ReferenceId, string OwnerAccountId, int Distance, string Transform, string Disposition, string? LicenceId, string? CaseId = null, Evidence? Evidence = null, string? Band = null)
    : Reference(Bank, ReferenceId, OwnerAccountId)
{
    /// <param name="thresholds">Those of the screening.</param>
    public Found FoundBy(Thresholds? thresholds) => new(Distance, Transform, Evidence, Band, thresholds);
}

public sealed record Thresholds(string Algorithm, int MaxDistance, int MinQuality, long IndexVersion, string? Model = null);

public sealed record Screening(string ImageId, string AccountId, string? Surface, string? ListingId, string Status, string? Verdict, IReadOnlyList<Match> Matches, Thresholds? Thresholds, string? UnreadableCode, DateTimeOffset? ReceivedAt, DateTimeOffset? ScreenedAt, DateTimeOffset? WithdrawnAt, IReadOnlyList<Reference>? Related = null);

public sealed record Commonness(int Accounts, int Pictures, DateTimeOffset? Since, bool IsCommon, int? AccountsInAll = null);

public sealed record Copy(string WorkId, string ImageId, string ImageAccountId, string Surface, string? ListingId, string FoundBy, int Distance, string Transform, DateTimeOffset FoundAt, Evidence? Evidence = null, string? Band = null, Thresholds? Thresholds = null);

public sealed record WorkSearch(string Status, DateTimeOffset? Since, int? Uploads, int? Copies, string? UnreadableCode);

public sealed record WorkSearches(int Waiting, int? SecondsLeft);

public sealed record NextSteps(IReadOnlyList<string> Complainant, IReadOnlyList<string> Respondent, IReadOnlyList<string> Reviewer);

public sealed record Finding(int Distance, string Transform);

public sealed record Location(string Surface, string? ListingId);

public sealed record Lack(string? Field, string Code);

/// <summary>An objection as it was last received.</summary>
/// <param name="Missing">What it lacks by the form of its law.</param>
public sealed record Objection(bool IsAccepted, DateTimeOffset At, IReadOnlyList<Lack> Missing);

public sealed record Case(
    string CaseId, long Version, string State, string? Outcome, string Origin, string Regime, string ImageId, string? WorkId, string RespondentAccountId, string? ComplainantAccountId,
    IReadOnlyList<string> ComplainantAccountIds, string ReasonCode, Finding? Finding, DateTimeOffset OpenedAt, DateTimeOffset ChangedAt, NextSteps? Next, Location? Location = null, Objection? CounterNotice = null,
    IReadOnlyList<EarlierRegistration>? EarlierRegistrations = null)
{
    // A case that follows the marketplace's own rules has no terms of law.
    private const string HouseRegime = "house-v1";

    public bool IsUnderLaw => Regime != HouseRegime;
}

/// <summary>A registration of what looks like the same picture, before the case's work; told to the desk only.</summary>
public sealed record EarlierRegistration(string WorkId, string? AccountId, DateTimeOffset? RegisteredAt);

public sealed record HistoryEntry(long Version, string Type, DateTimeOffset Timestamp, string? Actor, JsonObject? Data, Guid EventId);

public sealed record CaseHistory(string CaseId, long Version, IReadOnlyList<HistoryEntry> Events);

public sealed record Moment(string Local, string Zone, DateTimeOffset Utc);

/// <summary>A term of a case.</summary>
/// <param name="NotBefore">When its window opens; null when it is open from the start.</param>
/// <param name="NotAfter">When it ends; null when the law has words for it and no number.</param>
/// <param name="Term">Those words.</param>
public sealed record CaseTerm(
    string Rule, string Step, string Actor, string Status, Moment StartedAt, Moment? NotBefore, string? LastDay, Moment? NotAfter, string? Term, Moment? EndedAt, string WhenMissed, string Source, IReadOnlyList<string> Doubts,
    PlainTerm? InPlainWords = null);

/// <summary>A term in the words of the letters about it.</summary>
public sealed record PlainTerm(string What, string Otherwise);

public sealed record Consequence(Moment At, string Rule, string Kind, string Item);

public sealed record CaseTerms(string Regime, Bilingual Title, string Zone, Moment Now, string Item, IReadOnlyList<CaseTerm> Deadlines, IReadOnlyList<Consequence> Otherwise, IReadOnlyList<string> ConflictsWith);

public sealed record NextTerm(string CaseId, DateTimeOffset DueAt, string Rule, string Step, string Actor, string Kind, string WhenMissed);

public sealed record Letter(string LetterId, string Status, string? CaseId, DateTimeOffset? DueAt, string Subject, string Body, DateTimeOffset SentAt);

public sealed record PartyMessage(string MessageId, string Party, string Subject, string Body, DateTimeOffset SentAt);

public sealed record StatementPart(string Letter, string Title, string Text);

public sealed record StatementOfReasons(string StatementId, IReadOnlyList<StatementPart> Parts, bool IsForDatabase = false);

/// <summary>An attempt to deliver.</summary>
/// <param name="Response">Beginning of the answer; only of a single delivery.</param>
public sealed record Attempt([property: JsonPropertyName("attempt")] int Number, string Url, DateTimeOffset StartedAt, int DurationMilliseconds, string Outcome, int? Status, string? Error, string? Response = null);

/// <param name="Event">The body of every attempt; only of a single delivery.</param>
public sealed record Delivery(
    string DeliveryId, string EndpointId, Guid EventId, string EventType, string? Subject, string State, DateTimeOffset ScheduledAt, DateTimeOffset? NextAttemptAt, IReadOnlyList<Attempt> Attempts, JsonObject? Event = null);

/// <param name="Health">How it does; only of a single endpoint.</param>
public sealed record Endpoint(
    string EndpointId, string Url, string? Description, string State, string? DisabledReason, IReadOnlyList<string> EventTypes, DateTimeOffset RegisteredAt, EndpointHealth? Health = null);

/// <param name="FailingSince">First failure since its last success.</param>
/// <param name="NotBefore">Until then it asked not to be called.</param>
public sealed record EndpointHealth(DateTimeOffset? FailingSince, DateTimeOffset? NotBefore, long Pending);

public sealed record Erasure(string ErasureId, string PersonId, string LegalBasis, string RequestedBy, string? ApprovedBy, DateTimeOffset? ApprovedAt, bool IsDone, IReadOnlyList<ErasureProgress> Services, DateTimeOffset? RequestedAt = null);

public sealed record ErasureProgress(string Service, int? Keys, DateTimeOffset? ErasedAt);

public sealed record Hold(string HoldId, string PersonId, string Reason, DateTimeOffset? LiftedAt);

public sealed record Bilingual(string En, string Zh);

public sealed record Regime(string Id, string Name, int Version, Bilingual Title, string Jurisdiction, string Zone, bool IsConfirmed);

public sealed record RegimeDetail(RegimePack Pack, IReadOnlyDictionary<string, Bilingual> Codes);

public sealed record RegimePack(IReadOnlyList<RegimeForm> Forms, IReadOnlyList<RegimeClock> Clocks, IReadOnlyList<RegimeStep> Steps)
{
    /// <summary>The form that a fact asks for, if it asks for one.</summary>
    public RegimeForm? FormOf(string fact) => Steps.FirstOrDefault(step => step.On == fact)?.Form is { } name ? Forms.FirstOrDefault(form => form.Name == name) : null;
}

public sealed record RegimeStep(string On, string? Form);

public sealed record RegimeForm(string Name, IReadOnlyList<RegimeField> Fields);

public sealed record RegimeField(string Name, string Meaning, string? Code, bool IsLocation);

public sealed record RegimeClock(string Id, RegimeExtension? Extension);

public sealed record RegimeExtension(int Max);

public sealed record SimulatedOutcome(string Item, Moment? Since, Moment? RestoredAt, string? RestoredBy, string Notice, bool AreNoticesBarred);

public sealed record SimulatedDeadline(string Rule, string Step, string Status, string? OpensOn, string? LastDay, string? Term, string WhenMissed, string Source, bool Confirmed, IReadOnlyList<string> Doubts);

public sealed record Refused(string Code, Bilingual Text);

public sealed record SimulatedEntry(Moment At, string Kind, string Name, bool Accepted, IReadOnlyList<Refused> Refusals, string? Rule, string? Source, Bilingual? Text);

public sealed record SimulatedRun(string Regime, Bilingual Title, string Zone, SimulatedOutcome Outcome, IReadOnlyList<SimulatedDeadline> Deadlines, IReadOnlyList<SimulatedEntry> Timeline, IReadOnlyList<string> Unconfirmed);

public sealed record Simulation(IReadOnlyList<SimulatedRun> Runs);
