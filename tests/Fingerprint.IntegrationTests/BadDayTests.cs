using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Http;
using static ImageRights.Fingerprint.IntegrationTests.Surroundings;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>Redelivery, replicas, kills and outages: every picture's fingerprint arrives, once.</summary>
public class BadDayTests
{
    [Fact]
    public async Task The_same_message_delivered_again_and_again_has_one_effect()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        var (image, message) = (NewImage(), Guid.NewGuid());
        var upload = Upload(image, surroundings.Vault.Hold(Pictures.New()));
        await surroundings.PublishAsync(upload, message);
        await surroundings.FingerprintOfAsync(image);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => surroundings.PublishAsync(upload, message)));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => surroundings.PublishAsync(upload)));
        await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync(UploadQueue)).ShouldBe(0u));
        await replica.StopAsync();
        await ShouldBeSaidOnceAsync(surroundings, [image]);
    }

    [Fact]
    public async Task Two_replicas_share_the_work_and_say_everything_once_though_each_message_comes_twice_at_once()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var one = await Replica.StartAsync(surroundings);
        await using var other = await Replica.StartAsync(surroundings);
        var uploads = Enumerable.Range(0, 30).Select(_ => (Message: Guid.NewGuid(), Upload: Upload(NewImage(), surroundings.Vault.Hold(Pictures.New())))).ToList();
        await Task.WhenAll(uploads.Concat(uploads).Select(pair => surroundings.PublishAsync(pair.Upload, pair.Message)));
        foreach (var (_, upload) in uploads) await surroundings.FingerprintOfAsync(upload.ImageId);
        await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync(UploadQueue)).ShouldBe(0u));
        await one.StopAsync();
        await other.StopAsync();
        await ShouldBeSaidOnceAsync(surroundings, [.. uploads.Select(pair => pair.Upload.ImageId)]);
    }

    [Fact]
    public async Task A_decoder_that_is_killed_in_the_middle_of_a_picture_costs_nothing()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        var image = NewImage();
        var sha256 = surroundings.Vault.Hold(Pictures.New());
        await replica.KillDecoderInTheMiddleOfAsync(() => surroundings.PublishAsync(Upload(image, sha256)));
        await surroundings.FingerprintOfAsync(image);
        await ShouldBeSaidOnceAsync(surroundings, [image]);
    }

    [Theory]
    [InlineData("down")]
    [InlineData("busy")]
    [InlineData("silent")]
    public async Task An_outage_of_ingestion_delays_pictures_holds_up_nobody_else_and_outlives_a_restart(string outage)
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var before = await Replica.StartAsync(surroundings, "--Fingerprint:FetchTimeout=00:00:00.500");
        var known = Upload(NewImage(), surroundings.Vault.Hold(Pictures.New()));
        await surroundings.PublishAsync(known);
        await surroundings.FingerprintOfAsync(known.ImageId);
        if (outage == "down") await surroundings.Vault.DownAsync();
        else surroundings.Vault.Trouble = context => outage == "busy" ? Answer(context, 503) : Task.Delay(Timeout.Infinite, context.RequestAborted);

        var uploads = Enumerable.Range(0, 12).Select(_ => Upload(NewImage(), surroundings.Vault.Hold(Pictures.New()))).ToList();
        await Task.WhenAll(uploads.Select(upload => surroundings.PublishAsync(upload)));
        // More attempts than a picture may be missing, and time for the bus's own retries to end in an error queue.
        await Eventually.HoldsAsync(
            async () => (await surroundings.ScalarAsync<long>("select count(*) from pending_pictures where tries > 5")).ShouldBe(uploads.Count), Patience, "the waiting of all pictures");
        var meanwhile = NewImage();
        await surroundings.PublishAsync(known with { ImageId = meanwhile });
        await surroundings.FingerprintOfAsync(meanwhile);

        await before.StopAsync();
        uploads.ShouldAllBe(upload => surroundings.Said(upload.ImageId).Count == 0);
        await using var after = await Replica.StartAsync(surroundings);
        if (outage == "down") await surroundings.Vault.UpAsync();
        else surroundings.Vault.Trouble = null;
        foreach (var upload in uploads) await surroundings.FingerprintOfAsync(upload.ImageId);
        await Eventually.HoldsAsync(async () => (await surroundings.PendingAsync()).ShouldBe(0));
        await after.StopAsync();
        await ShouldBeSaidOnceAsync(surroundings, [known.ImageId, meanwhile, .. uploads.Select(upload => upload.ImageId)]);

        static Task Answer(HttpContext context, int status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_service_that_is_killed_at_work_loses_nothing_and_its_decoders_end_with_it()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pictures = Enumerable.Range(0, 10).Select(_ => Pictures.New()).ToList();
        var uploads = pictures.Select(bytes =>
        {
            var sha256 = surroundings.Vault.Hold(bytes);
            surroundings.Vault.Answer(sha256, async (context, _) =>
            {
                await gate.Task.WaitAsync(context.RequestAborted);
                await context.Response.Body.WriteAsync(bytes);
            });
            return Upload(NewImage(), sha256);
        }).ToList();
        using (var victim = await ReplicaProcess.StartAsync(surroundings))
        {
            await Task.WhenAll(uploads.Select(upload => surroundings.PublishAsync(upload)));
            await Eventually.HoldsAsync(() =>
            {
                uploads.Sum(upload => surroundings.Vault.Requests(upload.Sha256)).ShouldBeGreaterThan(0);
                return Task.CompletedTask;
            }, Patience, "work in progress");
            var decoders = victim.Decoders();
            decoders.ShouldNotBeEmpty();
            victim.Kill();
            await Eventually.HoldsAsync(() =>
            {
                decoders.ShouldAllBe(id => !ReplicaProcess.IsAlive(id));
                return Task.CompletedTask;
            }, Patience, "the end of the decoders");
        }
        uploads.ShouldAllBe(upload => surroundings.Said(upload.ImageId).Count == 0);
        gate.SetResult();
        await using var heir = await Replica.StartAsync(surroundings);
        foreach (var upload in uploads) await surroundings.FingerprintOfAsync(upload.ImageId);
        await heir.StopAsync();
        await ShouldBeSaidOnceAsync(surroundings, [.. uploads.Select(upload => upload.ImageId)]);
    }

    [Fact]
    public async Task A_picture_whose_claim_ran_out_with_its_worker_is_taken_by_another()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var image = NewImage();
        var bytes = Pictures.New();
        var sha256 = surroundings.Vault.Hold(bytes);
        surroundings.Vault.Trouble = context => { context.Abort(); return Task.CompletedTask; };
        await using (await Replica.StartAsync(surroundings))
        {
            await surroundings.PublishAsync(Upload(image, sha256));
            await Eventually.HoldsAsync(async () => (await surroundings.PendingAsync()).ShouldBe(1), Patience);
        }
        // As a worker leaves it that died just after its claim.
        await surroundings.ScalarAsync<int>("update pending_pictures set due = now() + interval '3 seconds' returning 1");
        surroundings.Vault.Trouble = null;
        await using var other = await Replica.StartAsync(surroundings);
        await surroundings.FingerprintOfAsync(image);
        await ShouldBeSaidOnceAsync(surroundings, [image]);
    }

    [Fact]
    public async Task A_message_that_breaks_its_contract_goes_to_the_error_queue_and_the_next_is_served()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        await surroundings.PublishAsync(Upload(NewImage(), "../../../etc/passwd"));
        await surroundings.PublishAsync(Upload("img_\0", surroundings.Vault.Hold(Pictures.New())));
        await surroundings.PublishRawAsync("ImageRights.Contracts.Ingestion.V1:ImageReceived", new
        {
            messageId = Guid.NewGuid(),
            messageType = new[] { "urn:message:ImageRights.Contracts.Ingestion.V1:ImageReceived" },
            message = new { tenantId = DocumentStore.DefaultTenant },
        });
        var image = NewImage();
        await surroundings.PublishAsync(Upload(image, surroundings.Vault.Hold(Pictures.New())));
        await surroundings.FingerprintOfAsync(image);
        await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync($"{UploadQueue}_error")).ShouldBe(3u), Patience);
        (await surroundings.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(1);
        (await surroundings.PendingAsync()).ShouldBe(0);
    }

    // Call it when the service has stopped or nothing is left to do.
    private static async Task ShouldBeSaidOnceAsync(Surroundings surroundings, IReadOnlyList<string> images)
    {
        foreach (var image in images)
        {
            (await surroundings.FactsAsync(image)).ShouldBe(1, image);
            surroundings.Said(image).ShouldHaveSingleItem().ShouldBeOfType<ImageFingerprinted>();
        }
        (await surroundings.QueueLengthAsync($"{UploadQueue}_error")).ShouldBeNull();
    }
}
