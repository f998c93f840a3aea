namespace ImageRights.Hosting.Tests;

public sealed class SecretStoreTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private string SecretsFile => Path.Combine(directory.Path, "secrets.json");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_secret_is_32_random_bytes_and_the_same_at_the_next_start()
    {
        var first = new SecretStore(directory.Path).GetOrCreate("Parameters:vault-key");
        var other = new SecretStore(directory.Path).GetOrCreate("Parameters:secrets-key");

        Convert.FromBase64String(first).Length.ShouldBe(32);
        other.ShouldNotBe(first);
        new SecretStore(directory.Path).GetOrCreate("Parameters:vault-key").ShouldBe(first);
    }

    [Fact]
    public void Only_its_owner_can_read_the_file()
    {
        new SecretStore(directory.Path).GetOrCreate("Parameters:vault-key");

        File.GetUnixFileMode(SecretsFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_damaged_file_is_reported_and_never_replaced_by_new_keys()
    {
        File.WriteAllText(SecretsFile, "{ \"Parameters:vault-key\": \"AAAA");

        var fault = Should.Throw<HostingException>(() => new SecretStore(directory.Path).GetOrCreate("Parameters:vault-key"));

        fault.Message.ShouldContain(SecretsFile);
        File.ReadAllText(SecretsFile).ShouldBe("{ \"Parameters:vault-key\": \"AAAA");
    }
}
