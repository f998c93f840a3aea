namespace ImageRights.EventStore.Tests;

/// <summary>A small subject to store: a dispute that is opened, argued and settled.</summary>
public sealed record DisputeOpened(string Title, string Language);

public sealed record ArgumentMade(string Text);

public sealed record DisputeSettled(string Outcome);

public sealed record Dispute(string Title, int Arguments, bool Settled)
{
    public static readonly Dispute Initial = new("", 0, false);

    public static Dispute Evolve(Dispute state, object fact) => fact switch
    {
        DisputeOpened opened => state with { Title = opened.Title },
        ArgumentMade => state with { Arguments = state.Arguments + 1 },
        DisputeSettled => state with { Settled = true },
        _ => state,
    };
}

public sealed record DisputeCard(string Id, string Title, int Arguments, DateTimeOffset LastChange, string? By)
{
    public static DisputeCard? Evolve(DisputeCard? card, RecordedEvent @event) => @event.Data switch
    {
        DisputeOpened opened => new DisputeCard(@event.StreamKey, opened.Title, 0, @event.Timestamp, @event.UserName),
        ArgumentMade => card! with { Arguments = card.Arguments + 1, LastChange = @event.Timestamp },
        DisputeSettled { Outcome: "erased" } => null,
        _ => card,
    };
}

public sealed record Tally(string Word, int Count);
