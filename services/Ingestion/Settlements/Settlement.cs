namespace ImageRights.Ingestion.Settlements;

/// <summary>What decisions about a settlement rest on.</summary>
public sealed record SettlementState(SettlementPaid? Paid, SettlementWithdrawn? Withdrawn)
{
    /// <summary>Before the first event.</summary>
    public static readonly SettlementState Initial = new(null, null);

    /// <summary>Case that it settles, once something is known.</summary>
    public string? CaseId => Paid?.CaseId ?? Withdrawn?.CaseId;
}

/// <summary>What can be asked of a settlement.</summary>
public abstract record SettlementCommand
{
    private SettlementCommand()
    {
    }

    /// <summary>Case that it settles.</summary>
    public abstract string CaseId { get; init; }

    /// <summary>The money arrived.</summary>
    public sealed record Pay(
        string SettlementId, string CaseId, string PayerAccountId, string? PayeeAccountId, decimal Amount, string Currency, DateTimeOffset PaidAt, DateTimeOffset Now) : SettlementCommand;

    /// <summary>It does not hold, whether its money had arrived or not.</summary>
    public sealed record Withdraw(string SettlementId, string CaseId, string? ReasonCode, DateTimeOffset WithdrawnAt, DateTimeOffset Now) : SettlementCommand;
}

/// <summary>A settlement between the parties of a case, as the marketplace carries it out: paid, perhaps withdrawn. Pure.</summary>
public static class Settlement
{
    /// <summary>Begin of a settlement's stream key.</summary>
    public const string StreamPrefix = "settlement-";

    /// <summary>Stream of a settlement.</summary>
    public static string Stream(string settlementId) => StreamPrefix + settlementId;

    /// <summary>Decides; the same command again decides nothing.</summary>
    public static Decision Decide(SettlementState state, SettlementCommand command) => command switch
    {
        _ when state.CaseId is { } known && known != command.CaseId => Decision.Refuse("Settlement_Differs", $"It belongs to {known}.", "/caseId"),
        SettlementCommand.Pay c when state.Paid is { } paid => (c.Amount, c.Currency, c.PayerAccountId) == (paid.Amount, paid.Currency, paid.PayerAccountId)
            ? Decision.Nothing
            : Decision.Refuse("Settlement_Differs", $"{paid.Amount} {paid.Currency} were paid by {paid.PayerAccountId}.", "/amount"),
        SettlementCommand.Pay when state.Withdrawn is not null => Decision.Refuse("Settlement_Withdrawn", pointer: "/settlementId"),
        SettlementCommand.Pay c => Decision.Accept(new SettlementPaid(c.SettlementId, c.CaseId, c.PayerAccountId, c.PayeeAccountId, c.Amount, c.Currency, c.PaidAt, c.Now)),
        SettlementCommand.Withdraw when state.Withdrawn is not null => Decision.Nothing,
        SettlementCommand.Withdraw c => Decision.Accept(new SettlementWithdrawn(c.SettlementId, c.CaseId, c.ReasonCode, c.WithdrawnAt, c.Now)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} has no decision."),
    };

    /// <summary>Folds a fact.</summary>
    public static SettlementState Evolve(SettlementState state, object fact) => fact switch
    {
        SettlementPaid e => state with { Paid = e },
        SettlementWithdrawn e => state with { Withdrawn = e },
        _ => state,
    };
}
