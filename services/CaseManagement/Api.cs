using ImageRights.CaseManagement.Features.Noticing;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.ReadingCases;
using ImageRights.CaseManagement.Features.ReadingRegimes;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Projections;
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
                ("imageId", "Only cases about this picture."), ("workId", "Only cases about this work.")),
            ["GetCase"] = Reads<CaseResource>("Case_Not_Found"),
            ["GetCaseHistory"] = Reads<CaseHistory>("Case_Not_Found").With(("version", "The case as it was at this version."), ("at", "The case as it was at this instant, RFC 3339.")),
            ["ExportCase"] = Reads<byte[]>("Case_Not_Found", "Case_File_Too_Large", "Case_Not_Sealed") with { MediaType = "application/zip" },
            ["Takedown"] = Step("Case_Already_Taken_Down", "Measure_Already_Lifted", "Case_Already_Settled"),
            ["Dismissal"] = Step("Dismissal_After_Measure", "Measure_Already_Lifted", "Case_Already_Settled"),
            ["CounterNotice"] = Step("Counter_Before_Measure", "Counter_Not_Respondent", "Counter_Already_Received", "Measure_Already_Lifted", "Case_Already_Settled"),
            ["Reinstatement"] = Step("Case_Not_Taken_Down", "Measure_Already_Lifted", "Case_Already_Settled"),
            ["Settlement"] = Step(
                "Case_Not_Taken_Down", "Measure_Already_Lifted", "Case_Already_Settled", "Settle_Parties_Missing", "Settle_Not_A_Party", "Settle_Currency_Unknown", "Settle_Amount_Invalid"),
            ["Closure"] = Step("Close_Counter_Open", "Close_Case_Undecided", "Close_Outcome_Not_Reached"),
            ["GiveNotice"] = Creates<NoticeAnswer>("Regime_Not_Found", "Version_Conflict"),
            ["CorrectNotice"] = Reads<NoticeAnswer>("Notice_Not_Found", "Version_Conflict") with { IsIdempotent = true },
            ["GetNotice"] = Reads<NoticeAnswer>("Notice_Not_Found"),
            ["Erase"] = Accepts<ErasureView>("Erasure_Same_Person", "Erasure_Held_By_Case", "Erasure_On_Hold", "Erasure_Not_Possible"),
            ["GetErasure"] = Reads<ErasureView>("Erasure_Not_Found"),
            ["PlaceHold"] = Creates<HoldView>(),
            ["LiftHold"] = Reads<HoldView>("Hold_Not_Found", "Version_Conflict") with { IsIdempotent = true },
            ["GetHold"] = Reads<HoldView>("Hold_Not_Found"),
            ["ListRegimes"] = Reads<IReadOnlyList<RegimeSummary>>(),
            ["GetRegime"] = Reads<RegimeResource>("Regime_Not_Found").With(("version", "This version; the latest without it.")),
            ["Simulate"] = Reads<Simulation>("Regime_Not_Found", "Fact_Unknown"),
        });

    private static ApiOperation Step(params string[] codes) =>
        Changes<CaseResource>(["Case_Not_Found", "Case_Already_Closed", "Decision_Reason_Missing", .. codes]) with { IsIdempotent = true };
}
