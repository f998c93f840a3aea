namespace ImageRights.Contracts.Notification.V1;

/// <summary>Every attempt at a delivery failed; it stays in the list until somebody replays it.</summary>
/// <param name="Reason">Last answer or error, without the body.</param>
public sealed record DeliveryFailed(string TenantId, string EndpointId, string DeliveryId, string EventType, int Attempts, string Reason, DateTimeOffset FailedAt);
