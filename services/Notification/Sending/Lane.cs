using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.Sending;

/// <summary>What this process has claimed for one endpoint. How much that may be begins with what is sent at once, grows by one with each prompt success, and falls back at a
/// failure: an endpoint that answers slowly, or not at all, holds little of the room that others need.</summary>
internal sealed class Lane(WebhookOptions options) : IDisposable
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim turns = new(options.InFlightPerEndpoint);
    private int window = options.InFlightPerEndpoint;
    private int underWay;
    private bool isWanted;

    /// <summary>Whether more may be due than was claimed. Until the first claim has looked, it may.</summary>
    public bool HasBacklog { get; set; } = true;

    /// <summary>How many more to claim. Not one for each that ends: none until half of them have.</summary>
    public int Room(bool failing)
    {
        var (most, now) = (failing ? options.InFlightPerFailingEndpoint : Volatile.Read(ref window), Volatile.Read(ref underWay));
        var room = now > most / 2 ? 0 : most - now;
        Volatile.Write(ref isWanted, room == 0);
        return room;
    }

    /// <summary>One more is claimed.</summary>
    public void Enter() => Interlocked.Increment(ref underWay);

    /// <summary>One that was never due is taken, if there is room for it and nothing that came before it waits.</summary>
    public bool TryHold()
    {
        // What finds no room becomes due, and what comes after it waits its turn.
        if (HasBacklog |= Volatile.Read(ref underWay) >= Volatile.Read(ref window)) return false;
        Enter();
        return true;
    }

    /// <summary>One has ended; whether there is room now that was wanted before.</summary>
    public bool Leave() => Interlocked.Decrement(ref underWay) <= Volatile.Read(ref window) / 2 && Volatile.Read(ref isWanted);

    /// <summary>Waits until another request to the endpoint may be under way.</summary>
    public async Task<IDisposable> TurnAsync(CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        return new Turn(turns);
    }

    /// <summary>An attempt ended.</summary>
    /// <param name="sinceClaim">Time from the claim on, waiting for its turn included.</param>
    public void Learn(AttemptOutcome outcome, TimeSpan sinceClaim)
    {
        if (outcome != AttemptOutcome.Succeeded) Volatile.Write(ref window, options.InFlightPerEndpoint);
        else if (sinceClaim < Prompt && Volatile.Read(ref window) < options.ClaimedPerEndpoint) Interlocked.Increment(ref window);
    }

    /// <inheritdoc />
    public void Dispose() => turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
