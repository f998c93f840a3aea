namespace ImageRights.Console.Peers;

/// <summary>Resource names of the services that the console reads.</summary>
public static class Peer
{
    public const string Ingestion = "ingestion";
    public const string Fingerprint = "fingerprint";
    public const string Matching = "matching";
    public const string Cases = "casemanagement";
    public const string Notification = "notification";

    /// <summary>All of them.</summary>
    public static readonly string[] All = [Ingestion, Fingerprint, Matching, Cases, Notification];
}
