using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Contents;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Features.Computing;
using ImageRights.Fingerprint.Features.Fingerprinting;
using ImageRights.Fingerprint.Features.ReadingFingerprints;
using ImageRights.Fingerprint.Features.Rendering;
using ImageRights.Fingerprint.Features.Renewing;
using ImageRights.Fingerprint.Picture;
using ImageRights.Fingerprint.Projections;
using ImageRights.Fingerprint.Publishing;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http.Description;
using ImageRights.ServiceDefaults.Messaging;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Transparency;
using MassTransit;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint;

/// <summary>The service's table of contents.</summary>
public static class Composition
{
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
        builder.Services.AddOptions<FingerprintOptions>().BindConfiguration("Fingerprint")
            .Validate(options => options is { DecoderProcesses: > 0, RequestsAtOnce: > 0, ContentTries: > 0, DecodeTries: > 0 }, "Fingerprint: DecoderProcesses, RequestsAtOnce, ContentTries and DecodeTries take 1 or more.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services => CreateDecoders(services.GetRequiredService<IOptions<FingerprintOptions>>().Value));
        builder.Services.AddHttpClient("ingestion").CallAsService();
        builder.Services
            .AddSingleton<IngestionContents>().AddSingleton<Admission>().AddSingleton<Fingerprinter>().AddSingleton<Renditions>()
            .AddSingleton<Foreground>().AddSingleton<PictureFinder>().AddSingleton<PendingPictures>().AddSingleton<PictureProcessor>().AddSingleton<Renewals>();
        builder.Services.AddHealthChecks().AddCheck<DecoderHealthCheck>("decoder", tags: ["ready"]).AddCheck<RenewalHealthCheck>("renewal", tags: ["ready"]);
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "fingerprint";
            options.ConnectionString = builder.Configuration.GetConnectionString("fingerprintdb")
                ?? throw new InvalidOperationException("ConnectionStrings:fingerprintdb is missing; start the service through AppHost or set ConnectionStrings__fingerprintdb.");
            Describe(options);
            options.KeepTransparencyLog(builder.Configuration["Transparency:SigningKey"]);
        });
        // After the store, whose tables they read.
        builder.Services.AddHostedService<PendingPictureWorker>().AddHostedService<RenewalWorker>();
        builder.AddBus("fingerprint", bus =>
        {
            bus.AddConsumer<ImageReceivedConsumer>();
            bus.AddConsumer<WorkRegisteredConsumer>();
        });

        var app = builder.Build();
        app.UseProblems();
        app.UseAccess();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapTransparencyLog();
        app.MapComputing();
        app.MapFingerprints();
        app.MapRenditions();
        app.MapRenewal();
        return app;
    }

    private static DecoderPool CreateDecoders(FingerprintOptions options) =>
        new(new DecoderPoolOptions { Workers = options.DecoderProcesses, Timeout = options.DecodeTimeout });

    /// <summary>What the store holds and who follows it.</summary>
    public static void Describe(StoreOptions options)
    {
        options.Events
            .Map<PictureFingerprinted>("picture_fingerprinted_v1")
            .Map<PictureUnreadable>("picture_unreadable_v1");
        options.Projections.LiveStreamAggregation(PictureState.Initial, PictureDecider.Evolve);
        options.Projections.InlineSnapshot<FingerprintView>(PictureDecider.StreamPrefix, FingerprintView.Evolve);
        options.Projections.Document<ComputedFingerprint>();
        options.SchemaScripts.Add(PendingPictures.SchemaScript);
        options.SchemaScripts.Add(Renewals.SchemaScript);
        options.PublishFacts(FingerprintContracts.Translate);
    }
}
