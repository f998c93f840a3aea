using System.Net.Http.Json;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Features.Renewing;
using ImageRights.Fingerprint.Picture;
using ImageRights.Fingerprint.Projections;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static ImageRights.Fingerprint.IntegrationTests.Surroundings;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>Pictures that an earlier version of the service fingerprinted.</summary>
public class RenewalTests
{
    private static readonly string OldHash = new('0', 64);

    [Fact]
    public async Task Every_picture_of_an_earlier_version_is_fingerprinted_anew_once_though_the_service_is_killed_in_the_middle()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var pictures = Enumerable.Range(0, 24).Select(number => (Id: number % 3 == 0 ? NewWork() : NewImage(), Sha256: surroundings.Vault.Hold(Pictures.New()))).ToList();
        await using (var before = await Replica.StartAsync(surroundings, "--Fingerprint:RenewFingerprints=false"))
        {
            await FingerprintAsEarlierAsync(before, pictures);
            foreach (var (id, _) in pictures) await surroundings.FingerprintOfAsync(id);
            (await ProgressAsync(before)).ShouldSatisfyAllConditions(progress => progress.Open.ShouldBe(0), progress => progress.Renewed.ShouldBe(0));
        }
        var fetched = 0;
        surroundings.Vault.Trouble = context => Interlocked.Increment(ref fetched) > 5 ? Task.Delay(Timeout.Infinite, context.RequestAborted) : surroundings.Vault.GiveAsync(context);
        using (var killed = await ReplicaProcess.StartAsync(surroundings))
        {
            await Eventually.HoldsAsync(async () => (await RenewedAsync(surroundings), Volatile.Read(ref fetched)).ShouldBe((5, 6)), Patience, "the sixth renewal");
            killed.Kill();
        }
        surroundings.Vault.Trouble = null;
        // What the killed process had claimed is given up after a while.
        (await surroundings.ScalarAsync<long>("with freed as (update renewals set due = now() where closed is null and due > now() returning 1) select count(*) from freed")).ShouldBe(1);
        await using var one = await Replica.StartAsync(surroundings);
        await using var other = await Replica.StartAsync(surroundings);
        foreach (var (id, _) in pictures)
        {
            await Eventually.GetAsync(() => Task.FromResult(surroundings.Said(id) is { Count: 2 } both ? both : null), Patience, id);
            var said = surroundings.Said(id).Cast<ImageFingerprinted>().OrderBy(fingerprint => fingerprint.Version).ToList();
            said.Select(fingerprint => fingerprint.Version).ShouldBe([0, Fingerprinter.Version]);
            (said[0].Pdq, said[1].Features?.Algorithm).ShouldBe((OldHash, FeatureExtractor.Algorithm));
            said[1].Pdq.ShouldNotBe(OldHash);
            (said[0].LumaSha256, said[0].DHash, said[0].Iscc).ShouldBe((null, null, null));
            (said[1].LumaSha256?.Length, said[1].DHash?.Length, said[1].Iscc?.Length).ShouldBe((64, 64, 60));
            (said[1].Role, said[1].AccountId, said[1].Surface, said[1].ListingId, said[1].Sha256, said[1].OccurredAt)
                .ShouldBe((said[0].Role, said[0].AccountId, said[0].Surface, said[0].ListingId, said[0].Sha256, Noon));
            (await one.Http.GetFromJsonAsync<FingerprintView>($"/v1/fingerprints/{id}", StoreOptions.Json))!.Fingerprint!.ShouldSatisfyAllConditions(
                shown => shown.Version.ShouldBe(Fingerprinter.Version), shown => shown.LumaSha256.ShouldBe(said[1].LumaSha256), shown => shown.Iscc.ShouldBe(said[1].Iscc));
        }
        await Eventually.HoldsAsync(async () => (await ProgressAsync(one)).ShouldSatisfyAllConditions(
            progress => progress.Version.ShouldBe(Fingerprinter.Version), progress => progress.Open.ShouldBe(0),
            progress => progress.Renewed.ShouldBe(pictures.Count), progress => progress.Skipped.ShouldBeEmpty(), progress => progress.SecondsLeft.ShouldBe(0)), Patience);
        foreach (var (id, _) in pictures) (await surroundings.FactsAsync(id)).ShouldBe(2);
    }

    [Fact]
    public async Task Works_come_first_and_of_each_kind_the_latest()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        List<(string Id, string Sha256)> pictures = [];
        for (var number = 0; number < 8; number++) pictures.Add((number % 2 == 0 ? NewWork() : NewImage(), surroundings.Vault.Hold(Pictures.New())));
        await using (var before = await Replica.StartAsync(surroundings, "--Fingerprint:RenewFingerprints=false")) await FingerprintAsEarlierAsync(before, pictures);
        await using var replica = await Replica.StartAsync(surroundings);
        await Eventually.HoldsAsync(async () => (await RenewedAsync(surroundings)).ShouldBe(pictures.Count), Patience);
        var order = await surroundings.ScalarAsync<string[]>("select array_agg(substr(stream_id, 13) order by seq_id) from mt_events where version = 2");
        order.ShouldBe(pictures.Select(picture => picture.Id).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_picture_whose_bytes_are_gone_keeps_its_fingerprint_and_is_counted()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var (gone, damaged, there) = (NewImage(), NewImage(), NewImage());
        surroundings.Vault.Answer(new string('1', 64), (context, _) => Answer(context, StatusCodes.Status410Gone));
        var broken = surroundings.Vault.Hold("GIF89a"u8.ToArray());
        await using (var before = await Replica.StartAsync(surroundings, "--Fingerprint:RenewFingerprints=false"))
            await FingerprintAsEarlierAsync(before, [(gone, new string('1', 64)), (damaged, broken), (there, surroundings.Vault.Hold(Pictures.New()))]);
        await using var replica = await Replica.StartAsync(surroundings);
        await Eventually.HoldsAsync(async () => (await ProgressAsync(replica)).ShouldSatisfyAllConditions(
            progress => progress.Open.ShouldBe(0), progress => progress.Renewed.ShouldBe(1),
            progress => progress.Skipped.ShouldBe(new Dictionary<string, long> { ["Image_Content_Missing"] = 1, ["Image_Truncated"] = 1 }, ignoreOrder: true)), Patience);
        (await surroundings.FactsAsync(gone), await surroundings.FactsAsync(damaged), await surroundings.FactsAsync(there)).ShouldBe((1, 1, 2));
        surroundings.Vault.Requests(new string('1', 64)).ShouldBe(3, "ContentTries");
        (await replica.Http.GetFromJsonAsync<FingerprintView>($"/v1/fingerprints/{gone}", StoreOptions.Json))!.Fingerprint!.Pdq.ShouldBe(OldHash);
    }

    [Fact]
    public async Task An_outage_of_ingestion_holds_nothing_against_a_picture()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var picture = (Id: NewWork(), Sha256: surroundings.Vault.Hold(Pictures.New()));
        await using (var before = await Replica.StartAsync(surroundings, "--Fingerprint:RenewFingerprints=false")) await FingerprintAsEarlierAsync(before, [picture]);
        surroundings.Vault.Trouble = context => Answer(context, StatusCodes.Status503ServiceUnavailable);
        await using var replica = await Replica.StartAsync(surroundings);
        await Eventually.GetAsync<object>(() => Task.FromResult<object?>(surroundings.Vault.Requests(picture.Sha256) > 5 ? picture : null), Patience, "more requests than a picture may be missing");
        (await ProgressAsync(replica)).ShouldSatisfyAllConditions(progress => progress.Open.ShouldBe(1), progress => progress.Skipped.ShouldBeEmpty());
        surroundings.Vault.Trouble = null;
        await Eventually.HoldsAsync(async () => (await ProgressAsync(replica)).Renewed.ShouldBe(1), Patience);
    }

    private static async Task FingerprintAsEarlierAsync(Replica replica, IEnumerable<(string Id, string Sha256)> pictures)
    {
        var store = replica.Services.GetRequiredService<DocumentStore>();
        foreach (var (id, sha256) in pictures)
        {
            var isWork = id.StartsWith("wrk_", StringComparison.Ordinal);
            await using var session = store.LightweightSession(DocumentStore.DefaultTenant);
            session.Events.StartStream(PictureDecider.StreamKey(id), new PictureFingerprinted(
                isWork ? PictureRole.Work : PictureRole.Upload, id, "seller", isWork ? null : Surface.Listing, null, sha256,
                OldHash, [.. Enumerable.Repeat(OldHash, 8)], 100, "pdq/1", "PNG", 200, 150, Noon, Noon, new Picture.PictureFeatures("eye/1", OldHash, [], null)));
            await session.SaveChangesAsync();
        }
    }

    private static Task<long> RenewedAsync(Surroundings surroundings) => surroundings.ScalarAsync<long>("select count(*) from mt_events where version = 2");

    private static async Task<RenewalProgress> ProgressAsync(Replica replica) => (await replica.Http.GetFromJsonAsync<RenewalProgress>("/v1/renewal", StoreOptions.Json))!;

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
