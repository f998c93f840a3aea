namespace ImageRights.Notification.Endpoints;

/// <summary>Why nothing is sent to an endpoint any more.</summary>
public enum DisableReason
{
    /// <summary>Whoever manages it turned it off.</summary>
    ByRequest,

    /// <summary>It answered 410: it wants no more deliveries.</summary>
    Gone,

    /// <summary>Every attempt failed for longer than is allowed.</summary>
    Failing,
}

/// <summary>What happens to a webhook endpoint. Secrets are referred to by id; the keys themselves are kept apart, encrypted, and destroyed when they end.</summary>
public abstract record EndpointEvent
{
    private EndpointEvent()
    {
    }

    /// <summary>An integrator asked for deliveries to an address.</summary>
    /// <param name="EventTypes">Types wanted; empty for all.</param>
    public sealed record Registered(
        string EndpointId, string Url, IReadOnlyList<string> EventTypes, string? Description, string SecretId, DateTimeOffset RegisteredAt) : EndpointEvent;

    /// <summary>Deliveries go to another address from now on.</summary>
    public sealed record Moved(string Url, DateTimeOffset MovedAt) : EndpointEvent;

    /// <summary>Other types are wanted from now on; empty for all.</summary>
    public sealed record FilterChanged(IReadOnlyList<string> EventTypes, DateTimeOffset ChangedAt) : EndpointEvent;

    /// <summary>Its description was changed or, with null, removed.</summary>
    public sealed record Described(string? Description, DateTimeOffset DescribedAt) : EndpointEvent;

    /// <summary>It got a new signing secret; the one before signs beside it for a while.</summary>
    public sealed record SecretRotated(string SecretId, string PreviousSecretId, DateTimeOffset PreviousValidUntil, DateTimeOffset RotatedAt) : EndpointEvent;

    /// <summary>Nothing is sent to it until it is enabled; what is pending stays pending.</summary>
    public sealed record Disabled(string EndpointId, DisableReason Reason, DateTimeOffset DisabledAt) : EndpointEvent;

    /// <summary>It takes deliveries again.</summary>
    public sealed record Enabled(DateTimeOffset EnabledAt) : EndpointEvent;
}
