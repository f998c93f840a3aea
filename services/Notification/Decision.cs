namespace ImageRights.Notification;

/// <summary>What a command leads to: facts, or the code that refuses it.</summary>
/// <param name="Events">Facts in order; empty when there is nothing new to say.</param>
/// <param name="RejectionCode">Code of the problem catalogue; null when accepted.</param>
public sealed record Decision(IReadOnlyList<object> Events, string? RejectionCode = null)
{
    /// <summary>Done before: nothing to write.</summary>
    public static readonly Decision Nothing = new([]);

    /// <summary>Accepted with these facts.</summary>
    public static Decision Accept(params IReadOnlyList<object> events) => new(events);

    /// <summary>Refused.</summary>
    public static Decision Reject(string code) => new([], code);
}
