using System.Text.Json;
using ImageRights.CaseManagement.Cases;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.UnitTests;

/// <summary>One dispute and everything that can be said in it.</summary>
internal static class Samples
{
    public const string Respondent = "seller-lin";
    public const string Complainant = "author-fang";
    public const string Reviewer = "reviewer-mei";
    public const string Measure = "msr_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b";

    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    public static readonly CaseId Id = new("case_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b");
    public static readonly Location Place = new("Listing", "listing-7");
    public static readonly Dispute TheDispute = new("img_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b", "wrk_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b", Respondent, Complainant, Place);
    public static readonly Finding Evidence = new(12, "FlipY", "pdq/1", 31, 4711);

    public static Act By(string actor, string statement = "As the file shows.", string reason = "Copyright") => new(actor, reason, statement, Noon);

    public static readonly CaseOpened Opened = new(TheDispute with { Location = null }, Origin.Report, "house-v1", Place, "rpt_1", Evidence, By(Complainant));
    public static readonly ComplainantJoined Joined = new(TheDispute, "rpt_2", "author-weber", null, By("author-weber"));
    public static readonly MeasureApplied Applied = new(TheDispute, Measure, By(Reviewer));
    public static readonly CaseDismissed Dismissed = new(TheDispute, By(Reviewer));
    public static readonly CounterNoticeReceived Countered = new(TheDispute, By(Respondent, "It is my own photograph.", "Own_Work"));
    public static readonly MeasureLifted Lifted = new(TheDispute, Measure, By(Reviewer, "The negatives prove it.", "Own_Work"));
    public static readonly SettlementExecuted Settled = new(TheDispute, [Complainant, Respondent], 3000.00m, "USD", false, By(Reviewer, "Signed by both."));

    public static CaseClosed Closed(Outcome outcome) => new(TheDispute, outcome, By(Reviewer, "Nothing is left to do."));

    public static readonly OpenCase ToOpen = new(TheDispute with { Location = null }, Origin.Report, Place, "rpt_1", Evidence, By(Complainant));
    public static readonly JoinComplaint ToJoin = new("rpt_2", "author-weber", null, By("author-weber"));
    public static readonly TakeDown ToTakeDown = new(Measure, By(Reviewer));
    public static readonly Dismiss ToDismiss = new(By(Reviewer));
    public static readonly CounterNotice ToObject = new(By(Respondent, "It is my own photograph.", "Own_Work"));
    public static readonly Reinstate ToReinstate = new(By(Reviewer, "The negatives prove it.", "Own_Work"));
    public static readonly Settle ToSettle = new([Respondent, Complainant], 3000.00m, "USD", false, By(Reviewer, "Signed by both."));

    public static Close ToClose(Outcome outcome) => new(outcome, By(Reviewer, "Nothing is left to do."));

    /// <summary>A history that ends in each state.</summary>
    public static readonly IReadOnlyDictionary<CaseStatus, CaseEvent[]> Histories = new Dictionary<CaseStatus, CaseEvent[]>
    {
        [CaseStatus.None] = [],
        [CaseStatus.Open] = [Opened],
        [CaseStatus.TakenDown] = [Opened, Applied],
        [CaseStatus.CounterNoticed] = [Opened, Applied, Countered],
        [CaseStatus.Reinstated] = [Opened, Applied, Countered, Lifted],
        [CaseStatus.Settled] = [Opened, Applied, Settled],
        [CaseStatus.Dismissed] = [Opened, Dismissed],
        [CaseStatus.Closed] = [Opened, Applied, Closed(Outcome.Upheld)],
    };

    public static readonly DeciderSpec<CaseState, CaseCommand> Spec = new(CaseState.Initial, CaseState.Evolve, (state, command) =>
    {
        var decision = CaseDecider.Decide(state, command);
        return (decision.Events, decision.Code);
    });

    public static readonly ImageRights.CaseManagement.Regimes.RegimeCatalogue Catalogue = ImageRights.CaseManagement.Regimes.RegimeCatalogue.BuiltIn();

    public static CaseState Fold(IEnumerable<CaseEvent> history) => history.Aggregate(CaseState.Initial, CaseState.Evolve);

    public static StoreOptions Registered()
    {
        var options = new StoreOptions();
        Composition.Register(options, Catalogue);
        return options;
    }

    public static RecordedEvent Record(CaseEvent fact, long version = 1) => new(
        Guid.Empty, 1, version, Id.StreamKey, version, fact, Registered().Events.Mapped[fact.GetType()], Noon, "*DEFAULT*", null, null, fact.Act.By, null);

    public static string Json(object value) => JsonSerializer.Serialize(value, value.GetType(), new JsonSerializerOptions(StoreOptions.Json) { WriteIndented = true });
}
