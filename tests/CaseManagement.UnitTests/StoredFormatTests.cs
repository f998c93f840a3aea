using System.Reflection;
using System.Text.Json;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Publishing;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.UnitTests.Samples;
using RegimeCodes = ImageRights.CaseManagement.Regimes.RegimeCodes;
using V1 = ImageRights.Contracts.CaseManagement.V1;

namespace ImageRights.CaseManagement.UnitTests;

/// <summary>What is stored and said outlives the code: names, JSON, translations, codes.</summary>
public class StoredFormatTests
{
    private static readonly CaseEvent[] Complete = [Opened, Joined with { Finding = Evidence }, Applied, Dismissed, Countered, Lifted, Settled, Closed(Outcome.Upheld)];

    private static readonly CaseEvent[] OnlyRequired =
    [
        Opened with { Dispute = new Dispute(TheDispute.ImageId, null, Respondent, null), Location = new Location("Avatar", null), ReportId = null, Finding = null },
        Joined with { ReportId = null, ComplainantAccountId = null },
    ];

    private static IEnumerable<Type> FactTypes => typeof(CaseEvent).GetNestedTypes();

    [Fact]
    public void Every_fact_has_a_stored_name_with_its_version() =>
        Registered().Events.Mapped.ShouldBe(new Dictionary<Type, string>
        {
            [typeof(CaseEvent.CaseOpened)] = "case_opened_v1",
            [typeof(CaseEvent.ComplainantJoined)] = "complainant_joined_v1",
            [typeof(CaseEvent.MeasureApplied)] = "measure_applied_v1",
            [typeof(CaseEvent.CaseDismissed)] = "case_dismissed_v1",
            [typeof(CaseEvent.CounterNoticeReceived)] = "counter_notice_received_v1",
            [typeof(CaseEvent.MeasureLifted)] = "measure_lifted_v1",
            [typeof(CaseEvent.SettlementExecuted)] = "settlement_executed_v1",
            [typeof(CaseEvent.CaseClosed)] = "case_closed_v1",
            [typeof(NoticeEvent.NoticeReceived)] = "notice_received_v1",
            [typeof(NoticeEvent.CorrectionRequested)] = "correction_requested_v1",
            [typeof(NoticeEvent.NoticeCorrected)] = "notice_corrected_v1",
            [typeof(NoticeEvent.NoticeEffective)] = "notice_effective_v1",
            [typeof(NoticeEvent.NoticeRejected)] = "notice_rejected_v1",
            [typeof(NoticeEvent.NoticeLapsed)] = "notice_lapsed_v1",
            [typeof(ErasureEvent.ErasureApproved)] = "erasure_approved_v1",
            [typeof(ErasureEvent.ServiceErased)] = "service_erased_v1",
            [typeof(HoldEvent.HoldPlaced)] = "hold_placed_v1",
            [typeof(HoldEvent.HoldLifted)] = "hold_lifted_v1",
        }, ignoreOrder: true);

    [Fact]
    public void The_names_table_lacks_no_fact() => Registered().Events.Mapped.Keys.ShouldBe(FactTypes.Concat(typeof(NoticeEvent).GetNestedTypes()).Concat(typeof(ErasureEvent).GetNestedTypes()).Concat(typeof(HoldEvent).GetNestedTypes()), ignoreOrder: true);

    [Fact]
    public void Samples_cover_every_fact() => Complete.Select(fact => fact.GetType()).ShouldBe(FactTypes, ignoreOrder: true);

    [Fact]
    public void Stored_JSON_stays_as_it_is()
    {
        foreach (var fact in Complete) Golden.Matches($"events/{Registered().Events.Mapped[fact.GetType()]}.json", Json(fact));
        foreach (var fact in OnlyRequired) Golden.Matches($"events/{Registered().Events.Mapped[fact.GetType()]}.required.json", Json(fact));
    }

    [Fact]
    public void Stored_JSON_is_read_as_it_was_written()
    {
        foreach (var fact in Complete.Concat(OnlyRequired))
            Json(JsonSerializer.Deserialize(Json(fact), fact.GetType(), StoreOptions.Json)!).ShouldBe(Json(fact));
    }

    [Fact]
    public void Published_JSON_stays_as_it_is()
    {
        foreach (var contract in Published()) Golden.Matches($"contracts/{contract.GetType().Name}.V1.json", Json(contract));
    }

    [Fact]
    public void Every_fact_is_published_or_internal_by_name()
    {
        var internals = new[] { typeof(CaseEvent.CaseDismissed), typeof(CaseEvent.ComplainantJoined) };
        Complete.Where(fact => CaseManagementContracts.Translate(Record(fact)) is null).Select(fact => fact.GetType()).ShouldBe(internals, ignoreOrder: true);
    }

    [Fact]
    public void Every_contract_of_the_service_is_said() =>
        Published().Select(contract => contract.GetType()).ShouldBe(
            typeof(V1.CaseOpened).Assembly.GetTypes().Where(type => type is { Namespace: "ImageRights.Contracts.CaseManagement.V1", IsEnum: false }), ignoreOrder: true);

    [Fact]
    public void Origins_and_outcomes_are_said_by_the_same_name()
    {
        foreach (var origin in Enum.GetValues<Origin>())
            ((V1.CaseOpened)CaseManagementContracts.Translate(Record(Opened with { Origin = origin }))!).Origin.ToString().ShouldBe(origin.ToString());
        foreach (var outcome in Enum.GetValues<Outcome>())
            ((V1.CaseClosed)CaseManagementContracts.Translate(Record(Closed(outcome)))!).Outcome.ToString().ShouldBe(outcome.ToString());
    }

    [Fact]
    public void Every_fact_is_folded_by_state_and_view()
    {
        foreach (var fact in Complete)
        {
            var before = fact is CaseEvent.CaseOpened ? [] : new[] { Opened };
            Should.NotThrow(() => Fold([.. before, fact]));
            Should.NotThrow(() => before.Append(fact).Select((each, index) => Record(each, index + 1)).Aggregate((CaseView?)null, CaseView.Evolve));
        }
    }

    [Fact]
    public void Every_code_has_a_status_and_both_texts_and_none_is_left_over()
    {
        var service = new ProblemCatalogue(typeof(Composition).Assembly).Entries;
        var house = new ProblemCatalogue(typeof(ProblemCatalogue).Assembly).Entries;
        var codes = new[] { typeof(CaseCodes), typeof(RegimeCodes) }.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!).Append("Image_Not_Found")
            .Concat(typeof(ErasureCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)).Concat(["Case_Not_Sealed", "Case_File_Too_Large"]);
        service.Keys.Except(house.Keys).ShouldBe(codes, ignoreOrder: true);
        foreach (var (code, entry) in service)
        {
            entry.Status.ShouldBeInRange(400, 599, code);
            entry.En.ShouldNotBeNullOrWhiteSpace(code);
            entry.Zh.ShouldContain(letter => letter >= '\u4e00' && letter <= '\u9fff', code);
        }
    }

    [Fact]
    public void Personal_data_has_no_place_in_facts_and_messages()
    {
        var names = FactTypes.Concat(Published().Select(contract => contract.GetType())).SelectMany(type => type.GetProperties()).Select(property => property.Name);
        names.ShouldNotContain(name => name.Contains("Email") || name.Contains("Phone") || name.Contains("Address"));
    }

    private static List<object> Published() =>
        [.. Complete.Select(fact => CaseManagementContracts.Translate(Record(fact))).Append(Erasures.ErasureTests.Published(Erasures.ErasureTests.Approved)).OfType<object>()];
}
