using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ImageRights.Console.Accounts;

/// <summary>The one secret that the console is given: what its database holds is sealed under it.</summary>
/// <param name="Bytes">32 bytes.</param>
public sealed record ConsoleKey(byte[] Bytes)
{
    /// <summary>Reads <c>Access:Key</c>.</summary>
    /// <exception cref="InvalidOperationException">It is missing or short.</exception>
    public static ConsoleKey Read(IConfiguration configuration)
    {
        var key = new byte[32];
        return Convert.TryFromBase64String(configuration["Access:Key"] ?? "", key, out var length) && length == key.Length
            ? new ConsoleKey(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "imagerights console protection keys"u8.ToArray()))
            : throw new InvalidOperationException("Access:Key takes 32 bytes in base64: `openssl rand -base64 32`. Without the one that was used before, all sign-ins end and new keys are drawn.");
    }
}

/// <summary>Keeps ASP.NET's data protection keys in the database, so that replicas and restarts share them.</summary>
internal sealed class ProtectionKeys(IDbContextFactory<AccountsDb> databases, ConsoleKey key) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = this;
        options.XmlEncryptor = new KeySeal(key);
    }

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var database = databases.CreateDbContext();
        return [.. database.ProtectionKeys.AsNoTracking().AsEnumerable().Select(stored => XElement.Parse(stored.Xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var database = databases.CreateDbContext();
        database.ProtectionKeys.Add(new ProtectionKey { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        database.SaveChanges();
    }
}

/// <summary>Seals a key with AES-256-GCM.</summary>
internal sealed class KeySeal(ConsoleKey key) : IXmlEncryptor
{
    internal const int NonceLength = 12, TagLength = 16;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedKey = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(sealedKey.AsSpan(0, NonceLength));
        using var aes = new AesGcm(key.Bytes, TagLength);
        aes.Encrypt(sealedKey.AsSpan(0, NonceLength), plain, sealedKey.AsSpan(NonceLength + TagLength), sealedKey.AsSpan(NonceLength, TagLength));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(sealedKey)), typeof(KeyUnseal));
    }
}

/// <summary>Its counterpart; ASP.NET makes one by the name that it stored.</summary>
public sealed class KeyUnseal(IServiceProvider services) : IXmlDecryptor
{
    /// <inheritdoc />
    public XElement Decrypt(XElement encryptedElement)
    {
        var sealedKey = Convert.FromBase64String(encryptedElement.Value);
        var plain = new byte[sealedKey.Length - KeySeal.NonceLength - KeySeal.TagLength];
        using var aes = new AesGcm(services.GetRequiredService<ConsoleKey>().Bytes, KeySeal.TagLength);
        aes.Decrypt(sealedKey.AsSpan(0, KeySeal.NonceLength), sealedKey.AsSpan(KeySeal.NonceLength + KeySeal.TagLength), sealedKey.AsSpan(KeySeal.NonceLength, KeySeal.TagLength), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
