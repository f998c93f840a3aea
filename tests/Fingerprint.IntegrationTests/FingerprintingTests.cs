using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Hashing;
using ImageRights.ServiceDefaults;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static ImageRights.Fingerprint.IntegrationTests.Surroundings;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>What a message of Ingestion leads to when all goes well, and when the picture is to blame.</summary>
public class FingerprintingTests(FingerprintService service) : IClassFixture<FingerprintService>
{
    private readonly Surroundings surroundings = service.Surroundings;

    [Fact]
    public async Task An_upload_is_fingerprinted_as_the_reference_does_it()
    {
        var image = NewImage();
        var sha256 = surroundings.Vault.Hold(Pictures.Bridge);
        await surroundings.PublishAsync(Upload(image, sha256));

        var said = await surroundings.FingerprintOfAsync(image);
        (said.Role, said.SubjectId, said.AccountId, said.Surface, said.ListingId, said.Sha256, said.Algorithm, said.OccurredAt)
            .ShouldBe((PictureRole.Upload, image, "seller", (Surface?)Surface.Listing, "listing_1", sha256, "pdq/1", Noon));
        said.PdqQuality.ShouldBeGreaterThanOrEqualTo(80);
        said.PdqDihedrals[0].ShouldBe(said.Pdq);
        said.PdqDihedrals.Count.ShouldBe(8);
        foreach (var (ours, theirs) in said.PdqDihedrals.Zip(Pictures.BridgeHashes))
            Pdq.Parse(ours).Distance(Pdq.Parse(theirs)).ShouldBeLessThanOrEqualTo(10);
        surroundings.Said(image).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Read_models_rebuilt_beside_the_running_service_equal_the_live_ones()
    {
        var image = NewImage();
        await surroundings.PublishAsync(Upload(image, surroundings.Vault.Hold(Pictures.New())));
        await surroundings.FingerprintOfAsync(image);

        (await ServiceRun.RebuildAsync(service.Replica.Services.GetRequiredService<DocumentStore>(), [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Replica.Services.GetRequiredService<DocumentStore>(), [], onlyCompare: false, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Replica.Services.GetRequiredService<DocumentStore>(), [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
    }

    [Fact]
    public async Task A_work_is_fingerprinted_without_surface_and_listing()
    {
        var work = NewWork();
        await surroundings.PublishAsync(Work(work, surroundings.Vault.Hold(Pictures.New())));
        var said = await surroundings.FingerprintOfAsync(work);
        (said.Role, said.SubjectId, said.AccountId, said.Surface, said.ListingId).ShouldBe((PictureRole.Work, work, "author", null, null));
    }

    [Fact]
    public async Task What_was_asked_for_before_is_not_fetched_and_decoded_again()
    {
        var bytes = Pictures.New();
        var sha256 = surroundings.Vault.Hold(bytes);
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        (await service.Replica.Http.PostAsync("/v1/fingerprints", content)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var (first, second) = (NewImage(), NewWork());
        await surroundings.PublishAsync(Upload(first, sha256));
        await surroundings.PublishAsync(Work(second, sha256));
        (await surroundings.FingerprintOfAsync(first)).Pdq.ShouldBe((await surroundings.FingerprintOfAsync(second)).Pdq);
        surroundings.Vault.Requests(sha256).ShouldBe(0);
    }

    [Fact]
    public async Task Bytes_that_do_not_decode_are_said_to_be_unreadable_with_the_code()
    {
        var whole = Pictures.New();
        foreach (var (bytes, code) in new[] { (whole[..(whole.Length / 2)], "Image_Truncated"), ("GIF, not"u8.ToArray(), "Image_Format_Unsupported"), (Array.Empty<byte>(), "Image_Empty") })
        {
            var image = NewImage();
            var sha256 = surroundings.Vault.Hold(bytes);
            await surroundings.PublishAsync(Upload(image, sha256));
            var said = await surroundings.UnreadableAsync(image);
            (said.Code, said.Role, said.AccountId, said.Surface, said.ListingId, said.Sha256, said.OccurredAt)
                .ShouldBe((code, PictureRole.Upload, "seller", (Surface?)Surface.Listing, "listing_1", sha256, Noon));
            surroundings.Vault.Requests(sha256).ShouldBe(1, "bytes that are bad once are bad for good");
        }
    }

    [Fact]
    public async Task Content_that_the_vault_never_has_is_given_up_after_the_tries()
    {
        var image = NewImage();
        var sha256 = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await surroundings.PublishAsync(Upload(image, sha256));
        (await surroundings.UnreadableAsync(image)).Code.ShouldBe("Image_Content_Missing");
        surroundings.Vault.Requests(sha256).ShouldBe(3);
        (await surroundings.ScalarAsync<long>("select count(*) from pending_pictures where subject_id = $1", image)).ShouldBe(0);
    }

    [Fact]
    public async Task Content_that_comes_late_is_fingerprinted()
    {
        var image = NewImage();
        var bytes = Pictures.New();
        var sha256 = surroundings.Vault.Hold(bytes);
        surroundings.Vault.Answer(sha256, async (context, request) =>
        {
            if (request < 3) context.Response.StatusCode = 404;
            else await context.Response.Body.WriteAsync(bytes);
        });
        await surroundings.PublishAsync(Upload(image, sha256));
        await surroundings.FingerprintOfAsync(image);
        surroundings.Said(image).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Other_bytes_than_were_handed_in_are_never_fingerprinted()
    {
        var image = NewImage();
        var sha256 = surroundings.Vault.Hold(Pictures.New());
        var other = Pictures.New();
        surroundings.Vault.Answer(sha256, (context, _) => context.Response.Body.WriteAsync(other).AsTask());
        await surroundings.PublishAsync(Upload(image, sha256));
        (await surroundings.UnreadableAsync(image)).Code.ShouldBe("Image_Content_Altered");
    }

    [Fact]
    public async Task Content_that_the_vault_finds_damaged_is_given_up_though_it_answers_500()
    {
        var image = NewImage();
        var sha256 = surroundings.Vault.Hold(Pictures.New());
        surroundings.Vault.Answer(sha256, async (context, _) =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsJsonAsync(new { code = "Content_Damaged" });
        });
        await surroundings.PublishAsync(Upload(image, sha256));
        (await surroundings.UnreadableAsync(image)).Code.ShouldBe("Image_Content_Altered");
    }

    [Fact]
    public async Task A_transfer_that_breaks_off_is_made_again()
    {
        var image = NewImage();
        var bytes = Pictures.New();
        var sha256 = surroundings.Vault.Hold(bytes);
        surroundings.Vault.Answer(sha256, async (context, request) =>
        {
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, request == 1 ? bytes.Length / 2 : bytes.Length));
            await context.Response.Body.FlushAsync();
            if (request == 1) context.Abort();
        });
        await surroundings.PublishAsync(Upload(image, sha256));
        await surroundings.FingerprintOfAsync(image);
        surroundings.Vault.Requests(sha256).ShouldBe(2);
    }

    [Fact]
    public async Task The_trace_of_the_upload_goes_on_through_the_waiting()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or "ImageRights.Fingerprint",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var (direct, delayed) = (NewImage(), NewImage());
        var bytes = Pictures.New();
        var sha256 = surroundings.Vault.Hold(Pictures.New());
        var late = surroundings.Vault.Hold(bytes);
        surroundings.Vault.Answer(late, async (context, request) =>
        {
            if (request == 1) context.Response.StatusCode = 503;
            else await context.Response.Body.WriteAsync(bytes);
        });
        using var upload = new Activity("upload").SetIdFormat(ActivityIdFormat.W3C).Start();
        upload.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        await surroundings.PublishAsync(Upload(direct, sha256));
        await surroundings.PublishAsync(Upload(delayed, late));
        await surroundings.FingerprintOfAsync(direct);
        await surroundings.FingerprintOfAsync(delayed);
        foreach (var image in new[] { direct, delayed })
        {
            (await surroundings.ScalarAsync<string>("select headers ->> 'traceparent' from mt_events where stream_id = $1", $"fingerprint-{image}"))
                .ShouldContain(upload.TraceId.ToString());
        }
    }
}
