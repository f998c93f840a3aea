namespace ImageRights.CaseManagement.Cases;

/// <summary>Steps of a procedure.</summary>
public enum CaseStep
{
    /// <summary>Complaining: opens a case, or joins the open one.</summary>
    Report,

    /// <summary>Taking the picture down.</summary>
    Takedown,

    /// <summary>Finding the complaint without ground.</summary>
    Dismissal,

    /// <summary>Objecting to the measure.</summary>
    CounterNotice,

    /// <summary>Ending the measure.</summary>
    Reinstatement,

    /// <summary>Recording an agreement.</summary>
    Settlement,

    /// <summary>Ending the case.</summary>
    Closure,

    /// <summary>Telling that the notice went to the respondent.</summary>
    NoticeForwarding,

    /// <summary>Taking a complaint back.</summary>
    Retraction,

    /// <summary>Telling that the objection went to the complainant.</summary>
    CounterNoticeForwarding,

    /// <summary>Telling that the objection arrived at the complainant.</summary>
    CounterNoticeDelivery,

    /// <summary>Finding the objection without ground.</summary>
    CounterNoticeRejection,

    /// <summary>Telling that the complainant has gone to court.</summary>
    CourtAction,

    /// <summary>Telling that the action ended.</summary>
    CourtActionEnd,

    /// <summary>Telling that the complainant has complained to the authority.</summary>
    AuthorityComplaint,

    /// <summary>Recording what a court ordered.</summary>
    CourtOrder,

    /// <summary>Telling that a party was told the decision.</summary>
    Information,

    /// <summary>Complaining of a decision.</summary>
    Complaint,

    /// <summary>Deciding a complaint of a decision.</summary>
    ComplaintDecision,

    /// <summary>Telling that an out-of-court body was called.</summary>
    OutOfCourtReferral,

    /// <summary>Recording what an out-of-court body decided.</summary>
    OutOfCourtOutcome,

    /// <summary>Appealing where the regime has appeals.</summary>
    Appeal,

    /// <summary>Disputing a claim where the regime has disputes.</summary>
    Objection,

    /// <summary>Reporting that the picture was changed.</summary>
    Change,

    /// <summary>Upholding the notice where the regime counts from that.</summary>
    Upholding,

    /// <summary>Telling that the Transparency Database has a statement of reasons.</summary>
    StatementSubmission,

    /// <summary>Making a term longer where the regime allows it.</summary>
    Extension,

    /// <summary>A term that runs out by itself.</summary>
    Deadline,
}

/// <summary>Parts that people play in a case.</summary>
public enum Role
{
    /// <summary>Who complains.</summary>
    Complainant,

    /// <summary>Who published the picture.</summary>
    Respondent,

    /// <summary>Who decides for the marketplace.</summary>
    Reviewer,
}

/// <summary>The marketplace's own procedure, without clocks: the one place that says which step may follow in which state, and whose it is.
/// A case keeps the name of the regime that it began with, so that statutes can stand beside this one.</summary>
public static class HouseRegime
{
    /// <summary>Name and version, as cases keep it.</summary>
    public const string Name = "house-v1";

    /// <summary>Why a step cannot be taken in a state; null when it can.</summary>
    public static string? Refuses(CaseStatus status, CaseStep step) => (status, step) switch
    {
        (CaseStatus.None, CaseStep.Report) => null,
        (CaseStatus.None, _) => CaseCodes.NotFound,
        (CaseStatus.Closed or CaseStatus.Dismissed, _) => CaseCodes.AlreadyClosed,
        (CaseStatus.Open or CaseStatus.TakenDown or CaseStatus.CounterNoticed, CaseStep.Retraction) => null,
        (_, > CaseStep.Closure) or (CaseStatus.LitigationHold, _) => CaseCodes.StepNotProvided,

        (_, CaseStep.Report) => null,

        (CaseStatus.Open, CaseStep.Takedown or CaseStep.Dismissal) => null,
        (CaseStatus.Open, CaseStep.CounterNotice) => CaseCodes.CounterBeforeMeasure,
        (CaseStatus.Open, CaseStep.Reinstatement or CaseStep.Settlement) => CaseCodes.NotTakenDown,
        (CaseStatus.Open, CaseStep.Closure) => CaseCodes.Undecided,

        (CaseStatus.TakenDown or CaseStatus.CounterNoticed, CaseStep.Takedown) => CaseCodes.AlreadyTakenDown,
        (_, CaseStep.Dismissal) => CaseCodes.DismissalAfterMeasure,
        (CaseStatus.TakenDown, CaseStep.CounterNotice) => null,
        (CaseStatus.CounterNoticed, CaseStep.CounterNotice) => CaseCodes.CounterAlreadyReceived,
        (CaseStatus.TakenDown or CaseStatus.CounterNoticed, CaseStep.Reinstatement or CaseStep.Settlement) => null,
        (CaseStatus.TakenDown, CaseStep.Closure) => null,
        (CaseStatus.CounterNoticed, CaseStep.Closure) => CaseCodes.CounterOpen,

        (CaseStatus.Reinstated or CaseStatus.Settled, CaseStep.Closure) => null,
        (CaseStatus.Reinstated, _) => CaseCodes.MeasureAlreadyLifted,
        (CaseStatus.Settled, _) => CaseCodes.AlreadySettled,
    };

    /// <summary>The outcome that a state has reached; null while there is none to close with.</summary>
    public static Outcome? Reached(CaseStatus status) => status switch
    {
        CaseStatus.TakenDown => Outcome.Upheld,
        CaseStatus.Reinstated => Outcome.Reinstated,
        CaseStatus.Settled => Outcome.Settled,
        CaseStatus.Dismissed => Outcome.Dismissed,
        CaseStatus.None or CaseStatus.Open or CaseStatus.CounterNoticed or CaseStatus.LitigationHold or CaseStatus.Closed => null,
    };

    /// <summary>The steps that somebody in this part can take next. A settlement needs both parties, so it is open to either to propose.</summary>
    public static IReadOnlyList<CaseStep> NextSteps(CaseStatus status, Role role) =>
        [.. Enum.GetValues<CaseStep>().Where(step => Takes(role, step) && Refuses(status, step) is null)];

    internal static bool Takes(Role role, CaseStep step) => step switch
    {
        CaseStep.Report => role == Role.Complainant,
        CaseStep.CounterNotice or CaseStep.Objection or CaseStep.Change => role == Role.Respondent,
        CaseStep.Retraction or CaseStep.CourtAction or CaseStep.AuthorityComplaint => role == Role.Complainant,
        CaseStep.Settlement or CaseStep.Complaint or CaseStep.OutOfCourtReferral => role is Role.Complainant or Role.Respondent,
        CaseStep.Appeal => role is Role.Respondent,
        CaseStep.Deadline => false,
        _ => role == Role.Reviewer,
    };
}
