using ImageRights.CaseManagement.CaseFiles;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Features.Closing;
using ImageRights.CaseManagement.Features.CounterNoticing;
using ImageRights.CaseManagement.Features.Dismissing;
using ImageRights.CaseManagement.Features.Erasing;
using ImageRights.CaseManagement.Features.ExportingCases;
using ImageRights.CaseManagement.Features.Noticing;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.ReadingCases;
using ImageRights.CaseManagement.Features.ReadingRegimes;
using ImageRights.CaseManagement.Features.Reinstating;
using ImageRights.CaseManagement.Features.Settling;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.Features.TakingDown;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Publishing;
using ImageRights.CaseManagement.Regimes;
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
        builder.Services.AddHttpClient(nameof(CaseFileSources), client => client.MaxResponseContentBufferSize = CaseFileSources.LargestAnswer);
        builder.Services.AddSingleton<CaseFileSources>();
        builder.Services.AddProblems(typeof(Composition).Assembly);
        builder.AddApiDescription(Api.Description);
        builder.Services.ConfigureHttpJsonOptions(json => Matches(json.SerializerOptions));
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "casemanagement";
            options.ConnectionString = builder.Configuration.GetConnectionString("casesdb")
                ?? throw new InvalidOperationException("ConnectionStrings:casesdb is missing; start the service through AppHost or set ConnectionStrings__casesdb.");
            Register(options);
            options.PublishFacts(CaseManagementContracts.Translate);
            options.SealPersonalData(builder.Configuration["Personal:Key"]);
            options.KeepTransparencyLog(builder.Configuration["Transparency:SigningKey"]);
            options.AskForTimeStamps(builder.Configuration["Transparency:TimeStampAuthority"], builder.Configuration.GetValue<TimeSpan?>("Transparency:TimeStampInterval"));
        });
        builder.AddBus("casemanagement", bus =>
        {
            bus.AddConsumer<ImageScreenedConsumer>();
            bus.AddConsumer<CopyFoundConsumer>();
            bus.AddConsumer<ErasureApprovedConsumer>();
            bus.AddConsumer<PersonErasedConsumer>();
        });

        var app = builder.Build();
        app.UseProblems();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapTransparencyLog();
        app.MapReports();
        app.MapNotices();
        app.MapCases();
        app.MapExport();
        app.MapTakedown();
        app.MapDismissal();
        app.MapCounterNotice();
        app.MapReinstatement();
        app.MapSettlement();
        app.MapClosure();
        app.MapErasures();
        app.MapHolds();
        app.MapRegimes();
        app.MapSimulations();
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
            .Map<ErasureEvent.ErasureApproved>("erasure_approved_v1")
            .Map<ErasureEvent.ServiceErased>("service_erased_v1")
            .Map<HoldEvent.HoldPlaced>("hold_placed_v1")
            .Map<HoldEvent.HoldLifted>("hold_lifted_v1");
        options.Personal.Of<NoticePapers>(papers => papers.PersonId ?? papers.NoticeId, "elements.*", "urls.*");
        options.Projections.LiveStreamAggregation(CaseState.Initial, CaseState.Evolve);
        options.Projections.InlineSnapshot<CaseView>(CaseId.StreamPrefix, CaseView.Evolve, CaseView.Indexes);
        options.Projections.LiveStreamAggregation(Notice.Initial, Notice.Evolve);
        options.Projections.InlineSnapshot<NoticeView>(NoticeView.StreamPrefix, NoticeView.Evolve);
        options.Projections.LiveStreamAggregation(Erasure.Initial, Erasure.Evolve);
        options.Projections.InlineSnapshot<ErasureView>(ErasureView.StreamPrefix, ErasureView.Evolve);
        options.Projections.LiveStreamAggregation(Hold.Initial, Hold.Evolve);
        options.Projections.InlineSnapshot<HoldView>(HoldView.StreamPrefix, HoldView.Evolve, "(data ->> 'personId'), id");
        options.Projections.Document<KnownImage>();
        options.Projections.Document<NoticePapers>();
        options.SchemaScripts.Add(CaseView.Constraints);
    }

    private static void Matches(System.Text.Json.JsonSerializerOptions json)
    {
        json.DefaultIgnoreCondition = StoreOptions.Json.DefaultIgnoreCondition;
        foreach (var converter in StoreOptions.Json.Converters) json.Converters.Add(converter);
        json.Converters.Add(new LocalDateConverter());
    }
}
