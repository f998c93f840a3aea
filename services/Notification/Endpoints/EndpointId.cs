namespace ImageRights.Notification.Endpoints;

/// <summary>Identity of a webhook endpoint: <c>whe_</c> and 32 hexadecimal digits.</summary>
public static class EndpointId
{
    /// <summary>Begin of the ids.</summary>
    public const string Prefix = "whe_";

    /// <summary>A new identity; later ones sort after earlier ones.</summary>
    public static string Create() => Prefix + Guid.CreateVersion7().ToString("N");

    /// <summary>Whether <paramref name="text"/> can be an endpoint's id at all; whatever else is asked for does not exist.</summary>
    public static bool IsWellFormed(string? text) => text is not null && text.Length == 36 && text.StartsWith(Prefix, StringComparison.Ordinal) && text[4..].All(letter => char.IsAsciiHexDigitLower(letter));

    /// <summary>Key of the endpoint's stream.</summary>
    public static string StreamOf(string endpointId) => $"endpoint-{endpointId}";
}
