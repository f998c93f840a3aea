using System.Security.Cryptography;
using System.Text;

namespace ImageRights.Notification.Secrets;

/// <summary>Signing by Standard Webhooks 1.0 with a symmetric secret: HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c>.</summary>
public static class SigningSecret
{
    /// <summary>A new secret: 32 random bytes.</summary>
    public static byte[] Create() => RandomNumberGenerator.GetBytes(32);

    /// <summary>The form that integrators put into their verifier: <c>whsec_</c> and base64.</summary>
    public static string ToText(ReadOnlySpan<byte> secret) => "whsec_" + Convert.ToBase64String(secret);

    /// <summary>Value of <c>webhook-signature</c>: one signature for each secret, separated by spaces, so that a receiver accepts either during a rotation.</summary>
    /// <param name="id">Value of <c>webhook-id</c>; contains no full stop.</param>
    /// <param name="timestamp">Value of <c>webhook-timestamp</c>, Unix seconds.</param>
    public static string Sign(IEnumerable<byte[]> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(FormattableString.Invariant($"{id}.{timestamp}."));
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, content))));
    }
}
