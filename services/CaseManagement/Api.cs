using ImageRights.CaseManagement.Features.Erasing;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Features.Informing;
using ImageRights.CaseManagement.Features.Noticing;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.PreviewingDeadlines;
using ImageRights.CaseManagement.Features.ReadingAvailability;
using ImageRights.CaseManagement.Features.ReadingCases;
using ImageRights.CaseManagement.Features.ReadingDossiers;
using ImageRights.CaseManagement.Features.ReadingRegimes;
using ImageRights.CaseManagement.Features.ServingGuests;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Features.StatingReasons;
using ImageRights.CaseManagement.Features.SubmittingStatements;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.RegimeChoices;
using ImageRights.CaseManagement.Regimes;
using ImageRights.ServiceDefaults.Http.Description;
using static ImageRights.ServiceDefaults.Http.Description.ApiOperation;

namespace ImageRights.CaseManagement;

/// <summary>What the API's description says of each operation.</summary>
internal static class Api
{
    private static readonly (string, string) Language = ("language", "en or zh; what Accept-Language prefers without it.");
    private static readonly (string, string) Addressee = ("party", "Complainant or Respondent; both without it.");
    private static readonly (string, string) Account = ("accountId", "Only messages to this account.");

    public static readonly ApiDescription Description = new(
        "ImageRights CaseManagement", "Leads every dispute over a picture from the report to the close; each step is a fact that stays.", new Dictionary<string, ApiOperation>
        {
            ["Report"] = Creates<ReportAnswer>("Image_Not_Found", "Work_Not_Found", "Work_Withdrawn", "Work_Of_Another_Account", "Complainant_Is_Respondent", "Reporter_Suspended", "Reporter_Rate_Limited", "Version_Conflict") with { AlsoStatuses = [200] },
            ["ReportAsGuest"] = Creates<GuestReportAnswer>("Image_Not_Found", "Work_Not_Found", "Work_Withdrawn", "Reporter_Rate_Limited", "Version_Conflict"),
            ["FollowAsGuest"] = Reads<GuestReport>("Guest_Report_Not_Found", "Guest_Report_Locked") with { Headers = [("Guest-Pin!", "The PIN that the report was answered with.")] },
            ["WithdrawAsGuest"] = Reads<GuestReport>("Guest_Report_Not_Found", "Guest_Report_Locked", "Case_Already_Closed", "Retraction_Not_By_Complainant", "Step_Not_Provided", "Version_Conflict") with { IsIdempotent = true, Headers = [("Guest-Pin!", "The PIN that the report was answered with.")] },
            ["ListCases"] = Lists<CaseResource>().With([.. CasesEndpoint.Shape.Parameters]),
            ["GetCase"] = Reads<CaseResource>("Case_Not_Found"),
            ["GetCaseHistory"] = Reads<CaseHistory>("Case_Not_Found").With(("version", "The case as it was at this version."), ("at", "The case as it was at this instant, RFC 3339.")),
            ["ExportCase"] = Reads<byte[]>("Case_Not_Found", "Case_File_Too_Large", "Case_Not_Sealed") with { MediaType = "application/zip" },
            ["Takedown"] = Step("Case_Already_Taken_Down", "Review_By_Party", "PriorityContradiction", "Measure_Needs_Review", "Case_Already_Dismissed", "Measure_Already_Lifted", "Case_Already_Settled", "Notice_Not_Effective", "Step_Not_Provided"),
            ["Dismissal"] = Step("Dismissal_After_Measure", "Review_By_Party", "Case_Already_Dismissed", "Measure_Already_Lifted", "Case_Already_Settled"),
            ["CounterNotice"] = Step(
                "Counter_Before_Measure", "Counter_Not_Respondent", "Counter_Already_Received", "Counter_Late", "Counter_Attempts_Exhausted", "Litigation_Hold", "Measure_Already_Lifted", "Case_Already_Settled", "Step_Not_Provided"),
            ["Reinstatement"] = Step("Case_Not_Taken_Down", "Review_By_Party", "Restoration_Too_Early", "Litigation_Hold", "Measure_Already_Lifted", "Case_Already_Settled", "Step_Not_Provided"),
            ["Settlement"] = Step(
                "Case_Not_Taken_Down", "Measure_Already_Lifted", "Case_Already_Settled", "Settle_Parties_Missing", "Settle_Not_A_Party", "Settle_Currency_Unknown", "Settle_Amount_Invalid"),
            ["Closure"] = Step("Close_Counter_Open", "Close_Hold_Open", "Complaint_Open", "Close_Case_Undecided", "Close_Outcome_Not_Reached"),
            ["NoticeForwarding"] = Step("Step_Not_Provided"),
            ["Retraction"] = Step("Retraction_Not_By_Complainant", "Step_Not_Provided"),
            ["CounterNoticeForwarding"] = Step("Counter_Not_Received", "Step_Not_Provided"),
            ["CounterNoticeDelivery"] = Step("Counter_Not_Received", "Arrival_Impossible", "Delivery_Already_Recorded", "Step_Not_Provided"),
            ["CounterNoticeRejection"] = Step("Counter_Not_Received", "Review_By_Machine", "Review_By_Party", "Step_Not_Provided"),
            ["CourtAction"] = Step("Step_Not_Provided"),
            ["CourtActionEnd"] = Step("Action_Unknown", "Hold_Not_Active", "Step_Not_Provided"),
            ["AuthorityComplaint"] = Step("Step_Not_Provided"),
            ["CourtOrder"] = Step("Hold_Not_Active", "Order_Unknown", "Step_Not_Provided"),
            ["Information"] = Step("Arrival_Impossible", "Step_Not_Provided"),
            ["Complaint"] = Step("Complaint_Out_Of_Time", "Complaint_Open", "Not_A_Party", "Reporter_Suspended", "Step_Not_Provided"),
            ["ComplaintDecision"] = Step("Complaint_Not_Pending", "Review_By_Machine", "Review_By_Party", "Review_By_Same_Person", "Step_Not_Provided"),
            ["OutOfCourtReferral"] = Step("Arrival_Impossible", "Step_Not_Provided"),
            ["OutOfCourtOutcome"] = Step("Complaint_Not_Pending", "Step_Not_Provided"),
            ["StatementSubmission"] = Step("Statement_Not_Owed", "Arrival_Impossible", "Step_Not_Provided"),
            ["Upholding"] = Step("Review_By_Party", "Step_Not_Provided"),
            ["Appeal"] = Step("Counter_Late", "Counter_Attempts_Exhausted", "Step_Not_Provided"),
            ["Extension"] = Step("Extension_Not_Provided", "Extension_Exhausted", "Extension_Too_Long", "Term_Not_Running", "Step_Not_Provided"),
            ["Objection"] = Step("Step_Not_Provided"),
            ["Change"] = Step("Step_Not_Provided"),
            ["ListAgenda"] = Lists<NextTerm>().With([.. AgendaEndpoint.Shape.Parameters]),
            ["GetCaseDeadlines"] = Reads<CaseDeadlines>("Case_Not_Found", "Step_Not_Provided").With(Language, ("at", "As they stood at this past instant, RFC 3339.")),
            ["WhatIf"] = Reads<WhatIf>("Case_Not_Found", "Step_Not_Provided", "Fact_Unknown").With(Language),
            ["GetDossier"] = Reads<Dossier>("Dossier_Not_Found"),
            ["GetAvailability"] = Reads<Availability>("Image_Not_Found").With(("territory", "Whether it may be shown in this country, two capital letters of ISO 3166.")),
            ["GetRegimeSettings"] = Reads<ChosenRegimes>(),
            ["ChooseRegimes"] = Changes<ChosenRegimes>("Regime_Not_Found"),
            ["GiveNotice"] = Creates<NoticeAnswer>("Regime_Not_Found", "Regime_Not_Chosen", "Work_Not_Found", "Work_Withdrawn", "Work_Of_Another_Account", "Reporter_Suspended", "Reporter_Rate_Limited", "Version_Conflict"),
            ["CorrectNotice"] = Reads<NoticeAnswer>("Notice_Not_Found", "Version_Conflict") with { IsIdempotent = true },
            ["GetNotice"] = Reads<NoticeAnswer>("Notice_Not_Found"),
            ["Erase"] = Accepts<ErasureView>("Person_Unknown", "Erasure_Held_By_Case", "Erasure_On_Hold", "Erasure_Not_Possible"),
            ["ApproveErasure"] = Reads<ErasureView>("Erasure_Not_Found", "Erasure_Same_Person", "Erasure_Held_By_Case", "Erasure_On_Hold", "Version_Conflict"),
            ["ListErasures"] = Lists(ErasureEndpoint.Shape),
            ["GetErasure"] = Reads<ErasureView>("Erasure_Not_Found"),
            ["PlaceHold"] = Creates<HoldView>("Person_Unknown"),
            ["LiftHold"] = Reads<HoldView>("Hold_Not_Found", "Version_Conflict") with { IsIdempotent = true },
            ["ListHolds"] = Lists(HoldEndpoint.Shape),
            ["GetHold"] = Reads<HoldView>("Hold_Not_Found"),
            ["ListRegimes"] = Reads<IReadOnlyList<RegimeSummary>>(),
            ["ListFacts"] = Reads<IReadOnlyDictionary<string, Words>>(),
            ["GetRegime"] = Reads<RegimeResource>("Regime_Not_Found").With(("version", "This version; the latest without it.")),
            ["GetPriority"] = Reads<PriorityAnswer>("Priority_Not_Contradicted", "Case_Not_Found"),
            ["HearPriority"] = Changes<PriorityAnswer>("Priority_Not_Contradicted", "Priority_Not_A_Party", "Priority_Already_Decided", "Decision_Reason_Missing", "Version_Conflict"),
            ["DecidePriority"] = Changes<PriorityAnswer>("Priority_Not_Contradicted", "Priority_Not_A_Party", "Priority_Already_Decided", "Priority_Not_Heard", "Decision_Reason_Missing", "Version_Conflict"),
            ["GetDamageLedger"] = Reads<DamageLedger>("Case_Not_Found").With(("salesPerHour!", "Sales of an hour before the picture was down."), ("currency!", "ISO 4217 code.")),
            ["ListCaseMessages"] = Reads<IReadOnlyList<MessageAnswer>>("Case_Not_Found").With(Language, Addressee, Account),
            ["ListNoticeMessages"] = Reads<IReadOnlyList<MessageAnswer>>("Notice_Not_Found").With(Language, Addressee, Account),
            ["ListReporterMessages"] = Reads<IReadOnlyList<MessageAnswer>>().With(Language, Addressee, Account),
            ["ListReporters"] = Lists<ReporterView>().With([.. ReportersEndpoint.Shape.Parameters]),
            ["GetReporter"] = Reads<ReporterAnswer>(),
            ["LinkReporter"] = Reads<ReporterAnswer>(),
            ["SuspendReporter"] = Changes<ReporterAnswer>("Decision_Reason_Missing", "Suspension_Without_Warning", "Suspension_Not_Proposed", "Suspension_Factors_Missing", "Suspension_Too_Long", "Suspension_Already_Active", "Version_Conflict"),
            ["AppealSuspension"] = Changes<ReporterAnswer>("Decision_Reason_Missing", "Suspension_Not_Active", "Appeal_Not_By_Reporter", "Appeal_Already_Lodged", "Version_Conflict"),
            ["DecideSuspensionAppeal"] = Changes<ReporterAnswer>("Decision_Reason_Missing", "Appeal_Not_Pending", "Appeal_Same_Person", "Version_Conflict"),
            ["ListStatements"] = Reads<IReadOnlyList<StatementAnswer>>("Case_Not_Found").With(Language),
            ["GetStatement"] = Reads<StatementAnswer>("Statement_Not_Found").With(Language),
            ["CorrectStatement"] = Reads<StatementAnswer>("Statement_Not_Found", "Version_Conflict"),
            ["ListSubmissions"] = Lists<Submission>().With([.. SubmissionsEndpoint.Parameters]),
            ["SummariseSubmissions"] = Reads<SubmissionSummary>(),
            ["RetrySubmission"] = Reads<SubmissionSummary>("Statement_Not_Found"),
            ["TransparencyReport"] = Reads<string>().With(("year!", "Year of the statements.")) with { MediaType = "text/csv" },
            ["Simulate"] = Reads<Simulation>("Regime_Not_Found", "Fact_Unknown").With(Language),
        });

    private static ApiOperation Step(params string[] codes) =>
        Changes<CaseResource>(["Case_Not_Found", "Case_Already_Closed", "Decision_Reason_Missing", .. codes]) with { IsIdempotent = true };
}
