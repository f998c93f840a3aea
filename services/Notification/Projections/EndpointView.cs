using ImageRights.EventStore;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Sending;

namespace ImageRights.Notification.Projections;

/// <summary>A webhook endpoint as others read it; its secrets are in no read model.</summary>
/// <param name="EventTypes">Types sent; empty for all.</param>
/// <param name="DisabledReason">Why nothing is sent, while it is disabled.</param>
/// <param name="PreviousSecretValidUntil">End of the last secret change's overlap.</param>
/// <param name="Health">How it does; only where a single endpoint is read.</param>
public sealed record EndpointView(
    string EndpointId, string Url, IReadOnlyList<string> EventTypes, string? Description, EndpointState State, DisableReason? DisabledReason,
    string SecretId, DateTimeOffset? PreviousSecretValidUntil, DateTimeOffset RegisteredAt, DateTimeOffset ChangedAt, EndpointHealth? Health = null)
{
    /// <summary>Whether an event of this type is sent here.</summary>
    public bool Takes(string eventType) => State == EndpointState.Enabled && (EventTypes.Count == 0 || EventTypes.Contains(eventType));

    /// <summary>View after one more fact.</summary>
    public static EndpointView? Evolve(EndpointView? view, RecordedEvent @event) => (@event.Data, view) switch
    {
        (EndpointEvent.Registered it, _) => new(
            it.EndpointId, it.Url, it.EventTypes, it.Description, EndpointState.Enabled, null, it.SecretId, null, it.RegisteredAt, it.RegisteredAt),
        (EndpointEvent.Moved it, { } at) => at with { Url = it.Url, ChangedAt = it.MovedAt },
        (EndpointEvent.FilterChanged it, { } at) => at with { EventTypes = it.EventTypes, ChangedAt = it.ChangedAt },
        (EndpointEvent.Described it, { } at) => at with { Description = it.Description, ChangedAt = it.DescribedAt },
        (EndpointEvent.SecretRotated it, { } at) => at with { SecretId = it.SecretId, PreviousSecretValidUntil = it.PreviousValidUntil, ChangedAt = it.RotatedAt },
        (EndpointEvent.Disabled it, { } at) => at with { State = EndpointState.Disabled, DisabledReason = it.Reason, ChangedAt = it.DisabledAt },
        (EndpointEvent.Enabled it, { } at) => at with { State = EndpointState.Enabled, DisabledReason = null, ChangedAt = it.EnabledAt },
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.EventTypeName, "No fact of an endpoint."),
    };
}
