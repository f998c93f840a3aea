namespace ImageRights.Contracts.Notification.V1;

/// <summary>Every attempt at a delivery failed; it stays in the list until somebody replays it.</summary>
/// <param name="Reason">Last answer or error, without the body.</param>
public sealed record DeliveryFailed(string TenantId, string EndpointId, string DeliveryId, string EventType, int Attempts, string Reason, DateTimeOffset FailedAt);

/// <summary>Nothing is sent to an endpoint any more, until somebody enables it.</summary>
/// <param name="Reason">Stable word: <c>ByRequest</c>, <c>Gone</c> (it answered 410) or <c>Failing</c> (it failed for days).</param>
public sealed record EndpointDisabled(string TenantId, string EndpointId, string Reason, DateTimeOffset DisabledAt);
