namespace ImageRights.Ingestion.Licences;

// These are the stored form: a change here needs a new stored name and an upcast.

/// <summary>The rights holder allowed an account to use a work.</summary>
/// <param name="Until">Last instant at which the licence covers a use; null: no end.</param>
public sealed record LicenceGranted(
    string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset GrantedAt);

/// <summary>The licence was ended before its term.</summary>
public sealed record LicenceEnded(string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset EndedAt);
