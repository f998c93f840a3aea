using System.Security.Cryptography;
using System.Text;

namespace ImageRights.Ingestion.Vault;

/// <summary>Keeps bytes under their SHA-256, encrypted, each tenant apart. The same bytes are stored once a tenant.</summary>
/// <remarks>Thread-safe, also between processes on one directory. Bytes are stored before the event that names them is appended: after a crash in between an object is
/// left that no event names; it is never read, and the upload that is sent again finds it. The other order could leave an event without its bytes.</remarks>
public sealed class ContentVault(VaultOptions options, ILogger<ContentVault> logger)
{
    // No upload lives longer, so an older partial file has no writer.
    private static readonly TimeSpan OldestPartial = TimeSpan.FromHours(1);

    private string Partials => Path.Combine(options.Directory, "partial");

    /// <summary>Creates the directory, removes partial files of writers that were killed, and checks that the key is the one that the vault was begun with.</summary>
    /// <exception cref="InvalidOperationException">The directory cannot be written, or holds objects under another key.</exception>
    public void Prepare(DateTimeOffset now)
    {
        try
        {
            Directory.CreateDirectory(Partials);
            foreach (var file in Directory.EnumerateFiles(Partials))
            {
                if (now - File.GetLastWriteTimeUtc(file) > OldestPartial) File.Delete(file);
            }
            CheckKey();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Vault:Directory {options.Directory} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Stores content; when this returns it survives a power cut. Content that is there already is verified, and replaced if it is damaged.</summary>
    /// <param name="content">Read from its position to its end.</param>
    /// <exception cref="InvalidDataException">The content does not have the hash given.</exception>
    public async Task StoreAsync(string tenant, string sha256, Stream content, CancellationToken cancellationToken)
    {
        var form = new SealedObject(options.Key, tenant, sha256);
        var path = PathOf(tenant, sha256);
        if (await IsStoredAsync(path, form, cancellationToken)) return;

        Directory.CreateDirectory(Partials);
        var partial = Path.Combine(Partials, $"{Guid.CreateVersion7():N}");
        try
        {
            await using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                var actual = await form.SealAsync(content, file, cancellationToken);
                if (actual != sha256) throw new InvalidDataException($"The content has SHA-256 {actual}, not {sha256}.");
                file.Flush(flushToDisk: true);
            }
            Durable.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(partial, path, overwrite: true);
            Durable.FlushDirectory(Path.GetDirectoryName(path)!);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Opens content for reading, or gives null if this tenant has none under the hash. The stream gives verified bytes only and knows its length.</summary>
    /// <exception cref="VaultObjectDamagedException">Here for header and first chunk, later while reading.</exception>
    public async Task<Stream?> OpenAsync(string tenant, string sha256, CancellationToken cancellationToken) =>
        await OpenAsync(PathOf(tenant, sha256), new SealedObject(options.Key, tenant, sha256), cancellationToken);

    /// <summary>Whether a text can be an address here: 64 lower-case hexadecimal digits.</summary>
    public static bool IsAddress(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static async Task<UnsealingStream?> OpenAsync(string path, SealedObject form, CancellationToken cancellationToken)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        try
        {
            return await UnsealingStream.OpenAsync(file, form, cancellationToken);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> IsStoredAsync(string path, SealedObject form, CancellationToken cancellationToken)
    {
        try
        {
            await using var stored = await OpenAsync(path, form, cancellationToken);
            if (stored is null) return false;
            await stored.CopyToAsync(Stream.Null, cancellationToken);
            return true;
        }
        catch (VaultObjectDamagedException damage)
        {
            logger.LogError(damage, "Stored content {Sha256} did not verify; the same content has arrived again and replaces it", Path.GetFileName(path));
            return false;
        }
    }

    // With a wrong key the service would run well for months and give back nothing that was stored before.
    private void CheckKey()
    {
        var keyId = Convert.ToHexStringLower(SealedObject.KeyId(options.Key));
        var path = Path.Combine(options.Directory, "key-id");
        var partial = Path.Combine(Partials, $"{Guid.CreateVersion7():N}");
        File.WriteAllText(partial, keyId);
        try
        {
            if (!File.Exists(path)) File.Move(partial, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another replica began the vault at the same moment.
        }
        finally
        {
            File.Delete(partial);
        }
        if (File.ReadAllText(path) != keyId)
            throw new InvalidOperationException($"Vault:Key is not the key that the vault in {options.Directory} was begun with; what is stored there could not be read. Set the first key again.");
    }

    // Two levels keep directories small; the tenant's name is hashed because it may hold any character.
    private string PathOf(string tenant, string sha256)
    {
        if (!IsAddress(sha256)) throw new ArgumentException("An address is 64 lower-case hexadecimal digits.", nameof(sha256));
        var owner = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tenant)))[..32];
        return Path.Combine(options.Directory, owner, sha256[..2], sha256[2..4], sha256);
    }
}
