using ImageRights.EventStore;
using ImageRights.Matching.Features.DescribingCommonness;
using ImageRights.Matching.Features.DescribingIndex;
using ImageRights.Matching.Features.DescribingWorkSearches;
using ImageRights.Matching.Features.ListingCopies;
using ImageRights.Matching.Features.ListingScreenings;
using ImageRights.Matching.Features.RecordingFingerprints;
using ImageRights.Matching.Features.RecordingLicences;
using ImageRights.Matching.Features.RecordingRemovals;
using ImageRights.Matching.Features.RecordingSellers;
using ImageRights.Matching.Features.RecordingSuspensions;
using ImageRights.Matching.Features.RecordingWithdrawals;
using ImageRights.Matching.Features.Rescanning;
using ImageRights.Matching.Features.ScreeningPictures;
using ImageRights.Matching.Features.Searching;
using ImageRights.Matching.Index;
using ImageRights.Matching.Intervals;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Projections;
using ImageRights.Matching.Publishing;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Suspensions;
using ImageRights.Matching.Screening;
using ImageRights.Matching.Sellers;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http.Description;
using ImageRights.ServiceDefaults.Messaging;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Transparency;
using MassTransit;

namespace ImageRights.Matching;

/// <summary>The service's table of contents.</summary>
public static class Composition
{
    // A page is answered as a whole; a shorter page brings the first answer sooner.
    private const int ScreenerPage = 100;

    /// <summary>Puts the service together.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.Services.AddProblems(typeof(Composition).Assembly);
        builder.AddAccess();
        builder.AddApiDescription(Api.Description);
        builder.Services.ConfigureHttpJsonOptions(http =>
        {
            http.SerializerOptions.DefaultIgnoreCondition = StoreOptions.Json.DefaultIgnoreCondition;
            foreach (var converter in StoreOptions.Json.Converters) http.SerializerOptions.Converters.Add(converter);
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddOptions<MatchingOptions>().BindConfiguration("Matching")
            .Validate(options => options.MaxDistance is >= 0 and <= 256, "Matching:MaxDistance takes 0 to 256 bits.")
            .Validate(options => options.MinQuality is >= 0 and <= 100, "Matching:MinQuality takes 0 to 100.")
            .Validate(options => options.RecentUploads >= 1, "Matching:RecentUploads takes 1 upload or more.")
            .Validate(options => options.CommonFrom >= 2, "Matching:CommonFrom takes 2 accounts or more.")
            .Validate(options => options.HasValidLimits(), "Matching: a bank's limits take scores above 0 up to 1, and review begins before auto.")
            .ValidateOnStart();
        builder.Services.AddSingleton<PictureIndex>().AddSingleton<Search>().AddSingleton<Rescanner>().AddSingleton<Screener>();
        builder.Services.AddHealthChecks().AddCheck<IndexHealthCheck>("index", tags: ["ready"]);
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "matching";
            options.ConnectionString = builder.Configuration.GetConnectionString("matchingdb")
                ?? throw new InvalidOperationException("ConnectionStrings:matchingdb is missing; start the service through AppHost or set ConnectionStrings__matchingdb.");
            Describe(options);
            options.KeepTransparencyLog(builder.Configuration["Transparency:SigningKey"]);
        });
        builder.AddBus("matching", bus =>
        {
            bus.AddConsumer<ImageFingerprintedConsumer>();
            bus.AddConsumer<ImageUnreadableConsumer>();
            bus.AddConsumer<ImageWithdrawnConsumer>();
            bus.AddConsumer<WorkWithdrawnConsumer>();
            bus.AddConsumer<WorkSuspendedConsumer>();
            bus.AddConsumer<WorkResumedConsumer>();
            bus.AddConsumer<LicenceGrantedConsumer>();
            bus.AddConsumer<LicenceEndedConsumer>();
            bus.AddConsumer<MeasureAppliedConsumer>();
            bus.AddConsumer<MeasureLiftedConsumer>();
            bus.AddConsumer<SellerReportedConsumer>();
            bus.AddConsumer<SellerContactErasedConsumer>();
        });

        var app = builder.Build();
        app.UseProblems();
        app.UseAccess();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapTransparencyLog();
        app.MapScreenings();
        app.MapCopies();
        app.MapWorkSearches();
        app.MapSearches();
        app.MapCommonness();
        app.MapRescans();
        app.MapIndex();
        return app;
    }

    /// <summary>What the store holds and who follows it.</summary>
    public static void Describe(StoreOptions options)
    {
        options.Events
            .Map<FingerprintRecorded>("fingerprint_recorded_v1")
            .Map<FingerprintRenewed>("fingerprint_renewed_v1")
            .Map<UnreadableRecorded>("unreadable_recorded_v1")
            .Map<PictureWithdrawn>("picture_withdrawn_v1")
            .Map<WorkWithdrawn>("work_withdrawn_v1")
            .Map<LicenceRecorded>("licence_recorded_v1")
            .Map<LicenceEndRecorded>("licence_ended_recorded_v1")
            .Map<RemovalRecorded>("removal_recorded_v1")
            .Map<RemovalEndRecorded>("removal_ended_recorded_v1")
            .Map<SuspensionRecorded>("suspension_recorded_v1")
            .Map<SuspensionEndRecorded>("suspension_ended_recorded_v1")
            .Map<SellerRecorded>("seller_recorded_v1")
            .Map<ImageScreened>("image_screened_v1")
            .Map<CopyFound>("copy_found_v1")
            .Map<OwnershipConflictFound>("ownership_conflict_found_v1")
            .Map<WorkSearchRequested>("work_search_requested_v1")
            .Map<WorkSearched>("work_searched_v1")
            .Map<RescanRequested>("rescan_requested_v1")
            .Map<RescanAdvanced>("rescan_advanced_v1");
        options.Projections.LiveStreamAggregation(ScreeningState.Initial, ScreeningDecider.Evolve);
        options.Projections.LiveStreamAggregation(IntervalState.Initial, Interval.Evolve);
        options.Projections.LiveStreamAggregation(SellerState.Initial, Seller.Evolve);
        options.Projections.InlineSnapshot<ScreeningView>(ScreeningDecider.StreamPrefix, ScreeningView.Evolve, ScreeningView.Indexes);
        options.Projections.InlineSnapshot<WorkSearchView>(ScreeningDecider.StreamPrefix, WorkSearchView.Evolve, WorkSearchView.Indexes);
        options.Projections.Document<CopyView>();
        options.Projections.Document<RescanView>();
        options.SchemaScripts.Add(RescanView.Constraints);
        options.FollowInMemory(PictureIndex.FollowerName, services => services.GetRequiredService<PictureIndex>());
        options.Follow(Screener.FollowerName, services => services.GetRequiredService<Screener>(), ScreenerPage);
        options.PublishFacts(MatchingContracts.Translate);
    }
}
