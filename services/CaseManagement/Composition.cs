using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.Closing;
using ImageRights.CaseManagement.Features.CounterNoticing;
using ImageRights.CaseManagement.Features.Dismissing;
using ImageRights.CaseManagement.Features.Noticing;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.ReadingCases;
using ImageRights.CaseManagement.Features.ReadingRegimes;
using ImageRights.CaseManagement.Features.Reinstating;
using ImageRights.CaseManagement.Features.Settling;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Features.StatingReasons;
using ImageRights.CaseManagement.Features.SubmittingStatements;
using ImageRights.CaseManagement.Features.TakingDown;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Publishing;
using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
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
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(RegimeCatalogue.BuiltIn());
        builder.Services.AddSingleton(builder.Configuration["Reporters:PolicyFile"] is { Length: > 0 } file ? ReporterPolicies.Parse(File.ReadAllText(file)) : ReporterPolicies.BuiltIn());
        builder.Services.AddTransparencyDatabase(builder.Configuration.GetSection("TransparencyDatabase"));
        builder.Services.AddProblems(typeof(Composition).Assembly);
        builder.AddApiDescription(Api.Description);
        builder.Services.ConfigureHttpJsonOptions(json => Matches(json.SerializerOptions));
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "casemanagement";
            options.ConnectionString = builder.Configuration.GetConnectionString("casesdb")
                ?? throw new InvalidOperationException("ConnectionStrings:casesdb is missing; start the service through AppHost or set ConnectionStrings__casesdb.");
            Register(options);
            options.Follow("reporters", provider => new ReporterFollower(provider.GetRequiredService<ReporterPolicies>()));
            options.PublishFacts(CaseManagementContracts.Translate);
            options.KeepTransparencyLog(builder.Configuration["Transparency:SigningKey"]);
        });
        builder.AddBus("casemanagement", bus =>
        {
            bus.AddConsumer<ImageScreenedConsumer>();
            bus.AddConsumer<CopyFoundConsumer>();
        });

        var app = builder.Build();
        app.UseProblems();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapTransparencyLog();
        app.MapReports();
        app.MapNotices();
        app.MapCases();
        app.MapTakedown();
        app.MapDismissal();
        app.MapCounterNotice();
        app.MapReinstatement();
        app.MapSettlement();
        app.MapClosure();
        app.MapRegimes();
        app.MapSimulations();
        app.MapReporters();
        app.MapStatementsOfReasons();
        app.MapTransparencySubmissions();
        return app;
    }

    /// <summary>Names, aggregates and read models; apart so that tests read the same table.</summary>
    public static void Register(StoreOptions options)
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
            .Map<StatementEvent.StatementIssued>("statement_issued_v1")
            .Map<StatementEvent.StatementCorrected>("statement_corrected_v1")
            .Map<StatementEvent.StatementEnded>("statement_ended_v1");
        options.Projections.LiveStreamAggregation(CaseState.Initial, CaseState.Evolve);
        options.Projections.InlineSnapshot<CaseView>(CaseId.StreamPrefix, CaseView.Evolve, CaseView.Indexes);
        options.Projections.LiveStreamAggregation(Notice.Initial, Notice.Evolve);
        options.Projections.InlineSnapshot<NoticeView>(NoticeView.StreamPrefix, NoticeView.Evolve);
        options.Projections.LiveStreamAggregation(Reporter.Initial, Reporter.Evolve);
        options.Projections.InlineSnapshot<ReporterView>(Reporter.StreamPrefix, ReporterView.Evolve, "(data ->> 'state'), id");
        options.Projections.Document<ComplaintOutcome>("(data ->> 'accountId'), (data ->> 'result')");
        options.Projections.Document<ReporterFiling>("(data ->> 'accountId')");
        options.Projections.Document<ReporterLink>("(data ->> 'payoutHash')", "(data ->> 'deviceHash')");
        options.Projections.LiveStreamAggregation(StatementStream.Initial, StatementStream.Evolve);
        options.Projections.InlineSnapshot<StatementOfReasons>(StatementOfReasons.StreamPrefix, StatementStream.Evolve, "(data -> 'reasons' ->> 'caseId')", "(data -> 'reasons' ->> 'appliesFrom')");
        options.Projections.Document<KnownImage>();
        options.Projections.Document<NoticePapers>();
        options.SchemaScripts.Add(CaseView.Constraints);
        options.SchemaScripts.Add(TransparencyQueue.Schema);
    }

    private static void Matches(System.Text.Json.JsonSerializerOptions json)
    {
        json.DefaultIgnoreCondition = StoreOptions.Json.DefaultIgnoreCondition;
        foreach (var converter in StoreOptions.Json.Converters) json.Converters.Add(converter);
        json.Converters.Add(new LocalDateConverter());
    }
}
