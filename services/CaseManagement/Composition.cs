using ImageRights.CaseManagement.CaseFiles;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Deadlines;
using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Features.Appealing;
using ImageRights.CaseManagement.Features.ChoosingRegimes;
using ImageRights.CaseManagement.Features.Closing;
using ImageRights.CaseManagement.Features.Complaining;
using ImageRights.CaseManagement.Features.CounterNoticing;
using ImageRights.CaseManagement.Features.Dismissing;
using ImageRights.CaseManagement.Features.Erasing;
using ImageRights.CaseManagement.Features.ExportingCases;
using ImageRights.CaseManagement.Features.Extending;
using ImageRights.CaseManagement.Features.Forwarding;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Features.Informing;
using ImageRights.CaseManagement.Features.Litigating;
using ImageRights.CaseManagement.Features.Noticing;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.PreviewingDeadlines;
using ImageRights.CaseManagement.Features.ReadingAvailability;
using ImageRights.CaseManagement.Features.ReadingCases;
using ImageRights.CaseManagement.Features.ReadingDossiers;
using ImageRights.CaseManagement.Features.ReadingRegimes;
using ImageRights.CaseManagement.Features.ReferringOutOfCourt;
using ImageRights.CaseManagement.Features.Reinstating;
using ImageRights.CaseManagement.Features.Retracting;
using ImageRights.CaseManagement.Features.ServingGuests;
using ImageRights.CaseManagement.Features.Settling;
using ImageRights.CaseManagement.Features.ShiftingTime;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Features.StatingReasons;
using ImageRights.CaseManagement.Features.SubmittingStatements;
using ImageRights.CaseManagement.Features.TakingDown;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Publishing;
using ImageRights.CaseManagement.RegimeChoices;
using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Http.Description;
using ImageRights.ServiceDefaults.Messaging;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Transparency;
using MassTransit;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement;

/// <summary>The service's table of contents.</summary>
public static class Composition
{
    /// <summary>Builds the service from its command line and environment.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        var clock = new DatabaseClock(IsVirtual(builder));
        var catalogue = RegimeCatalogue.BuiltIn();
        builder.Services.AddSingleton(clock).AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(catalogue);
        builder.Services.AddSingleton<CaseRules>();
        builder.Services.AddSingleton(builder.Configuration["Reporters:PolicyFile"] is { Length: > 0 } file ? ReporterPolicies.Parse(File.ReadAllText(file)) : ReporterPolicies.BuiltIn());
        builder.Services.AddSingleton<Stating>();
        builder.Services.AddSingleton(MessageBook.BuiltIn());
        builder.Services.AddSingleton<Correspondence>();
        builder.Services.AddTransparencyDatabase(builder.Configuration.GetSection("TransparencyDatabase"));
        builder.Services.AddHttpClient(nameof(CaseFileSources), client => client.MaxResponseContentBufferSize = CaseFileSources.LargestAnswer).CallAsService();
        builder.Services.AddSingleton<CaseFileSources>();
        builder.Services.AddHttpClient(nameof(RegisteredWorks), client => client.Timeout = RegisteredWorks.Longest).CallAsService();
        builder.Services.AddSingleton<RegisteredWorks>();
        builder.Services.AddHttpClient(nameof(KnownPersons), client => client.Timeout = KnownPersons.Longest).CallAsService();
        builder.Services.AddSingleton<KnownPersons>();
        builder.Services.AddProblems(typeof(Composition).Assembly);
        builder.AddAccess();
        builder.AddApiDescription(Api.Description);
        builder.Services.ConfigureHttpJsonOptions(json => Matches(json.SerializerOptions));
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "casemanagement";
            options.ConnectionString = builder.Configuration.GetConnectionString("casesdb")
                ?? throw new InvalidOperationException("ConnectionStrings:casesdb is missing; start the service through AppHost or set ConnectionStrings__casesdb.");
            options.TimeProvider = clock;
            options.SchemaScripts.Add(DatabaseClock.Schema(clock.IsVirtual));
            Register(options, catalogue);
            options.Follow("reporters", provider => new ReporterFollower(provider.GetRequiredService<ReporterPolicies>()));
            options.Follow("messages", provider => new MessageFollower(provider.GetRequiredService<Correspondence>(), provider.GetRequiredService<MessageBook>()));
            options.PublishFacts(CaseManagementContracts.Translate);
            options.SealPersonalData(builder.Configuration["Personal:Key"]);
            options.KeepTransparencyLog(builder.Configuration["Transparency:SigningKey"]);
            options.AskForTimeStamps(builder.Configuration["Transparency:TimeStampAuthority"], builder.Configuration.GetValue<TimeSpan?>("Transparency:TimeStampInterval"));
        });
        var deadlines = builder.Configuration.GetSection("Deadlines");
        builder.Services.AddSingleton(new DeadlineOptions(
            deadlines.GetValue("Enabled", true), deadlines.GetValue("Tolerance", TimeSpan.FromSeconds(5)), deadlines.GetValue("Pause", TimeSpan.FromMilliseconds(200))));
        builder.Services.AddSingleton<DeadlineRunner>();
        builder.Services.AddHostedService<DeadlineService>();
        builder.AddBus("casemanagement", bus =>
        {
            bus.AddConsumer<ImageScreenedConsumer>();
            bus.AddConsumer<CopyFoundConsumer>();
            bus.AddConsumer<WorkRegisteredConsumer>();
            bus.AddConsumer<OwnershipConflictFoundConsumer>();
            bus.AddConsumer<ErasureApprovedConsumer>();
            bus.AddConsumer<PersonErasedConsumer>();
        });

        var app = builder.Build();
        app.UseProblems();
        app.UseAccess();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapTransparencyLog();
        app.MapReports();
        app.MapGuests();
        app.MapNotices();
        app.MapCases();
        app.MapExport();
        app.MapTakedown();
        app.MapDismissal();
        app.MapCounterNotice();
        app.MapReinstatement();
        app.MapSettlement();
        app.MapClosure();
        app.MapForwarding();
        app.MapLitigation();
        app.MapRetraction();
        app.MapComplaints();
        app.MapOutOfCourt();
        app.MapAppeals();
        app.MapExtension();
        app.MapDeadlines();
        app.MapAgenda();
        app.MapDossiers();
        app.MapAvailability();
        app.MapErasures();
        app.MapHolds();
        app.MapRegimes();
        app.MapRegimeSettings();
        app.MapSimulations();
        app.MapReporters();
        app.MapPriority();
        app.MapMessages();
        app.MapStatementsOfReasons();
        app.MapTransparencySubmissions();
        app.MapSubmissionRecord();
        app.MapVirtualTime();
        return app;
    }

    /// <summary>Names, aggregates and read models; apart so that tests read the same table.</summary>
    public static void Register(StoreOptions options, RegimeCatalogue catalogue)
    {
        options.Events
            .Map<CaseOpened>("case_opened_v1")
            .Map<ComplainantJoined>("complainant_joined_v1")
            .Map<MeasureApplied>("measure_applied_v1")
            .Map<CaseDismissed>("case_dismissed_v1")
            .Map<CounterNoticeReceived>("counter_notice_received_v1")
            .Map<MeasureLifted>("measure_lifted_v1")
            .Map<SettlementExecuted>("settlement_executed_v1")
            .Map<CaseClosed>("case_closed_v1")
            .Map<RegimeAdopted>("regime_adopted_v1")
            .Map<CaseReopened>("case_reopened_v1")
            .Map<DeadlineExtended>("deadline_extended_v1")
            .Map<CounterNoticeDeficient>("counter_notice_deficient_v1")
            .Map<ComplainantWithdrew>("complainant_withdrew_v1")
            .Map<LitigationHold>("litigation_hold_v1")
            .Map<LitigationHoldEnded>("litigation_hold_ended_v1")
            .Map<NoticesBarred>("notices_barred_v1")
            .Map<DeadlineWarned>("deadline_warned_v1")
            .Map<DeadlineElapsed>("deadline_elapsed_v1")
            .Map<DeadlineFired>("deadline_fired_v1")
            .Map<DeadlineExecutedLate>("deadline_executed_late_v1")
            .Map<NoticeAcknowledged>("notice_acknowledged_v1")
            .Map<NoticeForwarded>("notice_forwarded_v1")
            .Map<NoticeRetracted>("notice_retracted_v1")
            .Map<CounterNoticeForwarded>("counter_notice_forwarded_v1")
            .Map<CounterNoticeDelivered>("counter_notice_delivered_v1")
            .Map<CounterNoticeRejected>("counter_notice_rejected_v1")
            .Map<CourtActionNotified>("court_action_notified_v1")
            .Map<CourtActionDismissed>("court_action_dismissed_v1")
            .Map<AuthorityComplaintNotified>("authority_complaint_notified_v1")
            .Map<CourtOrderedRemoval>("court_ordered_removal_v1")
            .Map<CourtOrderedRestoration>("court_ordered_restoration_v1")
            .Map<RemovalOrderEnded>("removal_order_ended_v1")
            .Map<InformedOfDecision>("informed_of_decision_v1")
            .Map<ComplaintLodged>("complaint_lodged_v1")
            .Map<DecisionOverturned>("decision_overturned_v1")
            .Map<DecisionConfirmed>("decision_confirmed_v1")
            .Map<OdsComplaintReceived>("ods_complaint_received_v1")
            .Map<OdsOutcomeRecorded>("ods_outcome_recorded_v1")
            .Map<StatementSubmitted>("statement_submitted_v1")
            .Map<ComplaintUpheld>("complaint_upheld_v1")
            .Map<AppealFiled>("appeal_filed_v1")
            .Map<DisputeFiled>("dispute_filed_v1")
            .Map<ChangeReported>("change_reported_v1")
            .Map<NoticeEvent.NoticeReceived>("notice_received_v1")
            .Map<NoticeEvent.CorrectionRequested>("correction_requested_v1")
            .Map<NoticeEvent.NoticeCorrected>("notice_corrected_v1")
            .Map<NoticeEvent.NoticeEffective>("notice_effective_v1")
            .Map<NoticeEvent.NoticeRejected>("notice_rejected_v1")
            .Map<NoticeEvent.NoticeLapsed>("notice_lapsed_v1")
            .Map<ReporterEvent.FastLaneEntered>("fast_lane_entered_v1")
            .Map<ReporterEvent.FastLaneLeft>("fast_lane_left_v1")
            .Map<ReporterEvent.SignalRaised>("misuse_signal_raised_v1")
            .Map<ReporterEvent.MisuseWarned>("misuse_warned_v1")
            .Map<ReporterEvent.SuspensionProposed>("suspension_proposed_v1")
            .Map<ReporterEvent.ReporterSuspended>("reporter_suspended_v1")
            .Map<ReporterEvent.SuspensionAppealed>("suspension_appealed_v1")
            .Map<ReporterEvent.SuspensionConfirmed>("suspension_confirmed_v1")
            .Map<ReporterEvent.SuspensionLifted>("suspension_lifted_v1")
            .Map<PriorityEvent.PriorityContradictionFound>("priority_contradiction_found_v1")
            .Map<PriorityEvent.PartyHeard>("priority_party_heard_v1")
            .Map<PriorityEvent.DocumentReused>("document_reused_v1")
            .Map<PriorityEvent.PriorityDecided>("priority_decided_v1")
            .Map<MessageEvent.MessageSent>("message_sent_v1")
            .Map<StatementEvent.StatementIssued>("statement_issued_v1")
            .Map<StatementEvent.StatementCorrected>("statement_corrected_v1")
            .Map<StatementEvent.StatementEnded>("statement_ended_v1")
            .Map<ErasureEvent.ErasureRequested>("erasure_requested_v1")
            .Map<ErasureEvent.ErasureApproved>("erasure_approved_v1")
            .Map<ErasureEvent.ServiceErased>("service_erased_v1")
            .Map<HoldEvent.HoldPlaced>("hold_placed_v1")
            .Map<HoldEvent.HoldLifted>("hold_lifted_v1")
            .Map<RegimesChosen>("regimes_chosen_v1");
        options.Personal.Of<NoticePapers>(papers => papers.PersonId ?? papers.NoticeId, "elements.*", "urls.*");
        options.Projections.LiveStreamAggregation(ChosenRegimes.Initial, ChosenRegimes.Evolve);
        options.Projections.LiveStreamAggregation(CaseState.Initial, CaseState.Evolve);
        options.Projections.InlineSnapshot<CaseView>(CaseId.StreamPrefix, CaseView.Evolve, CaseView.Indexes);
        options.Projections.InlineSnapshot<CaseAgenda>(CaseId.StreamPrefix, (agenda, @event) => CaseAgenda.Evolve(agenda, @event, catalogue));
        options.Projections.LiveStreamAggregation(Notice.Initial, Notice.Evolve);
        options.Projections.InlineSnapshot<NoticeView>(NoticeView.StreamPrefix, NoticeView.Evolve);
        options.Projections.LiveStreamAggregation(Contradiction.Initial, Contradiction.Evolve);
        options.Projections.Document<KnownWork>();
        options.Projections.Document<KnownConflict>("(data ->> 'workId')", "(data ->> 'earlierWorkId')");
        options.Projections.Document<DocumentUse>();
        options.Projections.LiveStreamAggregation(Reporter.Initial, Reporter.Evolve);
        options.Projections.InlineSnapshot<ReporterView>(Reporter.StreamPrefix, ReporterView.Evolve, "(data ->> 'state'), id", $"{ListShape<ReporterView>.SortSql("changedAt")}, id");
        options.Projections.Document<ComplaintOutcome>("(data ->> 'accountId'), (data ->> 'result')");
        options.Projections.Document<ReporterFiling>("(data ->> 'accountId')");
        options.Projections.Document<ReporterLink>("(data ->> 'payoutHash')", "(data ->> 'deviceHash')");
        options.Projections.LiveStreamAggregation(StatementStream.Initial, StatementStream.Evolve);
        options.Projections.InlineSnapshot<StatementOfReasons>(StatementOfReasons.StreamPrefix, StatementStream.Evolve, "(data -> 'reasons' ->> 'caseId')", "(data -> 'reasons' ->> 'appliesFrom')");
        options.Projections.InlineSnapshot<NoticeAgenda>(NoticeView.StreamPrefix, NoticeAgenda.Evolve);
        options.Projections.LiveStreamAggregation(Erasure.Initial, Erasure.Evolve);
        options.Projections.InlineSnapshot<ErasureView>(ErasureView.StreamPrefix, ErasureView.Evolve);
        options.Projections.LiveStreamAggregation(Hold.Initial, Hold.Evolve);
        options.Projections.InlineSnapshot<HoldView>(HoldView.StreamPrefix, HoldView.Evolve, "(data ->> 'personId'), id");
        options.Projections.Document<KnownImage>();
        options.Projections.Document<NoticePapers>();
        options.SchemaScripts.Add(CaseView.Constraints);
        options.SchemaScripts.Add(GuestAccess.SchemaScript);
        options.SchemaScripts.Add(CaseAgenda.Table);
        options.SchemaScripts.Add(TransparencyQueue.Schema);
    }

    /// <summary>A clock that anybody could shift would decide lawsuits.</summary>
    private static bool IsVirtual(WebApplicationBuilder builder) => builder.Configuration.GetValue("Clock:Virtual", false)
        && (builder.Environment.IsDevelopment() ? true : throw new InvalidOperationException("Clock:Virtual is for development only; leave it out elsewhere."));

    private static void Matches(System.Text.Json.JsonSerializerOptions json)
    {
        json.DefaultIgnoreCondition = StoreOptions.Json.DefaultIgnoreCondition;
        foreach (var converter in StoreOptions.Json.Converters) json.Converters.Add(converter);
        json.Converters.Add(new LocalDateConverter());
    }
}
