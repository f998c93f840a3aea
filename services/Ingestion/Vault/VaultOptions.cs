namespace ImageRights.Ingestion.Vault;

/// <summary>Where and under which key the vault keeps bytes; configuration section <c>Vault</c>.</summary>
/// <param name="Directory">Directory of this service alone.</param>
/// <param name="Key">Key-encryption key, 32 bytes.</param>
public sealed record VaultOptions(string Directory, byte[] Key)
{
    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or unfit; the message says what to set.</exception>
    public static VaultOptions Read(IConfiguration configuration)
    {
        var directory = configuration["Vault:Directory"];
        if (string.IsNullOrWhiteSpace(directory))
            throw new InvalidOperationException("Vault:Directory is missing: set it (Vault__Directory) to the directory that is to hold uploaded pictures.");
        return new VaultOptions(Path.GetFullPath(directory), ReadKey(configuration["Vault:Key"]));
    }

    private static byte[] ReadKey(string? text)
    {
        const string Remedy = "set it (Vault__Key) to 32 random bytes in base64, made for example with `openssl rand -base64 32`, and keep it: what was stored under it cannot be read without it.";
        if (string.IsNullOrWhiteSpace(text)) throw new InvalidOperationException($"Vault:Key is missing: {Remedy}");
        var key = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, key, out var length)) throw new InvalidOperationException($"Vault:Key is not base64: {Remedy}");
        if (length != 32) throw new InvalidOperationException($"Vault:Key has {length} bytes instead of 32: {Remedy}");
        return key[..length];
    }
}
