namespace ImageRights.Ingestion;

/// <summary>Ids that this service gives out: a prefix that says of what, and a UUIDv7, so that they sort by time.</summary>
public static class Identity
{
    /// <summary>A new id.</summary>
    public static string New(string prefix) => $"{prefix}{Guid.CreateVersion7():N}";

    /// <summary>Whether a text from outside can be such an id; nothing else reaches the database.</summary>
    public static bool Is(string prefix, string text) =>
        text.Length == prefix.Length + 32 && text.StartsWith(prefix, StringComparison.Ordinal) && text.AsSpan(prefix.Length).IndexOfAnyExcept("0123456789abcdef") < 0;
}
