using static ImageRights.CaseManagement.Erasures.ErasureEvent;
using static ImageRights.CaseManagement.Erasures.HoldEvent;

namespace ImageRights.CaseManagement.Erasures;

/// <summary>Codes of refusals.</summary>
public static class ErasureCodes
{
    public const string NotFound = "Erasure_Not_Found";
    public const string SamePerson = "Erasure_Same_Person";
    public const string HeldByCase = "Erasure_Held_By_Case";
    public const string OnHold = "Erasure_On_Hold";
    public const string NotPossible = "Erasure_Not_Possible";
    public const string HoldNotFound = "Hold_Not_Found";
}

/// <summary>What is asked of an erasure.</summary>
/// <param name="OpenCases">Cases that the person is a party of and that are not closed.</param>
/// <param name="Holds">Legal holds on the person that were not lifted.</param>
public sealed record ApproveErasure(
    string ErasureId, string PersonId, string LegalBasis, string RequestedBy, string ApprovedBy, IReadOnlyList<string> Services, IReadOnlyList<string> OpenCases, IReadOnlyList<string> Holds, DateTimeOffset At);

/// <summary>Facts to append, or the code of a refusal.</summary>
public sealed record ErasureDecision(IReadOnlyList<object> Events, string? Code = null, string? Detail = null);

/// <summary>What decisions need of an erasure's history.</summary>
public sealed record Erasure(bool IsApproved, IReadOnlyList<string> Answered)
{
    /// <summary>Before the first event.</summary>
    public static readonly Erasure Initial = new(false, []);

    /// <summary>Folds the next fact.</summary>
    public static Erasure Evolve(Erasure erasure, object fact) => fact switch
    {
        ErasureApproved => erasure with { IsApproved = true },
        ServiceErased e => erasure with { Answered = [.. erasure.Answered, e.Service] },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of an erasure."),
    };

    /// <summary>Whether it may begin. What a law orders to keep comes before what another allows to erase.</summary>
    public static ErasureDecision Decide(Erasure erasure, ApproveErasure command)
    {
        if (erasure.IsApproved) return new ErasureDecision([]);
        if (string.Equals(command.RequestedBy, command.ApprovedBy, StringComparison.OrdinalIgnoreCase)) return new ErasureDecision([], ErasureCodes.SamePerson);
        if (command.OpenCases.Count > 0) return new ErasureDecision([], ErasureCodes.HeldByCase, $"Party of {string.Join(", ", command.OpenCases)}.");
        if (command.Holds.Count > 0) return new ErasureDecision([], ErasureCodes.OnHold, $"Under {string.Join(", ", command.Holds)}.");
        return new ErasureDecision([new ErasureApproved(command.ErasureId, command.PersonId, command.LegalBasis, command.RequestedBy, command.ApprovedBy, command.Services, command.At)]);
    }

    /// <summary>Takes in that a service is done; it is recorded once.</summary>
    public static ErasureDecision Decide(Erasure erasure, ServiceErased answer) =>
        new(erasure.IsApproved && !erasure.Answered.Contains(answer.Service) ? [answer] : []);
}

/// <summary>What decisions need of a hold's history.</summary>
public sealed record Hold(bool IsPlaced, bool IsLifted)
{
    /// <summary>Before the first event.</summary>
    public static readonly Hold Initial = new(false, false);

    /// <summary>Folds the next fact.</summary>
    public static Hold Evolve(Hold hold, object fact) => fact switch
    {
        HoldPlaced => hold with { IsPlaced = true },
        HoldLifted => hold with { IsLifted = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a hold."),
    };

    /// <summary>Begins it, once.</summary>
    public static ErasureDecision Decide(Hold hold, HoldPlaced placed) => new(hold.IsPlaced ? [] : [placed]);

    /// <summary>Ends it, once.</summary>
    public static ErasureDecision Decide(Hold hold, HoldLifted lifted) => !hold.IsPlaced ? new ErasureDecision([], ErasureCodes.HoldNotFound) : new ErasureDecision(hold.IsLifted ? [] : [lifted]);
}
