using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>A receiver's verification, written from the Standard Webhooks 1.0 text and not from the sender.</summary>
public static class StandardWebhook
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static bool Verify(string secret, IReadOnlyDictionary<string, string> headers, byte[] body, DateTimeOffset now)
    {
        if (!headers.TryGetValue("webhook-id", out var id) || !headers.TryGetValue("webhook-timestamp", out var timestamp) || !headers.TryGetValue("webhook-signature", out var signatures)) return false;
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        if ((now - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Tolerance) return false;
        var key = Convert.FromBase64String(secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret[6..] : secret);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.UTF8.GetBytes(id));
        mac.AppendData("."u8);
        mac.AppendData(Encoding.UTF8.GetBytes(timestamp));
        mac.AppendData("."u8);
        mac.AppendData(body);
        var expected = mac.GetHashAndReset();
        return signatures.Split(' ').Select(signature => signature.Split(',')).Any(parts =>
            parts is ["v1", var text] && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(text), expected));
    }

    public static int Signatures(Received request) => request.Headers["webhook-signature"].Split(' ').Length;
}
