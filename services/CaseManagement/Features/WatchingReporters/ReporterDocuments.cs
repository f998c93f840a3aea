using ImageRights.CaseManagement.Reporters;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.WatchingReporters;

/// <summary>A complaint as it was taken in, for limits and for the order of work.</summary>
/// <param name="Reference">Report or notice.</param>
public sealed record ReporterFiling(string AccountId, string Reference, int Items, Lane Lane, DateTimeOffset At);

/// <summary>What the marketplace says of an account so that accounts that belong together are found: digests, never the data itself. Apart from the log, so that it can be erased.</summary>
/// <param name="PayoutHash">Digest of where its money goes.</param>
/// <param name="DeviceHash">Digest of the device that it is used from.</param>
public sealed record ReporterLink(string AccountId, string? PayoutHash, string? DeviceHash);

/// <summary>A reporter as operators list him; written in the transaction of each of his facts.</summary>
/// <param name="State">The most urgent: <c>Appealed</c>, <c>Suspended</c>, <c>Proposed</c>, <c>Warned</c>, <c>Fast</c>, <c>Ordinary</c>.</param>
public sealed record ReporterView(string AccountId, long Version, string State, DateTimeOffset ChangedAt)
{
    /// <summary>States by urgency.</summary>
    public static readonly IReadOnlyList<string> States = ["Appealed", "Suspended", "Proposed", "Warned", "Fast", "Ordinary"];

    /// <summary>Folds the next fact.</summary>
    public static ReporterView? Evolve(ReporterView? view, RecordedEvent @event)
    {
        var fact = (ReporterEvent)@event.Data;
        var state = fact switch
        {
            ReporterEvent.FastLaneEntered => "Fast",
            ReporterEvent.FastLaneLeft => view?.State is null or "Fast" ? "Ordinary" : view.State,
            ReporterEvent.MisuseWarned => "Warned",
            ReporterEvent.SuspensionProposed => "Proposed",
            ReporterEvent.ReporterSuspended or ReporterEvent.SuspensionConfirmed => "Suspended",
            ReporterEvent.SuspensionAppealed => "Appealed",
            ReporterEvent.SuspensionLifted => "Ordinary",
            ReporterEvent.SignalRaised => view?.State ?? "Ordinary",
            _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a reporter."),
        };
        return new ReporterView(fact.AccountId, @event.Version, state, fact.At);
    }
}
