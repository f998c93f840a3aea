using System.Text.Json;
using ImageRights.Notification.Features;
using ImageRights.Notification.Features.ReadingDeliveries;
using ImageRights.Notification.Features.ReadingEndpoints;
using ImageRights.Notification.Features.ReadingFeed;
using ImageRights.Notification.Features.ReadingInbox;
using ImageRights.Notification.Features.ReplayingDeliveries;
using ImageRights.Notification.Features.SendingTestEvents;
using ImageRights.Notification.Projections;
using ImageRights.ServiceDefaults.Http.Description;
using static ImageRights.ServiceDefaults.Http.Description.ApiOperation;

namespace ImageRights.Notification;

/// <summary>What the API's description says of each operation.</summary>
internal static class Api
{
    public static readonly ApiDescription Description = new(
        "ImageRights Notification", "Tells programs what happened: signed webhooks (Standard Webhooks 1.0 with CloudEvents 1.0 bodies), the same events by polling; and writes to the parties.", new Dictionary<string, ApiOperation>
        {
            ["RegisterEndpoint"] = Creates<SecretAnswer>("Endpoint_Url_Invalid", "Endpoint_Url_Forbidden", "Event_Type_Unknown"),
            ["ListEndpoints"] = Lists(ReadEndpoints.Shape),
            ["ReadEndpoint"] = Reads<EndpointView>("Endpoint_Not_Found"),
            ["ChangeEndpoint"] = Changes<EndpointView>("Endpoint_Not_Found", "Endpoint_Url_Invalid", "Endpoint_Url_Forbidden", "Event_Type_Unknown"),
            ["DisableEndpoint"] = Changes<EndpointView>("Endpoint_Not_Found"),
            ["RotateSecret"] = Creates<SecretAnswer>("Endpoint_Not_Found"),
            ["SendTestEvent"] = Accepts<DeliveryAnswer>("Endpoint_Not_Found", "Endpoint_Disabled"),
            ["ReplayRange"] = Accepts<ReplayRangeAnswer>("Endpoint_Not_Found", "Endpoint_Disabled", "Replay_Range_Invalid"),
            ["ListDeliveries"] = Lists(ReadDeliveries.Shape, "Event_Type_Unknown"),
            ["ReadDelivery"] = Reads<DeliveryView>("Delivery_Not_Found"),
            ["ReplayDelivery"] = Accepts<DeliveryAnswer>("Delivery_Not_Found", "Endpoint_Disabled"),
            ["ReadFeed"] = Reads<FeedAnswer>("Cursor_Invalid").With(("after", "Cursor of the answer before; left out for the beginning."), ("limit", "Most events, 1 to 200; 100 unless given.")),
            ["ReadEvent"] = Reads<JsonElement>("Event_Not_Found") with { MediaType = "application/cloudevents+json" },
            ["ListInbox"] = Lists<InboxItem>("Letter_Not_Found").With([.. ReadInbox.Inbox.Parameters]),
            ["OpenLetter"] = Reads<InboxItem>("Letter_Not_Found").With(("accountId!", "Whose inbox it lies in.")),
            ["ListMails"] = Lists<MailItem>().With([.. ReadInbox.Mails.Parameters]),
            ["ListEventTypes"] = Reads<EventTypes>(),
        });
}
