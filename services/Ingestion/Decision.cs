namespace ImageRights.Ingestion;

/// <summary>What an aggregate answers to a command: facts, nothing (it is done already), or a refusal.</summary>
/// <param name="Events">Facts to append; empty when the command changes nothing or is refused.</param>
/// <param name="Code">Code of the refusal in <c>problems.json</c>; null when the command is accepted.</param>
/// <param name="Detail">What exactly was found, in English.</param>
/// <param name="Pointer">Field at fault.</param>
public sealed record Decision(IReadOnlyList<object> Events, string? Code = null, string? Detail = null, string? Pointer = null)
{
    /// <summary>Accepted; there is nothing left to do.</summary>
    public static readonly Decision Nothing = new([]);

    /// <summary>Accepted.</summary>
    public static Decision Accept(params object[] events) => new(events);

    /// <summary>Refused.</summary>
    public static Decision Refuse(string code, string? detail = null, string? pointer = null) => new([], code, detail, pointer);
}
