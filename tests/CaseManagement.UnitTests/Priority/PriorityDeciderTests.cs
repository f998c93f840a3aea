using System.Text.Json;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Priority;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.Priority.PriorityEvent;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests.Priority;

public class PriorityDeciderTests
{
    private static readonly DateTimeOffset Day1 = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly Sighting FangsWork = new("fang", "wrk_1", "img_1", Day1, Guid.Parse("01955000-0000-7000-8000-000000000001"));
    private static readonly Sighting FangsPicture = new("fang", "img_1", "img_1", Day1.AddHours(1), null);
    private static readonly Sighting RexComplains = new("rex", "ntc_1", null, Day1.AddDays(8), null);
    private static readonly PriorityContradictionFound Found = new("case_1", RexComplains, FangsWork, new DateOnly(2025, 3, 1), Day1.AddDays(13), Day1.AddDays(8));

    private static readonly IReadOnlyList<Complaint> Rexs = [new("ntc_1", "rex", At("rex", 8))];

    private static Act At(string who, int days, string words = "As the series shows.") => new(who, "Priority", words, Day1.AddDays(days));

    private static Contradiction Fold(params PriorityEvent[] facts) => facts.Aggregate(Contradiction.Initial, Contradiction.Evolve);

    [Fact]
    public void A_back_dated_claim_stands_against_a_sealed_registration() =>
        PriorityDecider.Compare("case_1", new DateOnly(2025, 3, 1), RexComplains, FangsPicture, FangsWork, TimeSpan.FromDays(5), Day1.AddDays(8)).ShouldBe(Found);

    [Fact]
    public void A_claim_that_is_later_than_the_picture_contradicts_itself() =>
        PriorityDecider.Compare("case_1", new DateOnly(2026, 3, 2), RexComplains, FangsPicture, null, TimeSpan.FromDays(5), Day1.AddDays(8))!.Respondent.ShouldBe(FangsPicture);

    [Fact]
    public void An_honest_claim_is_none()
    {
        PriorityDecider.Compare("case_1", null, RexComplains, FangsPicture, FangsWork, TimeSpan.FromDays(5), Day1.AddDays(8)).ShouldBeNull("he claims no date");
        PriorityDecider.Compare("case_1", new DateOnly(2025, 3, 1), RexComplains, FangsPicture, null, TimeSpan.FromDays(5), Day1.AddDays(8)).ShouldBeNull("every copy is here before the complaint");
        PriorityDecider.Compare("case_1", new DateOnly(2025, 3, 1), RexComplains with { SeenAt = Day1.AddDays(-1) }, FangsPicture, FangsWork, TimeSpan.FromDays(5), Day1.AddDays(8)).ShouldBeNull("he registered first");
        PriorityDecider.Compare("case_1", new DateOnly(2026, 3, 1), RexComplains, FangsPicture, null, TimeSpan.FromDays(5), Day1.AddDays(8)).ShouldBeNull("on the same day");
    }

    [Fact]
    public void Both_are_heard_before_a_person_decides()
    {
        var state = Fold(Found);
        state.WithholdsMeasure(Rexs).ShouldBeTrue();
        PriorityDecider.Decide(state, Favoured.Respondent, At("mei", 9)).Code.ShouldBe(PriorityCodes.NotHeard);
        state = Contradiction.Evolve(state, PriorityDecider.Hear(state, [], _ => false, At("fang", 9)).Events.Single());
        PriorityDecider.Decide(state, Favoured.Respondent, At("mei", 9)).Code.ShouldBe(PriorityCodes.NotHeard);
        PriorityDecider.Hear(state, [], _ => false, At("a friend", 9)).Code.ShouldBe(PriorityCodes.NotAParty);
        PriorityDecider.Hear(state, [], _ => false, At("fang", 10)).Events.ShouldBeEmpty("he said so before");
        PriorityDecider.Decide(state, Favoured.Respondent, At("mei", 13)).Code.ShouldBeNull("the other had his time");
        state = Contradiction.Evolve(state, PriorityDecider.Hear(state, [], _ => false, At("rex", 9)).Events.Single());
        PriorityDecider.Decide(state, Favoured.Complainant, At("rex", 9)).Code.ShouldBe(PriorityCodes.NotAParty);
        var decided = PriorityDecider.Decide(state, Favoured.Respondent, At("mei", 9)).Events.Single();
        state = Contradiction.Evolve(state, decided);
        state.WithholdsMeasure(Rexs).ShouldBeTrue("there is no ground for one");
        PriorityDecider.Decide(state, Favoured.Respondent, At("mei", 10)).ShouldBe((Array.Empty<PriorityEvent>(), null), new SameDecision());
        PriorityDecider.Decide(state, Favoured.Complainant, At("jo", 10)).Code.ShouldBe(PriorityCodes.Decided);
        PriorityDecider.Hear(state, [], _ => false, At("fang", 10, "More.")).Code.ShouldBe(PriorityCodes.Decided);
        Fold(Found, new PriorityDecided("case_1", Favoured.Complainant, At("mei", 13), Day1)).WithholdsMeasure(Rexs).ShouldBeFalse();
        Contradiction.Initial.WithholdsMeasure(Rexs).ShouldBeFalse();
    }

    [Fact]
    public void What_one_claims_withholds_nothing_that_another_complains_of()
    {
        Complaint anAuthors = new(null, "author", At("matcher", 7));
        Fold(Found).WithholdsMeasure([anAuthors, .. Rexs]).ShouldBeFalse();
        Fold(Found).WithholdsMeasure([anAuthors with { IsWithdrawn = true }, .. Rexs]).ShouldBeTrue("nobody else complains any more");

        var guest = Found with { Complainant = Sighting.OfGuest("rpt_1", Day1.AddDays(8)) };
        Fold(guest).WithholdsMeasure([new("rpt_1", null, At("rpt_1", 8))]).ShouldBeTrue("by his report's number");
        Fold(guest).WithholdsMeasure([new("rpt_2", null, At("rpt_2", 8))]).ShouldBeFalse();
    }

    [Fact]
    public void A_paper_of_another_account_is_noticed()
    {
        ShownDocument[] papers = [new("Certificate", "c"), new("Raw", "r")];
        var (facts, _) = PriorityDecider.Hear(Fold(Found), papers, paper => paper.Kind == "Certificate", At("rex", 9));
        facts.OfType<DocumentReused>().ShouldHaveSingleItem().Document.ShouldBe(papers[0]);
    }

    [Theory]
    [InlineData(30, 12.5, 375.00, 750.00)]
    [InlineData(0.5, 9.99, 5.00, 10.00)]
    public void The_ledger_is_hours_times_sales(double hours, decimal sales, decimal amount, decimal doubled)
    {
        var ledger = DamageLedger.Of(Id.Value, [Opened, Applied, Lifted with { Act = Lifted.Act with { At = Noon.AddHours(hours) } }], sales, "EUR", Noon.AddDays(90));
        (ledger.Hours, ledger.Amount, ledger.Doubled).ShouldBe((hours, amount, doubled));
    }

    [Fact]
    public void A_picture_that_was_never_down_cost_nothing_and_one_that_is_down_goes_on_costing()
    {
        DamageLedger.Of(Id.Value, [Opened, Dismissed], 100, "EUR", Noon.AddDays(90)).Amount.ShouldBe(0);
        DamageLedger.Of(Id.Value, [Opened, Applied], 10, "EUR", Noon.AddDays(1)).Amount.ShouldBe(240);
        DamageLedger.Of(Id.Value, [Opened, Applied, Applied with { MeasureId = "msr_2", Act = By(Reviewer) }, Lifted with { Act = Lifted.Act with { At = Noon.AddHours(3) } }, Lifted with { MeasureId = "msr_2", Act = Lifted.Act with { At = Noon.AddHours(5) } }], 10, "EUR", Noon.AddDays(9))
            .Amount.ShouldBe(50, "two measures of one time");
    }

    [Fact]
    public void Stored_JSON_stays_as_it_is()
    {
        PriorityEvent[] facts = [Found, new PartyHeard("case_1", "fang", [new ShownDocument("Raw", "r")], At("fang", 9), Day1), new DocumentReused("case_1", "rex", new ShownDocument("Certificate", "c"), Day1), new PriorityDecided("case_1", Favoured.Respondent, At("mei", 9), Day1)];
        facts.Select(fact => fact.GetType()).ShouldBe(typeof(PriorityEvent).GetNestedTypes(), ignoreOrder: true);
        foreach (var fact in facts)
        {
            Golden.Matches($"events/{Registered().Events.Mapped[fact.GetType()]}.json", Json(fact));
            Json(JsonSerializer.Deserialize(Json(fact), fact.GetType(), StoreOptions.Json)!).ShouldBe(Json(fact));
        }
    }

    private sealed class SameDecision : IEqualityComparer<(IReadOnlyList<PriorityEvent> Events, string? Code)>
    {
        public bool Equals((IReadOnlyList<PriorityEvent> Events, string? Code) left, (IReadOnlyList<PriorityEvent> Events, string? Code) right) => left.Code == right.Code && left.Events.SequenceEqual(right.Events);

        public int GetHashCode((IReadOnlyList<PriorityEvent> Events, string? Code) decision) => decision.Events.Count;
    }
}
