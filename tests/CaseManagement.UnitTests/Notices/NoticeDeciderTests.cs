using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.Notices.NoticeEvent;

namespace ImageRights.CaseManagement.UnitTests.Notices;

public class NoticeDeciderTests
{
    private static readonly DateTimeOffset Receipt = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Before = new(2026, 12, 1, 5, 0, 0, TimeSpan.Zero);
    private static readonly Lack Signature = new("signature", "Signature_Missing");
    private static readonly Lack GoodFaith = new("goodFaith", "GoodFaith_Missing");
    private static readonly NoticeReceived Received = new("us-dmca-512.v1", "author-fang", "wrk_1", ["material", "work"], ["img_1"], Receipt);

    private static readonly NoticeEvent[] Facts =
    [
        Received, new CorrectionRequested([Signature], Before, Receipt), new NoticeCorrected(["material", "signature", "work"], [], Before), new NoticeEffective(Receipt, Before),
        new NoticeRejected([new Lack(null, "Bulk_Limit_Exceeded")], Receipt), new NoticeLapsed(Before),
    ];

    [Fact]
    public void A_complete_notice_is_effective_at_its_receipt() =>
        NoticeDecider.Receive(Received, [], null).ShouldBe([Received, new NoticeEffective(Receipt, Receipt)]);

    [Fact]
    public void A_curable_notice_is_to_be_corrected_and_another_is_refused()
    {
        NoticeDecider.Receive(Received, [Signature], Before)[1].ShouldBeOfType<CorrectionRequested>().CorrectBefore.ShouldBe(Before);
        NoticeDecider.Receive(Received, [Signature], null)[1].ShouldBeOfType<NoticeRejected>().Lacks.ShouldBe([Signature]);
    }

    [Fact]
    public void A_correction_makes_it_effective_under_the_first_receipt()
    {
        var facts = NoticeDecider.Correct(Awaiting(Signature), ["signature"], Before.AddTicks(-1));
        facts.Count.ShouldBe(2);
        facts[1].ShouldBe(new NoticeEffective(Receipt, Before.AddTicks(-1)));
    }

    [Fact]
    public void Half_a_correction_is_kept_and_the_rest_is_still_asked_for()
    {
        var half = NoticeDecider.Correct(Awaiting(Signature, GoodFaith), ["goodFaith"], Receipt.AddDays(1));
        half.ShouldHaveSingleItem().ShouldBeOfType<NoticeCorrected>().Lacks.ShouldBe([Signature]);
        NoticeDecider.Correct(half.Aggregate(Awaiting(Signature, GoodFaith), Notice.Evolve), ["signature"], Receipt.AddDays(2))[1].ShouldBeOfType<NoticeEffective>();
    }

    [Fact]
    public void A_correction_at_the_end_of_the_window_is_too_late() =>
        NoticeDecider.Correct(Awaiting(Signature), ["signature"], Before).ShouldBe([new NoticeLapsed(Before)]);

    [Fact]
    public void The_same_correction_again_writes_nothing_and_a_notice_never_leaves_its_end()
    {
        var corrections = (from elements in Gen.SubListOf("signature", "goodFaith", "contact") from hours in Gen.Choose(0, 400) select (elements, At: Receipt.AddHours(hours))).ListOf();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Arb.From(corrections), run =>
        {
            var notice = Awaiting(Signature, GoodFaith);
            foreach (var (elements, at) in run.OrderBy(correction => correction.At))
            {
                var before = notice;
                var facts = NoticeDecider.Correct(notice, elements.ToHashSet(), at);
                notice = facts.Aggregate(notice, Notice.Evolve);
                if (before.State != NoticeState.CorrectionRequested) facts.ShouldBeEmpty();
                NoticeDecider.Correct(notice, elements.ToHashSet(), at).ShouldBeEmpty();
                if (facts.Count > 0 && notice.State == NoticeState.Effective) (at < Before && notice.Elements.Contains("signature") && notice.Elements.Contains("goodFaith")).ShouldBeTrue();
            }
        }));
    }

    [Fact]
    public void Stored_JSON_stays_as_it_is_and_is_read_as_it_was_written()
    {
        Facts.Select(fact => fact.GetType()).ShouldBe(typeof(NoticeEvent).GetNestedTypes(), ignoreOrder: true);
        foreach (var fact in Facts)
        {
            Golden.Matches($"events/{Samples.Registered().Events.Mapped[fact.GetType()]}.json", Samples.Json(fact));
            Samples.Json(JsonSerializer.Deserialize(Samples.Json(fact), fact.GetType(), StoreOptions.Json)!).ShouldBe(Samples.Json(fact));
        }
    }

    [Fact]
    public void Every_fact_is_folded_by_notice_and_view_to_the_same_state()
    {
        foreach (var fact in Facts)
        {
            NoticeEvent[] history = fact is NoticeReceived ? [fact] : [Received, fact];
            var view = history.Select((each, index) => (each, index)).Aggregate((NoticeView?)null, (view, step) => NoticeView.Evolve(view, "ntc_1", step.index + 1, step.each))!;
            view.State.ShouldBe(history.Aggregate(Notice.Initial, Notice.Evolve).State);
            view.Version.ShouldBe(history.Length);
        }
    }

    private static Notice Awaiting(params Lack[] lacks) => NoticeDecider.Receive(Received, lacks, Before).Aggregate(Notice.Initial, Notice.Evolve);
}
