namespace ImageRights.Matching.Sellers;

/// <summary>What shows whether an account has its owner with another one in common; the whole of it each time.</summary>
/// <param name="PayoutHash">Keyed hash of the account that money goes to, 64 hexadecimal digits; null: not known, or erased.</param>
/// <param name="DeviceHashes">Keyed hashes of the devices that it was used from.</param>
/// <param name="AsOf">When it held.</param>
public sealed record SellerRecorded(string AccountId, string? PayoutHash, IReadOnlyList<string> DeviceHashes, DateTimeOffset AsOf);

/// <summary>What is known of an account.</summary>
/// <param name="AsOf">Age of it; null: nothing is.</param>
public sealed record SellerState(DateTimeOffset? AsOf)
{
    /// <summary>Nothing is known.</summary>
    public static readonly SellerState Initial = new((DateTimeOffset?)null);
}

/// <summary>The stream of one account: what is told and what is erased travel on different queues, and the newer of two words holds.</summary>
public static class Seller
{
    /// <summary>Stream of an account.</summary>
    public static string StreamKey(string accountId) => $"seller-{accountId}";

    /// <summary>The next state.</summary>
    public static SellerState Evolve(SellerState state, object fact) => fact switch
    {
        SellerRecorded told => new SellerState(told.AsOf),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} does not belong to an account."),
    };

    /// <summary>The word, unless it is not newer than what is known.</summary>
    public static IReadOnlyList<object> Decide(SellerState state, SellerRecorded told) => told.AsOf <= state.AsOf ? [] : [told];
}
