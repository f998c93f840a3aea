using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Priority.PriorityEvent;

namespace ImageRights.CaseManagement.Priority;

/// <summary>Codes with which requests about priority are refused; texts are in <c>problems.json</c>.</summary>
public static class PriorityCodes
{
    /// <summary>The sealed history contradicts the claim.</summary>
    public const string Contradiction = "PriorityContradiction";

    /// <summary>There is no contradiction in this case.</summary>
    public const string NotFound = "Priority_Not_Contradicted";

    /// <summary>Only the two sides are heard.</summary>
    public const string NotAParty = "Priority_Not_A_Party";

    /// <summary>It is decided.</summary>
    public const string Decided = "Priority_Already_Decided";

    /// <summary>Somebody can still answer.</summary>
    public const string NotHeard = "Priority_Not_Heard";

    /// <summary>A person looks at this complaint first.</summary>
    public const string Sampled = "Measure_Needs_Review";
}

/// <summary>What decisions about a contradiction need of its history.</summary>
public sealed record Contradiction(PriorityContradictionFound? Found, IReadOnlyList<PartyHeard> Heard, IReadOnlyList<DocumentReused> Reused, PriorityDecided? Decision)
{
    /// <summary>Streams of contradictions begin with this; the rest is the case's identity.</summary>
    public const string StreamPrefix = "priority-";

    /// <summary>Before the first event.</summary>
    public static readonly Contradiction Initial = new(null, [], [], null);

    /// <summary>Folds the next fact.</summary>
    public static Contradiction Evolve(Contradiction state, object fact) => fact switch
    {
        PriorityContradictionFound e => state with { Found = e },
        PartyHeard e => state with { Heard = [.. state.Heard, e] },
        DocumentReused e => state with { Reused = [.. state.Reused, e] },
        PriorityDecided e => state with { Decision = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a contradiction."),
    };

    /// <summary>Whether a measure waits for a person's decision, or was found to have no ground.</summary>
    /// <param name="complaints">Of the case: where somebody else complains too, it rests on that, whatever was claimed beside it.</param>
    public bool WithholdsMeasure(IReadOnlyList<Complaint> complaints) =>
        Found is not null && Decision?.Favoured != Favoured.Complainant && complaints.All(complaint => complaint.IsWithdrawn || complaint.IsBy(Found.Complainant.AccountId));
}

/// <summary>The rules of priority. Pure.</summary>
public static class PriorityDecider
{
    /// <summary>Compares a claim with the sealed history.</summary>
    /// <param name="claimedOn">Day on which the complainant says the picture was first published or made; null when he claims none.</param>
    /// <param name="complainant">The earliest that is sealed of him; at the latest the complaint itself.</param>
    /// <param name="published">When the respondent's picture was received.</param>
    /// <param name="registered">When a work of the respondent that is in the picture was registered; null when none is.</param>
    /// <returns>The contradiction; null when there is none. That a picture was here before somebody complained of it is none by itself: so it is with every copy.</returns>
    public static PriorityContradictionFound? Compare(
        string caseId, DateOnly? claimedOn, Sighting complainant, Sighting published, Sighting? registered, TimeSpan hearing, DateTimeOffset at)
    {
        if (claimedOn is not { } day) return null;
        // Who made it on a later day than it was received from the other cannot have made it.
        if (day > DateOnly.FromDateTime(Earliest(published, registered).SeenAt.UtcDateTime)) return new(caseId, complainant, Earliest(published, registered), day, at + hearing, at);
        // A date that nothing sealed supports stands against a registration that is sealed.
        return registered is not null && registered.SeenAt < complainant.SeenAt ? new(caseId, complainant, registered, day, at + hearing, at) : null;
    }

    /// <summary>Hears a party. What was said already is not said again.</summary>
    /// <param name="isReused">Whether a paper was shown by another account before.</param>
    public static (IReadOnlyList<PriorityEvent> Events, string? Code) Hear(Contradiction state, IReadOnlyList<ShownDocument> documents, Func<ShownDocument, bool> isReused, Act act)
    {
        if (state.Found is not { } found) return ([], PriorityCodes.NotFound);
        if (state.Heard.Any(heard => heard.Act.Repeats(act) && heard.Documents.SequenceEqual(documents))) return ([], null);
        if (act.By != found.Complainant.AccountId && act.By != found.Respondent.AccountId) return ([], PriorityCodes.NotAParty);
        if (state.Decision is not null) return ([], PriorityCodes.Decided);
        return ([new PartyHeard(found.CaseId, act.By, documents, act, act.At), .. documents.Where(isReused).Select(document => new DocumentReused(found.CaseId, act.By, document, act.At))], null);
    }

    /// <summary>Decides: a person who is no party, after both were heard or had their time.</summary>
    public static (IReadOnlyList<PriorityEvent> Events, string? Code) Decide(Contradiction state, Favoured favoured, Act act)
    {
        if (state.Found is not { } found) return ([], PriorityCodes.NotFound);
        if (state.Decision is { } decided) return decided.Act.Repeats(act) && decided.Favoured == favoured ? ([], null) : ([], PriorityCodes.Decided);
        string[] parties = [found.Complainant.AccountId, found.Respondent.AccountId];
        if (parties.Contains(act.By)) return ([], PriorityCodes.NotAParty);
        if (act.At < found.HearUntil && parties.Any(party => state.Heard.All(heard => heard.AccountId != party))) return ([], PriorityCodes.NotHeard);
        return ([new PriorityDecided(found.CaseId, favoured, act, act.At)], null);
    }

    private static Sighting Earliest(Sighting published, Sighting? registered) => registered is not null && registered.SeenAt < published.SeenAt ? registered : published;
}
