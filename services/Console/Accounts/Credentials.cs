using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ImageRights.Console.Accounts;

/// <summary>Secrets as they are drawn and kept.</summary>
public static class Credentials
{
    // A prefix of its own lets scanners of repositories and logs find a secret that slipped out.
    private const string SecretPrefix = "irs_";

    // Without the letters and digits that are taken for each other.
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>A program's secret: 256 random bits.</summary>
    public static string DrawSecret() => SecretPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>A password that somebody types once: 20 signs, about 116 bits.</summary>
    public static string DrawPassword() => RandomNumberGenerator.GetString(Alphabet, 20);

    /// <summary>What is kept of a secret.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
