using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Accounts of one owner make a picture no more common than one account does.</summary>
public class OwnerTests
{
    private static readonly string Payout = NewHash(), Phone = NewHash(), Laptop = NewHash();

    [Fact]
    public async Task Accounts_of_one_owner_count_once_until_who_is_behind_them_is_erased()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("matching-owners-").FullName;
        try
        {
            var (hash, images) = (NewHash(), Enumerable.Range(0, 5).Select(_ => NewImage()).ToList());
            await using (var replica = await StartAsync())
            {
                foreach (var (number, image) in images.Index()) await surroundings.PublishAsync(Upload(image, $"shop{number}", Off(hash, number)));
                foreach (var image in images) await surroundings.ScreeningOfAsync(image);
                (await CommonnessAsync(replica)).ShouldBe((5, 5, true));

                var (first, id) = (Told("shop0", Payout, [], 1), Guid.NewGuid());
                await surroundings.PublishAsync(first, id);
                await surroundings.PublishAsync(first, id);
                await surroundings.PublishAsync(Told("shop1", Payout, [Phone, Laptop], 1));
                await surroundings.PublishAsync(Told("shop2", null, [Laptop, Phone], 1));
                await surroundings.PublishAsync(Told("shop3", null, [Phone], 1));
                await ShouldBecomeAsync(replica, (3, 5, false));
            }
            await using (var replica = await StartAsync())
            {
                (await CommonnessAsync(replica)).ShouldBe((3, 5, false), "what the checkpoint holds");
                // It overtakes what was told before it.
                await surroundings.PublishAsync(new SellerContactErased(DocumentStore.DefaultTenant, "shop1", Noon.AddHours(3)));
                await ShouldBecomeAsync(replica, (5, 5, true));
                await surroundings.PublishAsync(Told("shop1", Payout, [], 2));
                await surroundings.PublishAsync(Told("shop3", Payout, [], 2));
                await ShouldBecomeAsync(replica, (4, 5, true));
                await surroundings.PublishAsync(Told("shop1", Payout, [], 4));
                await ShouldBecomeAsync(replica, (3, 5, false));
            }

            Task<Replica> StartAsync() => Replica.StartAsync(surroundings, "--Matching:CommonFrom=4", $"--Matching:CheckpointFolder={folder}");

            async Task<(int, int, bool)> CommonnessAsync(Replica replica)
            {
                var common = await replica.Http.GetFromJsonAsync<JsonElement>($"/v1/commonness/{images[0]}");
                return (common.GetProperty("accounts").GetInt32(), common.GetProperty("accountsInAll").GetInt32(), common.GetProperty("isCommon").GetBoolean());
            }

            Task ShouldBecomeAsync(Replica replica, (int, int, bool) expected) =>
                Eventually.HoldsAsync(async () => (await CommonnessAsync(replica)).ShouldBe(expected), Surroundings.Patience, "commonness");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_no_hash_is_parked_and_nothing_of_it_is_stored()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        await surroundings.PublishAsync(Told("shop0", "6217000010001234567", [], 1));
        await surroundings.PublishAsync(Told("shop0", null, [Phone, null!], 1));
        await surroundings.PublishAsync(new SellerContactErased(DocumentStore.DefaultTenant, null!, Noon));
        await surroundings.PublishAsync(Told("shop0", null, null!, 1));
        await Eventually.HoldsAsync(async () => (await surroundings.StoredAsync("seller_recorded_v1")).Count.ShouldBe(1), Surroundings.Patience);
        await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync("matching-seller-reported_error")).ShouldBe(2u), Surroundings.Patience);
        await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync("matching-seller-contact-erased_error")).ShouldBe(1u), Surroundings.Patience);
    }

    private static SellerReported Told(string account, string? payout, IReadOnlyList<string> devices, int hours) =>
        new(DocumentStore.DefaultTenant, account, "CN", "zh-CN", payout, devices, true, Noon.AddHours(hours), Noon.AddHours(hours));
}
