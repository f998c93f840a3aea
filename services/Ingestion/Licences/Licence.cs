namespace ImageRights.Ingestion.Licences;

/// <summary>What decisions about a licence rest on.</summary>
public sealed record LicenceState(string LicenceId, string WorkId, string LicenseeAccountId, bool IsGranted, bool IsEnded)
{
    /// <summary>Before the first event.</summary>
    public static readonly LicenceState Initial = new("", "", "", false, false);
}

/// <summary>What can be asked of a licence.</summary>
public abstract record LicenceCommand
{
    private LicenceCommand()
    {
    }

    /// <summary>Allows an account to use a work.</summary>
    /// <param name="OwnerAccountId">Who registered the work; null when it is not registered with this tenant.</param>
    /// <param name="IsWithdrawn">Whether the work is withdrawn: it gives no rights any more.</param>
    public sealed record Grant(
        string LicenceId, string WorkId, string? OwnerAccountId, bool IsWithdrawn, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset Now) : LicenceCommand;

    /// <summary>Ends a licence before its term.</summary>
    public sealed record End(DateTimeOffset Now) : LicenceCommand;
}

/// <summary>A licence's life: granted, later perhaps ended. Pure.</summary>
public static class Licence
{
    /// <summary>Begin of a licence's stream key.</summary>
    public const string StreamPrefix = "licence-";

    /// <summary>Begin of the ids.</summary>
    public const string IdPrefix = "lic_";

    /// <summary>Stream of a licence.</summary>
    public static string Stream(string licenceId) => StreamPrefix + licenceId;

    /// <summary>Decides; the same command again decides nothing.</summary>
    public static Decision Decide(LicenceState state, LicenceCommand command) => command switch
    {
        LicenceCommand.Grant when state.IsGranted => Decision.Nothing,
        LicenceCommand.Grant { OwnerAccountId: null } => Decision.Refuse("Licence_Work_Unknown", pointer: "/workId"),
        LicenceCommand.Grant { IsWithdrawn: true } => Decision.Refuse("Licence_Work_Withdrawn", pointer: "/workId"),
        LicenceCommand.Grant c when c.LicenseeAccountId == c.OwnerAccountId => Decision.Refuse("Licence_To_Owner", pointer: "/licenseeAccountId"),
        LicenceCommand.Grant c when c.Until <= c.From => Decision.Refuse("Licence_Term_Empty", pointer: "/until"),
        LicenceCommand.Grant c => Decision.Accept(new LicenceGranted(c.LicenceId, c.WorkId, c.LicenseeAccountId, c.From, c.Until, c.Now)),
        LicenceCommand.End when !state.IsGranted => Decision.Refuse("Licence_Not_Found"),
        LicenceCommand.End when state.IsEnded => Decision.Nothing,
        LicenceCommand.End c => Decision.Accept(new LicenceEnded(state.LicenceId, state.WorkId, state.LicenseeAccountId, c.Now)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} has no decision."),
    };

    /// <summary>Folds a fact.</summary>
    public static LicenceState Evolve(LicenceState state, object fact) => fact switch
    {
        LicenceGranted e => new LicenceState(e.LicenceId, e.WorkId, e.LicenseeAccountId, true, false),
        LicenceEnded => state with { IsEnded = true },
        _ => state,
    };
}
