using System.Collections.Concurrent;

namespace ImageRights.EventStore.Tests;

/// <summary>A follower's handler that notes what it is shown, and fails when told to.</summary>
public sealed class Recorder(Func<EventPage, Task>? then = null) : ISubscription
{
    private readonly ConcurrentQueue<RecordedEvent> seen = new();
    private volatile string? refuse;

    public IReadOnlyList<RecordedEvent> Seen => [.. seen];

    public IReadOnlyList<string> Texts => [.. seen.Select(e => ((ArgumentMade)e.Data).Text)];

    public int Pages { get; private set; }

    public int Attempts { get; private set; }

    /// <summary>Fails at pages that contain this text, until set to null.</summary>
    public string? Refuse
    {
        get => refuse;
        set => refuse = value;
    }

    public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        Attempts++;
        if (refuse is { } text && page.Events.Any(e => e.Data is ArgumentMade made && made.Text == text)) throw new InvalidOperationException($"cannot take {text}");
        if (then is not null) await then(page);
        Pages++;
        foreach (var @event in page.Events) seen.Enqueue(@event);
    }
}
