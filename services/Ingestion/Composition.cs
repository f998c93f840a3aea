using ImageRights.EventStore;
using ImageRights.Ingestion.Decoding;
using ImageRights.Ingestion.Erasures;
using ImageRights.Ingestion.Features.EndingLicences;
using ImageRights.Ingestion.Features.Erasing;
using ImageRights.Ingestion.Features.ForgettingSellers;
using ImageRights.Ingestion.Features.GrantingLicences;
using ImageRights.Ingestion.Features.HearingEvents;
using ImageRights.Ingestion.Features.PreChecking;
using ImageRights.Ingestion.Features.ReadingImages;
using ImageRights.Ingestion.Features.ReadingLicences;
using ImageRights.Ingestion.Features.ReadingSellers;
using ImageRights.Ingestion.Features.ReadingSettlements;
using ImageRights.Ingestion.Features.ReadingWorks;
using ImageRights.Ingestion.Features.ReceivingImages;
using ImageRights.Ingestion.Features.RegisteringWorks;
using ImageRights.Ingestion.Features.ReplayingParkedEvents;
using ImageRights.Ingestion.Features.ServingContents;
using ImageRights.Ingestion.Features.StatingLimits;
using ImageRights.Ingestion.Features.SuspendingWorks;
using ImageRights.Ingestion.Features.WithdrawingImages;
using ImageRights.Ingestion.Features.WithdrawingWorks;
using ImageRights.Ingestion.Fetching;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Inbound;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Probing;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Publishing;
using ImageRights.Ingestion.Sellers;
using ImageRights.Ingestion.Settlements;
using ImageRights.Ingestion.Slots;
using ImageRights.Ingestion.Vault;
using ImageRights.Ingestion.Verdicts;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http.Description;
using ImageRights.ServiceDefaults.Http.Egress;
using ImageRights.ServiceDefaults.Messaging;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Transparency;
using MassTransit;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ImageRights.Ingestion;

/// <summary>The service's table of contents.</summary>
public static class Composition
{
    /// <summary>Builds the service; nothing runs yet.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or unfit; the message says what to set.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.Services.AddProblems(typeof(Composition).Assembly);
        builder.AddAccess();
        builder.AddApiDescription(Api.Description);
        builder.Services.AddEventStore(options =>
        {
            Configure(options, builder.Configuration.GetConnectionString("ingestiondb")
                ?? throw new InvalidOperationException("ConnectionStrings:ingestiondb is missing; start the service through AppHost or set ConnectionStrings__ingestiondb."));
            options.SealPersonalData(builder.Configuration["Personal:Key"]);
            options.KeepTransparencyLog(builder.Configuration["Transparency:SigningKey"]);
            options.AskForTimeStamps(builder.Configuration["Transparency:TimeStampAuthority"], builder.Configuration.GetValue<TimeSpan?>("Transparency:TimeStampInterval"));
        });
        builder.AddBus("ingestion", bus => bus.AddConsumer<ErasureApprovedConsumer>());

        var limits = builder.Configuration.GetSection("Limits").Get<PictureLimits>() ?? new PictureLimits();
        builder.Services.AddSingleton(limits);
        builder.Services.AddSingleton(builder.Configuration.GetSection("Uploads").Get<UploadOptions>() ?? new UploadOptions());
        builder.Services.AddSingleton(builder.Configuration.GetSection("Works").Get<RegistrationRules>() ?? new RegistrationRules());
        builder.Services.AddSingleton(VaultOptions.Read(builder.Configuration));
        builder.Services.AddSingleton<ContentVault>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHttpClient<FingerprintClient>(FingerprintClient.Configure).CallAsService();
        builder.Services.AddHttpClient<MatchingClient>(MatchingClient.Configure).CallAsService();
        builder.Services.AddTransient<PictureIntake>();
        var fetch = FetchOptions.FromConfiguration(builder.Configuration.GetSection("Fetch"));
        builder.Services.AddSingleton(fetch).AddSingleton(new EgressPolicy(fetch.Egress)).AddSingleton<PictureFetcher>();
        builder.Services.AddSingleton<Parking>().AddTransient<InboundHandler>();
        builder.Services.AddHostedService<InboundQueue>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = (long)limits.Bytes * UploadOptions.DrainedTimes + UploadOptions.FormOverhead;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(10));
        });
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.DefaultIgnoreCondition = StoreOptions.Json.DefaultIgnoreCondition;
            foreach (var converter in StoreOptions.Json.Converters) options.SerializerOptions.Converters.Add(converter);
        });

        var app = builder.Build();
        app.Services.GetRequiredService<ContentVault>().Prepare(DateTimeOffset.UtcNow);
        app.UseProblems();
        app.UseAccess();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapTransparencyLog();
        var images = app.MapGroup("/v1/images").WithTags("Images").Requires(Permission.ImagesRead);
        images.MapReceiveImage();
        images.MapWithdrawImage();
        images.MapReadImages();
        var works = app.MapGroup("/v1/works").WithTags("Works").Requires(Permission.WorksRead);
        works.MapRegisterWork();
        works.MapWithdrawWork();
        works.MapSuspendWork();
        works.MapReadWorks();
        var licences = app.MapGroup("/v1/licences").WithTags("Licences").Requires(Permission.LicencesRead);
        licences.MapGrantLicence();
        licences.MapEndLicence();
        licences.MapReadLicences();
        app.MapReadSellers();
        app.MapForgetSeller();
        app.MapReadSettlements();
        app.MapPreChecks();
        app.MapEvents();
        app.MapParkedEvents();
        app.MapLimits();
        app.MapContents();
        return app;
    }

    /// <summary>Facts, state, read models and what is published.</summary>
    public static void Configure(StoreOptions options, string connectionString)
    {
        options.ServiceName = "ingestion";
        options.ConnectionString = connectionString;
        options.Events
            .Map<ImageReceived>("image_received_v1")
            .Map<ImageWithdrawn>("image_withdrawn_v1")
            .Map<WorkRegistered>("work_registered_v1")
            .Map<WorkWithdrawn>("work_withdrawn_v1")
            .Map<WorkSuspended>("work_suspended_v1")
            .Map<WorkResumed>("work_resumed_v1")
            .Map<LicenceGranted>("licence_granted_v1")
            .Map<LicenceEnded>("licence_ended_v1")
            .Map<PicturePlaced>("picture_placed_v1")
            .Map<PictureRemoved>("picture_removed_v1")
            .Map<SellerReported>("seller_reported_v1")
            .Map<SellerContactErased>("seller_contact_erased_v1")
            .Map<SettlementPaid>("settlement_paid_v1")
            .Map<SettlementWithdrawn>("settlement_withdrawn_v1")
            .Map<PersonErased>("person_erased_v1");
        // What a file says of people, and who is credited. Whoever uploaded it is who may ask for its erasure.
        string[] metadata = ["metadata.creator", "metadata.copyrightNotice", "metadata.credit", "metadata.licensor", "metadata.licensorUrl"];
        options.Personal
            .Of<ImageReceived>(e => e.AccountId, metadata)
            .Of<ImageView>(view => view.AccountId, metadata)
            .Of<WorkRegistered>(e => e.AccountId, ["author", .. metadata])
            .Of<WorkView>(view => view.AccountId, ["author", .. metadata])
            .Of<SellerContact>(contact => contact.AccountId, "displayName", "email");
        options.Projections.LiveStreamAggregation(ImageState.Initial, Image.Evolve);
        options.Projections.LiveStreamAggregation(WorkState.Initial, Work.Evolve);
        options.Projections.LiveStreamAggregation(LicenceState.Initial, Licence.Evolve);
        options.Projections.LiveStreamAggregation(SlotState.Initial, Slot.Evolve);
        options.Projections.LiveStreamAggregation(SellerState.Initial, Seller.Evolve);
        options.Projections.LiveStreamAggregation(SettlementState.Initial, Settlement.Evolve);
        options.Projections.Document<SellerContact>();
        options.Projections.LiveStreamAggregation(ErasureState.Initial, ErasureState.Evolve);
        options.Projections.Document<ParkedEvent>(ParkedEvent.Indexes);
        options.Projections.InlineSnapshot<ImageView>(Image.StreamPrefix, ImageView.Evolve, "(data ->> 'accountId'), id");
        options.Projections.InlineSnapshot<WorkView>(Work.StreamPrefix, WorkView.Evolve, "(data ->> 'accountId'), id");
        options.Projections.InlineSnapshot<LicenceView>(Licence.StreamPrefix, LicenceView.Evolve, "(data ->> 'workId'), id");
        options.Projections.InlineSnapshot<SellerView>(Seller.StreamPrefix, SellerView.Evolve, SellerView.Indexes);
        options.Projections.InlineSnapshot<SettlementView>(Settlement.StreamPrefix, SettlementView.Evolve, SettlementView.Indexes);
        options.PublishFacts(IngestionContracts.Translate);
    }
}
