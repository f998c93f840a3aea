using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Letters;
using V1 = ImageRights.Contracts.Notification.V1;

namespace ImageRights.Notification.Publishing;

/// <summary>What others hear of this service's facts.</summary>
public static class NotificationContracts
{
    /// <summary>The contract that tells of a fact; null for facts that concern nobody else.</summary>
    public static object? Translate(RecordedEvent @event) => @event.Data switch
    {
        DeliveryEvent.Exhausted it => new V1.DeliveryFailed(@event.TenantId, it.EndpointId, it.DeliveryId, it.EventType, it.Attempts, it.Reason, it.ExhaustedAt),
        EndpointEvent.Disabled it => new V1.EndpointDisabled(@event.TenantId, it.EndpointId, it.Reason.ToString(), it.DisabledAt),

        // The integrator's own settings, and the course of deliveries that this service lists itself.
        EndpointEvent.Registered or EndpointEvent.Moved or EndpointEvent.FilterChanged or EndpointEvent.Described or EndpointEvent.SecretRotated or EndpointEvent.Enabled
            or DeliveryEvent.Scheduled or DeliveryEvent.Delivered or DeliveryEvent.Attempted or DeliveryEvent.Succeeded or DeliveryEvent.Replayed => null,

        // The party's own; who must know that it was told has it from who told it.
        LetterEvent => null,

        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.EventTypeName, "Neither published nor named internal."),
    };
}
