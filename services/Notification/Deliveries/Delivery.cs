using System.Collections.Immutable;

namespace ImageRights.Notification.Deliveries;

/// <summary>Where a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>Not scheduled.</summary>
    Unknown,

    /// <summary>An attempt is due or will be.</summary>
    Pending,

    /// <summary>The receiver has it.</summary>
    Succeeded,

    /// <summary>No attempt is left.</summary>
    Exhausted,
}

/// <summary>The delivery of one event to one endpoint, as far as decisions need it.</summary>
/// <param name="AttemptsInRound">Attempts since it was scheduled or last replayed.</param>
/// <param name="AttemptIds">All attempts recorded.</param>
public sealed record Delivery(DeliveryState State, string DeliveryId, string EndpointId, string EventType, int AttemptsInRound, ImmutableHashSet<Guid> AttemptIds)
{
    /// <summary>Before it is scheduled.</summary>
    public static readonly Delivery Initial = new(DeliveryState.Unknown, "", "", "", 0, []);

    /// <summary>State after one more fact.</summary>
    public static Delivery Evolve(Delivery state, object fact) => fact switch
    {
        DeliveryEvent.Scheduled scheduled => new(DeliveryState.Pending, scheduled.DeliveryId, scheduled.EndpointId, scheduled.EventType, 0, []),
        DeliveryEvent.Delivered delivered => new(DeliveryState.Succeeded, delivered.DeliveryId, delivered.EndpointId, delivered.EventType, 1, [delivered.AttemptId]),
        DeliveryEvent.Attempted attempted => state with
        {
            State = attempted.Outcome == AttemptOutcome.Succeeded ? DeliveryState.Succeeded : state.State,
            AttemptsInRound = state.AttemptsInRound + 1,
            AttemptIds = state.AttemptIds.Add(attempted.AttemptId),
        },
        DeliveryEvent.Succeeded => state with { State = DeliveryState.Succeeded },
        DeliveryEvent.Exhausted => state with { State = DeliveryState.Exhausted },
        DeliveryEvent.Replayed => state with { State = DeliveryState.Pending, AttemptsInRound = 0 },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact.GetType().Name, "No fact of a delivery."),
    };

    /// <summary>Facts that the command leads to, or the code that refuses it.</summary>
    public static Decision Decide(Delivery state, DeliveryCommand command) => command switch
    {
        DeliveryCommand.RecordAttempt record when state.State == DeliveryState.Unknown => Decision.Accept([.. FirstAttempt(record)]),
        _ when state.State == DeliveryState.Unknown => Decision.Reject("Delivery_Not_Found"),
        DeliveryCommand.RecordAttempt record when state.AttemptIds.Contains(record.AttemptId) => Decision.Nothing,
        DeliveryCommand.RecordAttempt record => Decision.Accept([.. Attempt(state, record)]),
        DeliveryCommand.Replay when state.State == DeliveryState.Pending => Decision.Nothing,
        DeliveryCommand.Replay replay => Decision.Accept(new DeliveryEvent.Replayed(replay.At)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No command for a delivery."),
    };

    private static IEnumerable<DeliveryEvent> FirstAttempt(DeliveryCommand.RecordAttempt record)
    {
        var order = record.Order;
        if (record.Result.Outcome != AttemptOutcome.Succeeded) return [order, .. Attempt(Evolve(Initial, order), record)];
        return
        [
            new DeliveryEvent.Delivered(
                order.DeliveryId, order.EndpointId, order.EventId, order.EventType, order.Subject, order.ScheduledAt,
                record.AttemptId, record.Url, record.StartedAt, DurationOf(record), record.Result.Status),
        ];
    }

    private static IEnumerable<DeliveryEvent> Attempt(Delivery state, DeliveryCommand.RecordAttempt record)
    {
        var result = record.Result;
        var total = state.AttemptIds.Count + 1;
        // An attempt whose lease had run out may report after another one settled the delivery: it is recorded, and only a success still changes anything.
        var isOver = result.Outcome is AttemptOutcome.Succeeded or AttemptOutcome.Gone || state.State != DeliveryState.Pending;
        var delay = isOver ? null : record.Policy.DelayAfter(state.AttemptsInRound + 1, record.Draw, result.RetryAfter);
        yield return new DeliveryEvent.Attempted(
            record.AttemptId, total, record.Url, record.StartedAt, DurationOf(record), result.Outcome, result.Status, result.Error, record.FinishedAt + delay);
        if (result.Outcome != AttemptOutcome.Succeeded && delay is null && state.State == DeliveryState.Pending)
        {
            yield return new DeliveryEvent.Exhausted(state.DeliveryId, state.EndpointId, state.EventType, total, result.Reason, record.FinishedAt);
        }
    }

    private static int DurationOf(DeliveryCommand.RecordAttempt record) => (int)Math.Clamp((record.FinishedAt - record.StartedAt).TotalMilliseconds, 0, int.MaxValue);
}
