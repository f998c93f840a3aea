namespace ImageRights.Ingestion.Erasures;

// This is the stored form: a change here needs a new stored name and an upcast.

/// <summary>A person's key was destroyed: what it sealed is unreadable from here on.</summary>
/// <param name="Keys">Keys destroyed; 0 where there was none.</param>
public sealed record PersonErased(string ErasureId, string PersonId, int Keys, DateTimeOffset ErasedAt);

/// <summary>Whether an erasure was carried out here.</summary>
public sealed record ErasureState(bool IsDone)
{
    /// <summary>Begin of an erasure's stream key.</summary>
    public const string StreamPrefix = "erasure-";

    /// <summary>Before the first event.</summary>
    public static readonly ErasureState Initial = new(false);

    /// <summary>Folds a fact.</summary>
    public static ErasureState Evolve(ErasureState state, object fact) => fact is PersonErased ? new ErasureState(true) : state;

    /// <summary>Decides; the second time nothing.</summary>
    public static Decision Decide(ErasureState state, PersonErased erased) => state.IsDone ? Decision.Nothing : Decision.Accept(erased);
}
