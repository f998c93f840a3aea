namespace ImageRights.CaseManagement.Erasures;

/// <summary>The facts of an erasure. These records are the stored format: a change is a new version beside the old one.</summary>
public abstract record ErasureEvent
{
    private ErasureEvent()
    {
    }

    /// <summary>Somebody prepared an erasure; another person is to decide.</summary>
    /// <param name="PersonId">Account, or the notice of somebody without one.</param>
    /// <param name="LegalBasis">Stable code of what entitles the person to it.</param>
    public sealed record ErasureRequested(string ErasureId, string PersonId, string LegalBasis, string By, DateTimeOffset At) : ErasureEvent;

    /// <summary>Two people decided that somebody's personal data are to be made unreadable.</summary>
    /// <param name="PersonId">Account, or the notice of somebody without one.</param>
    /// <param name="LegalBasis">Stable code of what entitles the person to it.</param>
    /// <param name="Services">Who holds keys and is to answer.</param>
    public sealed record ErasureApproved(
        string ErasureId, string PersonId, string LegalBasis, string RequestedBy, string ApprovedBy, IReadOnlyList<string> Services, DateTimeOffset At) : ErasureEvent;

    /// <summary>A service destroyed what it had.</summary>
    /// <param name="Keys">Keys destroyed; 0 where it had none of that person.</param>
    public sealed record ServiceErased(string ErasureId, string Service, int Keys, DateTimeOffset At) : ErasureEvent;
}

/// <summary>The facts of a legal hold: somebody's data must be kept, whoever asks for their erasure.</summary>
public abstract record HoldEvent
{
    private HoldEvent()
    {
    }

    /// <summary>It began.</summary>
    /// <param name="Reason">Why, such as the number of a proceeding.</param>
    public sealed record HoldPlaced(string HoldId, string PersonId, string Reason, string By, DateTimeOffset At) : HoldEvent;

    /// <summary>It ended.</summary>
    public sealed record HoldLifted(string HoldId, string Reason, string By, DateTimeOffset At) : HoldEvent;
}
