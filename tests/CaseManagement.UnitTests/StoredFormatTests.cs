using System.Reflection;
using System.Text.Json;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Publishing;
using ImageRights.CaseManagement.RegimeChoices;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
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
    private static readonly CaseEvent[] Complete = [Opened, Joined with { Finding = Evidence }, Applied, Dismissed, Countered, Lifted, Settled, Closed(Outcome.Upheld), .. Proceedings.LawSamples.All];

    private static readonly CaseEvent[] OnlyRequired =
    [
        Opened with { Dispute = new Dispute(TheDispute.ImageId, null, Respondent, null), Location = new Location("Avatar", null), ReportId = null, Finding = null },
        Joined with { Dispute = TheDispute with { Location = null }, ReportId = null, ComplainantAccountId = null },
    ];

    /// <summary>Hierarchies beside the case's.</summary>
    private static readonly Type[] OwnStreams = [typeof(NoticeEvent), typeof(StatementEvent), typeof(ReporterEvent), typeof(PriorityEvent), typeof(MessageEvent), typeof(ErasureEvent), typeof(HoldEvent)];

    private static IEnumerable<Type> FactTypes => typeof(CaseEvent).GetNestedTypes().Where(type => !type.IsAbstract);

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
            [typeof(CaseEvent.RegimeAdopted)] = "regime_adopted_v1",
            [typeof(CaseEvent.CaseReopened)] = "case_reopened_v1",
            [typeof(CaseEvent.DeadlineExtended)] = "deadline_extended_v1",
            [typeof(CaseEvent.CounterNoticeDeficient)] = "counter_notice_deficient_v1",
            [typeof(CaseEvent.ComplainantWithdrew)] = "complainant_withdrew_v1",
            [typeof(CaseEvent.LitigationHold)] = "litigation_hold_v1",
            [typeof(CaseEvent.LitigationHoldEnded)] = "litigation_hold_ended_v1",
            [typeof(CaseEvent.NoticesBarred)] = "notices_barred_v1",
            [typeof(CaseEvent.DeadlineWarned)] = "deadline_warned_v1",
            [typeof(CaseEvent.DeadlineElapsed)] = "deadline_elapsed_v1",
            [typeof(CaseEvent.DeadlineFired)] = "deadline_fired_v1",
            [typeof(CaseEvent.DeadlineExecutedLate)] = "deadline_executed_late_v1",
            [typeof(CaseEvent.NoticeAcknowledged)] = "notice_acknowledged_v1",
            [typeof(CaseEvent.NoticeForwarded)] = "notice_forwarded_v1",
            [typeof(CaseEvent.NoticeRetracted)] = "notice_retracted_v1",
            [typeof(CaseEvent.CounterNoticeForwarded)] = "counter_notice_forwarded_v1",
            [typeof(CaseEvent.CounterNoticeDelivered)] = "counter_notice_delivered_v1",
            [typeof(CaseEvent.CounterNoticeRejected)] = "counter_notice_rejected_v1",
            [typeof(CaseEvent.CourtActionNotified)] = "court_action_notified_v1",
            [typeof(CaseEvent.CourtActionDismissed)] = "court_action_dismissed_v1",
            [typeof(CaseEvent.AuthorityComplaintNotified)] = "authority_complaint_notified_v1",
            [typeof(CaseEvent.CourtOrderedRemoval)] = "court_ordered_removal_v1",
            [typeof(CaseEvent.CourtOrderedRestoration)] = "court_ordered_restoration_v1",
            [typeof(CaseEvent.RemovalOrderEnded)] = "removal_order_ended_v1",
            [typeof(CaseEvent.InformedOfDecision)] = "informed_of_decision_v1",
            [typeof(CaseEvent.ComplaintLodged)] = "complaint_lodged_v1",
            [typeof(CaseEvent.DecisionOverturned)] = "decision_overturned_v1",
            [typeof(CaseEvent.DecisionConfirmed)] = "decision_confirmed_v1",
            [typeof(CaseEvent.StatementSubmitted)] = "statement_submitted_v1",
            [typeof(CaseEvent.OdsComplaintReceived)] = "ods_complaint_received_v1",
            [typeof(CaseEvent.OdsOutcomeRecorded)] = "ods_outcome_recorded_v1",
            [typeof(CaseEvent.ComplaintUpheld)] = "complaint_upheld_v1",
            [typeof(CaseEvent.AppealFiled)] = "appeal_filed_v1",
            [typeof(CaseEvent.DisputeFiled)] = "dispute_filed_v1",
            [typeof(CaseEvent.ChangeReported)] = "change_reported_v1",
            [typeof(NoticeEvent.NoticeReceived)] = "notice_received_v1",
            [typeof(NoticeEvent.CorrectionRequested)] = "correction_requested_v1",
            [typeof(NoticeEvent.NoticeCorrected)] = "notice_corrected_v1",
            [typeof(NoticeEvent.NoticeEffective)] = "notice_effective_v1",
            [typeof(NoticeEvent.NoticeRejected)] = "notice_rejected_v1",
            [typeof(NoticeEvent.NoticeLapsed)] = "notice_lapsed_v1",
            [typeof(ReporterEvent.FastLaneEntered)] = "fast_lane_entered_v1",
            [typeof(ReporterEvent.FastLaneLeft)] = "fast_lane_left_v1",
            [typeof(ReporterEvent.SignalRaised)] = "misuse_signal_raised_v1",
            [typeof(ReporterEvent.MisuseWarned)] = "misuse_warned_v1",
            [typeof(ReporterEvent.SuspensionProposed)] = "suspension_proposed_v1",
            [typeof(ReporterEvent.ReporterSuspended)] = "reporter_suspended_v1",
            [typeof(ReporterEvent.SuspensionAppealed)] = "suspension_appealed_v1",
            [typeof(ReporterEvent.SuspensionConfirmed)] = "suspension_confirmed_v1",
            [typeof(ReporterEvent.SuspensionLifted)] = "suspension_lifted_v1",
            [typeof(PriorityEvent.PriorityContradictionFound)] = "priority_contradiction_found_v1",
            [typeof(PriorityEvent.PartyHeard)] = "priority_party_heard_v1",
            [typeof(PriorityEvent.DocumentReused)] = "document_reused_v1",
            [typeof(PriorityEvent.PriorityDecided)] = "priority_decided_v1",
            [typeof(MessageEvent.MessageSent)] = "message_sent_v1",
            [typeof(StatementEvent.StatementIssued)] = "statement_issued_v1",
            [typeof(StatementEvent.StatementCorrected)] = "statement_corrected_v1",
            [typeof(StatementEvent.StatementEnded)] = "statement_ended_v1",
            [typeof(RegimesChosen)] = "regimes_chosen_v1",
            [typeof(ErasureEvent.ErasureRequested)] = "erasure_requested_v1",
            [typeof(ErasureEvent.ErasureApproved)] = "erasure_approved_v1",
            [typeof(ErasureEvent.ServiceErased)] = "service_erased_v1",
            [typeof(HoldEvent.HoldPlaced)] = "hold_placed_v1",
            [typeof(HoldEvent.HoldLifted)] = "hold_lifted_v1",
        }, ignoreOrder: true);

    [Fact]
    public void The_names_table_lacks_no_fact() => Registered().Events.Mapped.Keys.ShouldBe(FactTypes.Concat(OwnStreams.SelectMany(type => type.GetNestedTypes())).Append(typeof(RegimesChosen)), ignoreOrder: true);

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
        foreach (var contract in Published().DistinctBy(contract => contract.GetType())) Golden.Matches($"contracts/{contract.GetType().Name}.V1.json", Json(contract));
    }

    [Fact]
    public void Every_fact_is_published_or_internal_by_name()
    {
        var internals = new[] { typeof(CaseEvent.CaseDismissed), typeof(CaseEvent.ComplainantJoined) };
        Complete.Where(fact => CaseManagementContracts.Translate(Record(fact)) is null).Select(fact => fact.GetType()).ShouldBe(internals, ignoreOrder: true);
    }

    [Fact]
    public void Every_contract_of_the_service_is_said() =>
        Published().Select(contract => contract.GetType()).Distinct().ShouldBe(
            typeof(V1.CaseOpened).Assembly.GetTypes().Where(type => type is { Namespace: "ImageRights.Contracts.CaseManagement.V1", IsEnum: false }
                // Said of messages, which are no facts of a case: MessageWalkTests.
                && type != typeof(V1.PartyMessageSent) && type != typeof(V1.PartyMessageText)), ignoreOrder: true);

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
        var codes = new[] { typeof(CaseCodes), typeof(RegimeCodes), typeof(StatementCodes), typeof(ReporterCodes), typeof(PriorityCodes), typeof(ErasureCodes) }.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!).Concat(["Image_Not_Found", "Work_Not_Found", "Work_Withdrawn", "Work_Of_Another_Account", "Guest_Report_Not_Found", "Guest_Report_Locked", "Case_Not_Sealed", "Case_File_Too_Large"])
            // What a notice is refused with is answered by the notice and no problem of the request.
            .Concat(Catalogue.Packs.SelectMany(pack => pack.Steps).Where(step => !step.On.StartsWith("NoticeRece", StringComparison.Ordinal) && step.On != "NoticeCorrected").SelectMany(step => step.Needs ?? []).Select(need => need.Otherwise)).Distinct();
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
