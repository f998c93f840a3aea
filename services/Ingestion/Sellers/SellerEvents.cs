namespace ImageRights.Ingestion.Sellers;

// These are the stored form: a change here needs a new stored name and an upcast.

/// <summary>The marketplace told of an account. Who is behind it, name and address, is kept apart, where it can be erased.</summary>
/// <param name="Country">ISO 3166-1 code of two letters.</param>
/// <param name="Language">Language tag, BCP 47, in which to write to them.</param>
/// <param name="PayoutHash">Keyed hash of the account that money goes to; equal for accounts that share it.</param>
/// <param name="DeviceHashes">Keyed hashes of the devices that the account was used from, in order.</param>
/// <param name="HasEmail">Whether an address was told.</param>
/// <param name="AsOf">When it held, by the marketplace's clock.</param>
public sealed record SellerReported(
    string AccountId, string? Country, string? Language, string? PayoutHash, IReadOnlyList<string> DeviceHashes, bool HasEmail, DateTimeOffset AsOf, DateTimeOffset ReportedAt);

/// <summary>Name and address of an account were erased.</summary>
public sealed record SellerContactErased(string AccountId, DateTimeOffset ErasedAt);
