using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.StatingReasons;

/// <summary>State of a statement's stream, for decisions.</summary>
public sealed record StatementStream(IReadOnlyList<StatementEvent> Facts)
{
    /// <summary>Before the first event.</summary>
    public static readonly StatementStream Initial = new([]);

    /// <summary>Adds the next fact.</summary>
    public static StatementStream Evolve(StatementStream stream, object fact) => new([.. stream.Facts, (StatementEvent)fact]);

    /// <summary>Folds the next fact of the read model, as it stands in the log.</summary>
    public static StatementOfReasons? Evolve(StatementOfReasons? statement, RecordedEvent @event) =>
        StatementOfReasons.Evolve(statement, @event.StreamKey[StatementOfReasons.StreamPrefix.Length..], @event.Version, (StatementEvent)@event.Data);

    /// <summary>The statement that the facts make.</summary>
    public static StatementOfReasons Fold(IReadOnlyList<RecordedEvent> events) =>
        events.Aggregate((StatementOfReasons?)null, Evolve)!;
}
