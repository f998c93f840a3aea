using System.Globalization;

namespace ImageRights.Matching.Sellers;

/// <summary>What shows whose an account is, as memory holds it: of each hash half, which is enough to tell them apart.</summary>
internal sealed record SellerSignals(string AccountId, UInt128? Payout, IReadOnlyList<UInt128> Devices)
{
    public static SellerSignals Of(SellerRecorded told) =>
        new(told.AccountId, told.PayoutHash is { } payout ? HalfOf(payout) : null, [.. told.DeviceHashes.Select(HalfOf).Distinct()]);

    private static UInt128 HalfOf(string hash) => UInt128.Parse(hash.AsSpan(0, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
