namespace ImageRights.CaseManagement.Cases;

/// <summary>Codes with which a case refuses a command; texts are in <c>problems.json</c>.</summary>
public static class CaseCodes
{
    /// <summary>There is no case under this identity.</summary>
    public const string NotFound = "Case_Not_Found";

    /// <summary>The case is open already.</summary>
    public const string AlreadyOpen = "Case_Already_Open";

    /// <summary>The case ended.</summary>
    public const string AlreadyClosed = "Case_Already_Closed";

    /// <summary>The picture was taken down by another decision.</summary>
    public const string AlreadyTakenDown = "Case_Already_Taken_Down";

    /// <summary>The measure was lifted.</summary>
    public const string MeasureAlreadyLifted = "Measure_Already_Lifted";

    /// <summary>The parties settled.</summary>
    public const string AlreadySettled = "Case_Already_Settled";

    /// <summary>The step needs a measure.</summary>
    public const string NotTakenDown = "Case_Not_Taken_Down";

    /// <summary>A complaint that led to a measure cannot be dismissed.</summary>
    public const string DismissalAfterMeasure = "Dismissal_After_Measure";

    /// <summary>Nothing was taken down to object to.</summary>
    public const string CounterBeforeMeasure = "Counter_Before_Measure";

    /// <summary>Only the respondent can object.</summary>
    public const string CounterNotRespondent = "Counter_Not_Respondent";

    /// <summary>An objection was received before.</summary>
    public const string CounterAlreadyReceived = "Counter_Already_Received";

    /// <summary>The objection waits for its answer.</summary>
    public const string CounterOpen = "Close_Counter_Open";

    /// <summary>The complaint waits for its decision.</summary>
    public const string Undecided = "Close_Case_Undecided";

    /// <summary>The case did not reach this outcome.</summary>
    public const string OutcomeNotReached = "Close_Outcome_Not_Reached";

    /// <summary>A party's agreement is missing.</summary>
    public const string SettlePartiesMissing = "Settle_Parties_Missing";

    /// <summary>Somebody else agreed.</summary>
    public const string SettleNotAParty = "Settle_Not_A_Party";

    /// <summary>The currency is not in ISO 4217.</summary>
    public const string SettleCurrencyUnknown = "Settle_Currency_Unknown";

    /// <summary>The amount cannot be paid in the currency.</summary>
    public const string SettleAmountInvalid = "Settle_Amount_Invalid";

    /// <summary>A decision needs who took it, a reason code and a statement.</summary>
    public const string ReasonMissing = "Decision_Reason_Missing";

    /// <summary>Nobody complains of himself.</summary>
    public const string ComplainantIsRespondent = "Complainant_Is_Respondent";

    /// <summary>The case's regime has no such step.</summary>
    public const string StepNotProvided = "Step_Not_Provided";

    /// <summary>The complaint was dismissed before.</summary>
    public const string AlreadyDismissed = "Case_Already_Dismissed";

    /// <summary>An action or order is pending.</summary>
    public const string HoldOpen = "Close_Hold_Open";

    /// <summary>A complaint of a decision waits for its answer.</summary>
    public const string ComplaintOpen = "Complaint_Open";

    /// <summary>No complaint of this party waits for an answer.</summary>
    public const string ComplaintNotPending = "Complaint_Not_Pending";

    /// <summary>No objection was received that this could be about.</summary>
    public const string CounterNotReceived = "Counter_Not_Received";

    /// <summary>The delivery was recorded before.</summary>
    public const string DeliveryRecorded = "Delivery_Already_Recorded";

    /// <summary>The order that is said to have ended is none of those in force.</summary>
    public const string OrderUnknown = "Order_Unknown";

    /// <summary>The action that is said to have ended is none of those pending.</summary>
    public const string ActionUnknown = "Action_Unknown";

    /// <summary>It cannot have arrived then.</summary>
    public const string ArrivalImpossible = "Arrival_Impossible";

    /// <summary>Only a party can do this.</summary>
    public const string NotAParty = "Not_A_Party";

    /// <summary>A party does not decide about itself.</summary>
    public const string ReviewByParty = "Review_By_Party";

    /// <summary>Who decided does not review the decision.</summary>
    public const string ReviewBySamePerson = "Review_By_Same_Person";

    /// <summary>There is no dossier under this identity.</summary>
    public const string DossierNotFound = "Dossier_Not_Found";
}
