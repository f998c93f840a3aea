using ImageRights.EventStore;

namespace ImageRights.Notification.Deliveries;

/// <summary>Identity of a delivery: <c>dlv_</c> and 32 hexadecimal digits that follow from event and endpoint, so that an event reaches an endpoint by one delivery only.</summary>
public static class DeliveryId
{
    private const string Prefix = "dlv_";

    /// <summary>The delivery of an event to an endpoint.</summary>
    public static string Of(Guid eventId, string endpointId) => Prefix + DeterministicGuid.Create(eventId, endpointId).ToString("N");

    /// <summary>Whether <paramref name="text"/> can be a delivery's id at all.</summary>
    public static bool IsWellFormed(string? text) =>
        text is not null && text.Length == 36 && text.StartsWith(Prefix, StringComparison.Ordinal) && text[4..].All(letter => char.IsAsciiHexDigitLower(letter));

    /// <summary>Key of the delivery's stream.</summary>
    public static string StreamOf(string deliveryId) => $"delivery-{deliveryId}";
}
