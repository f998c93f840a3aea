using System.Collections.Concurrent;

namespace ImageRights.Matching.Sellers;

/// <summary>Which accounts of one tenant have one owner, by what is known now. One writer, many readers.</summary>
/// <remarks>Accounts are linked by two signals that are independent of each other, or by one that is as strong: money goes to one payout account, or both were used from the same two
/// devices. One device alone may be a family's or a shop's.</remarks>
public sealed class AccountOwners
{
    private const int DevicesThatLink = 2;

    private readonly ConcurrentDictionary<string, SellerSignals> sellers = new();

    /// <summary>Takes in what is known of an account, in place of what was.</summary>
    internal void Put(SellerSignals seller)
    {
        if (seller is { Payout: null, Devices.Count: 0 }) sellers.TryRemove(seller.AccountId, out _);
        else sellers[seller.AccountId] = seller;
    }

    /// <summary>How many owners these accounts have, each of them named once. What links two of them through an account that is not among them is not followed.</summary>
    public int CountOf(IReadOnlyCollection<string> accounts)
    {
        var known = accounts.Select(sellers.GetValueOrDefault).OfType<SellerSignals>().ToArray();
        var owners = accounts.Count;
        var parents = Enumerable.Range(0, known.Length).ToArray();
        var (byPayout, byDevice) = (new Dictionary<UInt128, int>(), new Dictionary<UInt128, List<int>>());
        var shared = new int[known.Length];
        for (var account = 0; account < known.Length; account++)
        {
            if (known[account].Payout is { } payout && !byPayout.TryAdd(payout, account)) Join(account, byPayout[payout]);
            Array.Clear(shared);
            foreach (var device in known[account].Devices)
            {
                if (!byDevice.TryGetValue(device, out var earlier)) byDevice.Add(device, earlier = []);
                foreach (var other in earlier)
                {
                    if (++shared[other] == DevicesThatLink) Join(account, other);
                }
                earlier.Add(account);
            }
        }
        return owners;

        void Join(int one, int other)
        {
            var (root, otherRoot) = (Root(one), Root(other));
            if (root == otherRoot) return;
            parents[root] = otherRoot;
            owners--;
        }

        int Root(int account)
        {
            while (parents[account] != account) account = parents[account] = parents[parents[account]];
            return account;
        }
    }
}
