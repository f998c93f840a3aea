using ImageRights.CaseManagement.Features.Noticing;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.PreviewingDeadlines;
using ImageRights.CaseManagement.Features.ReadingAvailability;
using ImageRights.CaseManagement.Features.ReadingCases;
using ImageRights.CaseManagement.Features.ReadingDossiers;
using ImageRights.CaseManagement.Features.ReadingRegimes;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.RegimeChoices;
using ImageRights.ServiceDefaults.Http.Description;
using static ImageRights.ServiceDefaults.Http.Description.ApiOperation;

namespace ImageRights.CaseManagement;

/// <summary>What the API's description says of each operation.</summary>
internal static class Api
{
    public static readonly ApiDescription Description = new(
        "ImageRights CaseManagement", "Leads every dispute over a picture from the report to the close; each step is a fact that stays.", new Dictionary<string, ApiOperation>
        {
            ["Report"] = Creates<ReportAnswer>("Image_Not_Found", "Complainant_Is_Respondent", "Version_Conflict") with { AlsoStatuses = [200] },
            ["ListCases"] = Lists<CaseResource>().With(
                ("state", "Only cases in this state."), ("respondentAccountId", "Only cases against this account."), ("complainantAccountId", "Only complaints of this account."),
                ("imageId", "Only cases about this picture."), ("workId", "Only cases about this work."), ("dossierId", "Only cases of this dossier.")),
            ["GetCase"] = Reads<CaseResource>("Case_Not_Found"),
            ["GetCaseHistory"] = Reads<CaseHistory>("Case_Not_Found").With(("version", "The case as it was at this version."), ("at", "The case as it was at this instant, RFC 3339.")),
            ["Takedown"] = Step("Case_Already_Taken_Down", "Case_Already_Dismissed", "Measure_Already_Lifted", "Case_Already_Settled", "Notice_Not_Effective", "Step_Not_Provided"),
            ["Dismissal"] = Step("Dismissal_After_Measure", "Case_Already_Dismissed", "Measure_Already_Lifted", "Case_Already_Settled"),
            ["CounterNotice"] = Step(
                "Counter_Before_Measure", "Counter_Not_Respondent", "Counter_Already_Received", "Counter_Late", "Counter_Attempts_Exhausted", "Measure_Already_Lifted", "Case_Already_Settled", "Step_Not_Provided"),
            ["Reinstatement"] = Step("Case_Not_Taken_Down", "Restoration_Too_Early", "Litigation_Hold", "Measure_Already_Lifted", "Case_Already_Settled", "Step_Not_Provided"),
            ["Settlement"] = Step(
                "Case_Not_Taken_Down", "Measure_Already_Lifted", "Case_Already_Settled", "Settle_Parties_Missing", "Settle_Not_A_Party", "Settle_Currency_Unknown", "Settle_Amount_Invalid"),
            ["Closure"] = Step("Close_Counter_Open", "Close_Hold_Open", "Complaint_Open", "Close_Case_Undecided", "Close_Outcome_Not_Reached"),
            ["NoticeForwarding"] = Step("Step_Not_Provided"),
            ["Retraction"] = Step("Retraction_Not_By_Complainant", "Step_Not_Provided"),
            ["CounterNoticeForwarding"] = Step("Counter_Not_Received", "Step_Not_Provided"),
            ["CounterNoticeDelivery"] = Step("Counter_Not_Received", "Arrival_Impossible", "Delivery_Already_Recorded", "Step_Not_Provided"),
            ["CounterNoticeRejection"] = Step("Counter_Not_Received", "Review_By_Machine", "Step_Not_Provided"),
            ["CourtAction"] = Step("Measure_Ended_New_Proceeding", "Step_Not_Provided"),
            ["CourtActionEnd"] = Step("Hold_Not_Active", "Step_Not_Provided"),
            ["AuthorityComplaint"] = Step("Measure_Ended_New_Proceeding", "Step_Not_Provided"),
            ["CourtOrder"] = Step("Hold_Not_Active", "Step_Not_Provided"),
            ["Information"] = Step("Arrival_Impossible", "Step_Not_Provided"),
            ["Complaint"] = Step("Complaint_Out_Of_Time", "Complaint_Open", "Not_A_Party", "Step_Not_Provided"),
            ["ComplaintDecision"] = Step("Complaint_Not_Pending", "Review_By_Machine", "Review_By_Party", "Review_By_Same_Person", "Step_Not_Provided"),
            ["OutOfCourtReferral"] = Step("Step_Not_Provided"),
            ["OutOfCourtOutcome"] = Step("Step_Not_Provided"),
            ["Upholding"] = Step("Step_Not_Provided"),
            ["Appeal"] = Step("Counter_Late", "Counter_Attempts_Exhausted", "Step_Not_Provided"),
            ["Objection"] = Step("Step_Not_Provided"),
            ["Change"] = Step("Step_Not_Provided"),
            ["GetCaseDeadlines"] = Reads<CaseDeadlines>("Case_Not_Found", "Step_Not_Provided"),
            ["WhatIf"] = Reads<WhatIf>("Case_Not_Found", "Step_Not_Provided", "Fact_Unknown"),
            ["GetDossier"] = Reads<Dossier>("Dossier_Not_Found"),
            ["GetAvailability"] = Reads<Availability>("Image_Not_Found").With(("territory", "Whether it may be shown in this country, two capital letters of ISO 3166.")),
            ["GetRegimeSettings"] = Reads<ChosenRegimes>(),
            ["ChooseRegimes"] = Changes<ChosenRegimes>("Regime_Not_Found"),
            ["GiveNotice"] = Creates<NoticeAnswer>("Regime_Not_Found", "Regime_Not_Chosen", "Version_Conflict"),
            ["CorrectNotice"] = Reads<NoticeAnswer>("Notice_Not_Found", "Version_Conflict") with { IsIdempotent = true },
            ["GetNotice"] = Reads<NoticeAnswer>("Notice_Not_Found"),
            ["ListRegimes"] = Reads<IReadOnlyList<RegimeSummary>>(),
            ["GetRegime"] = Reads<RegimeResource>("Regime_Not_Found").With(("version", "This version; the latest without it.")),
            ["Simulate"] = Reads<Simulation>("Regime_Not_Found", "Fact_Unknown"),
        });

    private static ApiOperation Step(params string[] codes) =>
        Changes<CaseResource>(["Case_Not_Found", "Case_Already_Closed", "Decision_Reason_Missing", .. codes]) with { IsIdempotent = true };
}
