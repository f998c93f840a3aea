using System.Security.Cryptography;
using System.Text.Json;

namespace ImageRights.Hosting;

/// <summary>Secrets drawn at the first start, in <c>secrets.json</c> of the data directory (mode 0600).</summary>
internal sealed class SecretStore(string dataDirectory)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly Lock gate = new();
    private readonly string path = Path.Combine(dataDirectory, "secrets.json");

    /// <summary>The kept value, or 32 new random bytes in base64.</summary>
    /// <exception cref="HostingException">The file is there but cannot be read: a new key would make the vault unreadable.</exception>
    internal string GetOrCreate(string key)
    {
        lock (gate)
        {
            var secrets = Read();
            if (secrets.TryGetValue(key, out var kept)) return kept;
            secrets[key] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            PrivateFile.Write(path, JsonSerializer.Serialize(secrets, Indented));
            return secrets[key];
        }
    }

    private SortedDictionary<string, string> Read()
    {
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(path)) ?? [];
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new HostingException($"The secrets in {path} cannot be read: {fault.Message}",
                "Restore the file, or run as its owner. Without it the pictures in the vault cannot be decrypted.", inner: fault);
        }
    }
}

/// <summary>Files that only their owner may read, replaced as a whole so that a kill leaves the old or the new one.</summary>
internal static class PrivateFile
{
    internal static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }
}
