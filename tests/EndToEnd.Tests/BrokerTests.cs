using System.Text.Json;
using ImageRights.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ImageRights.EndToEnd.Tests;

/// <summary>The broker as an integrator meets it: the user that the operator hands out, and no other.</summary>
[Collection(nameof(OneSystem))]
public class BrokerTests(OneSystem one)
{
    [Fact]
    public async Task An_integrator_s_user_sends_events_that_are_taken_and_reads_nothing()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.image.screened.v1");
        await using var connection = await new ConnectionFactory { Uri = one.System["messaging-integrator"] }.CreateConnectionAsync();
        var listing = $"listing-{Guid.CreateVersion7():N}";
        await using (var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)))
        {
            var @event = JsonSerializer.SerializeToUtf8Bytes(new
            {
                specversion = "1.0", source = "/broker-tests", id = listing, type = "imagerights.inbound.listing_image.published.v1",
                pictureid = listing, accountid = "shop-broker", listingid = listing, data_base64 = Convert.ToBase64String(new SamplePicture(83).ToPng(240, 180)),
            });
            await channel.BasicPublishAsync("imagerights.inbound", "listings", mandatory: true, new BasicProperties { Persistent = true, UserId = "integrator" }, @event);
        }
        await Eventually.HoldsAsync(() =>
        {
            marketplace.Webhooks.ShouldContain(webhook => webhook.Body.ToJsonString(null).Contains(listing));
            return Task.CompletedTask;
        }, what: "The screening of the picture");

        await using var reading = await connection.CreateChannelAsync();
        (await Should.ThrowAsync<OperationInterruptedException>(() => reading.BasicGetAsync("ingestion-inbound", autoAck: true))).Message.ShouldContain("ACCESS_REFUSED");
    }
}
