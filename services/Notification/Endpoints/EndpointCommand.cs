namespace ImageRights.Notification.Endpoints;

/// <summary>What can be asked of a webhook endpoint. Addresses and types have been checked when a command exists.</summary>
public abstract record EndpointCommand
{
    private EndpointCommand()
    {
    }

    /// <summary>Asks for deliveries to an address.</summary>
    public sealed record Register(
        string EndpointId, string Url, IReadOnlyList<string> EventTypes, string? Description, string SecretId, DateTimeOffset At) : EndpointCommand;

    /// <summary>Changes what is given; null leaves it as it is.</summary>
    /// <param name="Description">An empty text removes the description.</param>
    public sealed record Change(string? Url, IReadOnlyList<string>? EventTypes, string? Description, bool? Enabled, DateTimeOffset At) : EndpointCommand;

    /// <summary>Replaces the signing secret.</summary>
    public sealed record RotateSecret(string SecretId, TimeSpan Overlap, DateTimeOffset At) : EndpointCommand;

    /// <summary>Ends deliveries.</summary>
    public sealed record Disable(DisableReason Reason, DateTimeOffset At) : EndpointCommand;
}
