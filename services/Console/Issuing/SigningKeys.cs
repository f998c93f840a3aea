using System.Security.Cryptography;
using ImageRights.Console.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace ImageRights.Console.Issuing;

/// <summary>The keys that sign tokens (ES256), in the database, sealed. A new key is published a while before it signs, and the one before stays published while its tokens live.</summary>
public sealed class SigningKeys(IDbContextFactory<AccountsDb> databases, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>A key signs for so long.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromDays(30);

    /// <summary>Services look after new keys every five minutes.</summary>
    public static readonly TimeSpan Announcement = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly IDataProtector protector = protection.CreateProtector("imagerights signing keys");
    private readonly SemaphoreSlim gate = new(1);
    private (DateTimeOffset At, IReadOnlyList<Key> Keys)? known;

    /// <summary>A key, ready to use.</summary>
    /// <param name="Public">As in the key set.</param>
    public sealed record Key(string Id, DateTimeOffset CreatedAt, SigningCredentials Credentials, JsonWebKey Public);

    /// <summary>The key that signs now.</summary>
    public async Task<Key> CurrentAsync(CancellationToken cancellationToken)
    {
        var keys = await PublishedAsync(cancellationToken);
        return keys.LastOrDefault(key => clock.GetUtcNow() - key.CreatedAt >= Announcement) ?? keys[0];
    }

    /// <summary>Keys of the key set, the newest last.</summary>
    public async Task<IReadOnlyList<Key>> PublishedAsync(CancellationToken cancellationToken)
    {
        if (known is { } fresh && clock.GetUtcNow() - fresh.At < Remembered) return fresh.Keys;
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (known is { } meanwhile && clock.GetUtcNow() - meanwhile.At < Remembered) return meanwhile.Keys;
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var now = clock.GetUtcNow();
            var stored = await LiveAsync(database, now, cancellationToken);
            if (stored.Count == 0 || now - stored[^1].CreatedAt >= Term)
            {
                await database.AloneAsync(async () =>
                {
                    stored = await LiveAsync(database, now, cancellationToken);
                    if (stored.Count == 0 || now - stored[^1].CreatedAt >= Term) stored = [.. stored, database.SigningKeys.Add(Draw(now)).Entity];
                }, cancellationToken);
            }
            var keys = stored.Select(Open).ToList();
            known = (now, keys);
            return keys;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Draws a new key before its time.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.SigningKeys.Add(Draw(clock.GetUtcNow()));
        await database.SaveChangesAsync(cancellationToken);
        known = null;
    }

    // The one that signs and the one before or after it.
    private static async Task<List<SigningKey>> LiveAsync(AccountsDb database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var newest = await database.SigningKeys.AsNoTracking().OrderByDescending(key => key.CreatedAt).Take(2).ToListAsync(cancellationToken);
        newest.Reverse();
        return newest;
    }

    private SigningKey Draw(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey { Id = PublicOf(key).Kid, Sealed = protector.Protect(key.ExportPkcs8PrivateKey()), CreatedAt = now };
    }

    private Key Open(SigningKey stored)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(protector.Unprotect(stored.Sealed), out _);
        return new Key(stored.Id, stored.CreatedAt, new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = stored.Id }, SecurityAlgorithms.EcdsaSha256), PublicOf(key));
    }

    private static JsonWebKey PublicOf(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new JsonWebKey
        {
            Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv = JsonWebKeyECTypes.P256, Use = JsonWebKeyUseNames.Sig, Alg = SecurityAlgorithms.EcdsaSha256,
            X = Base64UrlEncoder.Encode(point.X), Y = Base64UrlEncoder.Encode(point.Y),
        };
        jwk.Kid = Base64UrlEncoder.Encode(jwk.ComputeJwkThumbprint());
        return jwk;
    }
}
