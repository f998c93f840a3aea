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
    public const string PersonUnknown = "Person_Unknown";
}

/// <summary>What stands against an erasure.</summary>
/// <param name="OpenCases">Cases that the person is a party of and that are not closed.</param>
/// <param name="Holds">Legal holds on the person that were not lifted.</param>
public sealed record Obstacles(IReadOnlyList<string> OpenCases, IReadOnlyList<string> Holds);

/// <summary>The decision that is asked for.</summary>
/// <param name="By">Who decides.</param>
/// <param name="Services">Who holds keys and is to answer.</param>
public sealed record ApproveErasure(string By, IReadOnlyList<string> Services, Obstacles Obstacles, DateTimeOffset At);

/// <summary>Facts to append, or the code of a refusal.</summary>
public sealed record ErasureDecision(IReadOnlyList<object> Events, string? Code = null, string? Detail = null);

/// <summary>What decisions need of an erasure's history.</summary>
/// <param name="Request">Who prepared what; null before.</param>
public sealed record Erasure(ErasureRequested? Request, bool IsApproved, IReadOnlyList<string> Answered)
{
    /// <summary>Before the first event.</summary>
    public static readonly Erasure Initial = new(null, false, []);

    /// <summary>Folds the next fact.</summary>
    public static Erasure Evolve(Erasure erasure, object fact) => fact switch
    {
        ErasureRequested e => erasure with { Request = e },
        ErasureApproved => erasure with { IsApproved = true },
        ServiceErased e => erasure with { Answered = [.. erasure.Answered, e.Service] },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of an erasure."),
    };

    /// <summary>Whether it may be prepared.</summary>
    public static ErasureDecision Decide(ErasureRequested request, Obstacles obstacles) => Refuse(obstacles) ?? new ErasureDecision([request]);

    /// <summary>Whether it may begin: by another person than who prepared it.</summary>
    public static ErasureDecision Decide(Erasure erasure, ApproveErasure command)
    {
        if (erasure.Request is not { } request) return new ErasureDecision([], ErasureCodes.NotFound);
        if (string.Equals(request.By, command.By, StringComparison.OrdinalIgnoreCase)) return new ErasureDecision([], ErasureCodes.SamePerson);
        if (erasure.IsApproved) return new ErasureDecision([]);
        return Refuse(command.Obstacles) ?? new ErasureDecision([new ErasureApproved(request.ErasureId, request.PersonId, request.LegalBasis, request.By, command.By, command.Services, command.At)]);
    }

    /// <summary>What a law orders to keep comes before what another allows to erase.</summary>
    private static ErasureDecision? Refuse(Obstacles obstacles) =>
        obstacles.OpenCases.Count > 0 ? new ErasureDecision([], ErasureCodes.HeldByCase, $"Party of {string.Join(", ", obstacles.OpenCases)}.")
        : obstacles.Holds.Count > 0 ? new ErasureDecision([], ErasureCodes.OnHold, $"Under {string.Join(", ", obstacles.Holds)}.")
        : null;

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
