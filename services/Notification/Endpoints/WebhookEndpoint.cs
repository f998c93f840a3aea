namespace ImageRights.Notification.Endpoints;

/// <summary>Whether an endpoint takes deliveries.</summary>
public enum EndpointState
{
    /// <summary>Not registered.</summary>
    Unknown,

    /// <summary>Takes deliveries.</summary>
    Enabled,

    /// <summary>Takes none.</summary>
    Disabled,
}

/// <summary>An address that an integrator wants events sent to, as far as decisions need it.</summary>
public sealed record WebhookEndpoint(EndpointState State, string EndpointId, string Url, IReadOnlyList<string> EventTypes, string? Description, string SecretId)
{
    /// <summary>Before registration.</summary>
    public static readonly WebhookEndpoint Initial = new(EndpointState.Unknown, "", "", [], null, "");

    /// <summary>State after one more fact.</summary>
    public static WebhookEndpoint Evolve(WebhookEndpoint state, object fact) => fact switch
    {
        EndpointEvent.Registered registered => new(
            EndpointState.Enabled, registered.EndpointId, registered.Url, registered.EventTypes, registered.Description, registered.SecretId),
        EndpointEvent.Moved moved => state with { Url = moved.Url },
        EndpointEvent.FilterChanged changed => state with { EventTypes = changed.EventTypes },
        EndpointEvent.Described described => state with { Description = described.Description },
        EndpointEvent.SecretRotated rotated => state with { SecretId = rotated.SecretId },
        EndpointEvent.Disabled => state with { State = EndpointState.Disabled },
        EndpointEvent.Enabled => state with { State = EndpointState.Enabled },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact.GetType().Name, "No fact of an endpoint."),
    };

    /// <summary>Facts that the command leads to, or the code that refuses it.</summary>
    public static Decision Decide(WebhookEndpoint state, EndpointCommand command) => command switch
    {
        EndpointCommand.Register register when state.State == EndpointState.Unknown => Decision.Accept(new EndpointEvent.Registered(
            register.EndpointId, register.Url, register.EventTypes, register.Description, register.SecretId, register.At)),
        EndpointCommand.Register => Decision.Nothing,
        _ when state.State == EndpointState.Unknown => Decision.Reject("Endpoint_Not_Found"),
        EndpointCommand.Change change => Decision.Accept([.. Changes(state, change)]),
        EndpointCommand.RotateSecret rotate when rotate.SecretId == state.SecretId => Decision.Nothing,
        EndpointCommand.RotateSecret when state.State == EndpointState.Disabled => Decision.Reject("Endpoint_Disabled"),
        EndpointCommand.RotateSecret rotate => Decision.Accept(
            new EndpointEvent.SecretRotated(rotate.SecretId, state.SecretId, rotate.At + rotate.Overlap, rotate.At)),
        EndpointCommand.Disable when state.State == EndpointState.Disabled => Decision.Nothing,
        EndpointCommand.Disable disable => Decision.Accept(new EndpointEvent.Disabled(state.EndpointId, disable.Reason, disable.At)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No command for an endpoint."),
    };

    private static IEnumerable<EndpointEvent> Changes(WebhookEndpoint state, EndpointCommand.Change change)
    {
        if (change.Url is { } url && url != state.Url) yield return new EndpointEvent.Moved(url, change.At);
        if (change.EventTypes is { } types && !types.SequenceEqual(state.EventTypes)) yield return new EndpointEvent.FilterChanged(types, change.At);
        var description = change.Description is "" ? null : change.Description ?? state.Description;
        if (description != state.Description) yield return new EndpointEvent.Described(description, change.At);
        if (change.Enabled == true && state.State == EndpointState.Disabled) yield return new EndpointEvent.Enabled(change.At);
        if (change.Enabled == false && state.State == EndpointState.Enabled)
            yield return new EndpointEvent.Disabled(state.EndpointId, DisableReason.ByRequest, change.At);
    }
}
