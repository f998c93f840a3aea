using System.Text.Json;
using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Publishing;
using ImageRights.EventStore;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.UnitTests.Erasures;

public class ErasureTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly ApproveErasure Command = new("counsel-wu", ["casemanagement", "ingestion"], new Obstacles([], []), Noon);

    private static readonly ErasureEvent.ErasureRequested Requested = new("ers_1", "author-1", "GDPR_17_1_b", "agent-li", Noon);

    internal static readonly ErasureEvent.ErasureApproved Approved = new("ers_1", "author-1", "GDPR_17_1_b", "agent-li", "counsel-wu", ["casemanagement", "ingestion"], Noon);

    private static readonly object[] Facts =
        [Requested, Approved, new ErasureEvent.ServiceErased("ers_1", "ingestion", 1, Noon), new HoldEvent.HoldPlaced("hld_1", "author-1", "Proceeding 12 O 34/26", "counsel-wu", Noon), new HoldEvent.HoldLifted("hld_1", "It ended.", "counsel-wu", Noon)];

    [Fact]
    public void Two_people_decide_and_each_service_answers_once()
    {
        Erasure.Decide(Requested, new Obstacles([], [])).Events.ShouldBe([Requested]);
        Erasure.Decide(Erasure.Initial, Command).Code.ShouldBe(ErasureCodes.NotFound);
        var asked = Erasure.Evolve(Erasure.Initial, Requested);
        Erasure.Decide(asked, Command).Events.ShouldHaveSingleItem().ShouldBeEquivalentTo(Approved);
        var state = Erasure.Evolve(asked, Approved);
        Erasure.Decide(state, Command).Events.ShouldBeEmpty();
        var answer = new ErasureEvent.ServiceErased("ers_1", "ingestion", 1, Noon);
        Erasure.Decide(Erasure.Initial, answer).Events.ShouldBeEmpty();
        Erasure.Decide(state, answer).Events.ShouldBe([answer]);
        Erasure.Decide(Erasure.Evolve(state, answer), answer with { At = Noon.AddDays(1) }).Events.ShouldBeEmpty();
    }

    [Fact]
    public void An_open_case_a_hold_and_a_lonely_decision_refuse_it()
    {
        var asked = Erasure.Evolve(Erasure.Initial, Requested);
        Erasure.Decide(asked, Command with { By = "Agent-Li" }).Code.ShouldBe(ErasureCodes.SamePerson);
        foreach (var (obstacles, code, named) in new[] { (new Obstacles(["case_1"], []), ErasureCodes.HeldByCase, "case_1"), (new Obstacles([], ["hld_1"]), ErasureCodes.OnHold, "hld_1") })
        foreach (var refused in new[] { Erasure.Decide(Requested, obstacles), Erasure.Decide(asked, Command with { Obstacles = obstacles }) })
            (refused.Code, refused.Detail!.Contains(named)).ShouldBe((code, true));
    }

    [Fact]
    public void A_hold_is_placed_and_lifted_once()
    {
        var (placed, lifted) = ((HoldEvent.HoldPlaced)Facts[3], (HoldEvent.HoldLifted)Facts[4]);
        Hold.Decide(Hold.Initial, placed).Events.ShouldBe([placed]);
        Hold.Decide(Hold.Initial, lifted).Code.ShouldBe(ErasureCodes.HoldNotFound);
        var state = Hold.Evolve(Hold.Initial, placed);
        Hold.Decide(state, placed).Events.ShouldBeEmpty();
        Hold.Decide(state, lifted).Events.ShouldBe([lifted]);
        Hold.Decide(Hold.Evolve(state, lifted), lifted).Events.ShouldBeEmpty();
    }

    [Fact]
    public void The_view_says_who_is_done()
    {
        ErasureView.Evolve(null, Requested, 1)!.ApprovedBy.ShouldBeNull();
        var view = ErasureView.Evolve(null, Approved, 1)!;
        view.IsDone.ShouldBeFalse();
        view = ErasureView.Evolve(view, new ErasureEvent.ServiceErased("ers_1", "ingestion", 2, Noon), 2)!;
        (view.IsDone, view.Services[1].Keys).ShouldBe((false, 2));
        ErasureView.Evolve(view, new ErasureEvent.ServiceErased("ers_1", "casemanagement", 0, Noon), 3)!.IsDone.ShouldBeTrue();
    }

    [Fact]
    public void Stored_JSON_stays_as_it_is()
    {
        var names = new StoreOptions();
        Composition.Register(names, Samples.Catalogue);
        foreach (var fact in Facts)
        {
            var json = JsonSerializer.Serialize(fact, fact.GetType(), new JsonSerializerOptions(StoreOptions.Json) { WriteIndented = true });
            Golden.Matches($"{names.Events.Mapped[fact.GetType()]}.json", json);
            JsonSerializer.Serialize(JsonSerializer.Deserialize(json, fact.GetType(), StoreOptions.Json), fact.GetType(), new JsonSerializerOptions(StoreOptions.Json) { WriteIndented = true }).ShouldBe(json);
        }
    }

    [Fact]
    public void Only_the_approval_is_heard_outside() => Facts.Where(fact => Published(fact) is not null).ShouldBe([Approved]);

    internal static object? Published(object fact) =>
        CaseManagementContracts.Translate(new RecordedEvent(Guid.Empty, 1, 1, "erasure-ers_1", 1, fact, "", Noon, "tenant-1", null, null, null, null));
}
