namespace ImageRights.Ingestion.Sellers;

/// <summary>Who is behind an account: personal data, in this one place and outside of the record of facts, so that erasing it leaves nothing behind.</summary>
/// <param name="Email">Where to write to; null: nowhere.</param>
/// <param name="Language">Language tag, BCP 47.</param>
public sealed record SellerContact(string AccountId, string? DisplayName, string? Email, string? Language);
