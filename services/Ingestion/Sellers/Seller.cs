namespace ImageRights.Ingestion.Sellers;

/// <summary>What decisions about an account rest on.</summary>
/// <param name="AsOf">Age of what is known; null: nothing is.</param>
public sealed record SellerState(string AccountId, DateTimeOffset? AsOf, bool HasContact)
{
    /// <summary>Before the first event.</summary>
    public static readonly SellerState Initial = new("", null, false);
}

/// <summary>What can be asked of an account.</summary>
public abstract record SellerCommand
{
    private SellerCommand()
    {
    }

    /// <summary>Takes in what the marketplace says of it; the whole of it each time.</summary>
    /// <param name="AsOf">When it held. What is older than what is known says nothing.</param>
    public sealed record Report(
        string AccountId, string? Country, string? Language, string? PayoutHash, IReadOnlyList<string> DeviceHashes, bool HasEmail, DateTimeOffset AsOf, DateTimeOffset Now) : SellerCommand;

    /// <summary>Erases name and address.</summary>
    public sealed record EraseContact(DateTimeOffset Now) : SellerCommand;
}

/// <summary>An account of the marketplace, as far as it tells of it. Pure.</summary>
public static class Seller
{
    /// <summary>Begin of an account's stream key.</summary>
    public const string StreamPrefix = "seller-";

    /// <summary>Most devices that are kept of an account.</summary>
    public const int MostDevices = 100;

    /// <summary>Stream of an account.</summary>
    public static string Stream(string accountId) => StreamPrefix + accountId;

    /// <summary>Decides; the same command again decides nothing.</summary>
    public static Decision Decide(SellerState state, SellerCommand command) => command switch
    {
        SellerCommand.Report c when c.AsOf <= state.AsOf => Decision.Nothing,
        SellerCommand.Report c => Decision.Accept(new SellerReported(c.AccountId, c.Country, c.Language, c.PayoutHash, c.DeviceHashes, c.HasEmail, c.AsOf, c.Now)),
        SellerCommand.EraseContact when state.AsOf is null => Decision.Refuse("Seller_Not_Found"),
        SellerCommand.EraseContact when !state.HasContact => Decision.Nothing,
        // Of two words the newer holds, here and where they are heard: clocks that differ must not make what is erased look newer than its erasure.
        SellerCommand.EraseContact c => Decision.Accept(new SellerContactErased(state.AccountId, c.Now > state.AsOf ? c.Now : state.AsOf.Value.AddTicks(1))),
        _ => throw new InvalidOperationException($"{command.GetType().Name} has no decision."),
    };

    /// <summary>Folds a fact.</summary>
    public static SellerState Evolve(SellerState state, object fact) => fact switch
    {
        // Whether a name came with it is not a fact, so a contact may be there after any report.
        SellerReported e => new SellerState(e.AccountId, e.AsOf, true),
        SellerContactErased e => state with { AsOf = e.ErasedAt, HasContact = false },
        _ => state,
    };
}
