using System.Security.Cryptography;
using ImageRights.Ingestion.Vault;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageRights.Ingestion.UnitTests;

public sealed class VaultTests : IDisposable
{
    private const string Tenant = "*DEFAULT*";
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly string directory = Directory.CreateTempSubdirectory("imagerights-vault-").FullName;
    private readonly ContentVault vault;

    public VaultTests() => vault = Open(Key);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    [InlineData(300_001)]
    public async Task What_goes_in_comes_out(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var sha256 = await StoreAsync(content);
        await using var stream = (await vault.OpenAsync(Tenant, sha256, default)).ShouldNotBeNull();
        stream.Length.ShouldBe(length);
        (await ReadAsync(vault, Tenant, sha256)).ShouldBe(content);
        Partials().ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_of_the_content_lies_on_disk_in_the_clear()
    {
        await StoreAsync([.. Enumerable.Repeat("a picture of a coat, "u8.ToArray(), 5000).SelectMany(bytes => bytes)]);
        File.ReadAllBytes(Objects().Single()).AsSpan().IndexOf("coat"u8).ShouldBe(-1);
    }

    [Fact]
    public async Task The_same_content_is_sealed_differently_for_each_tenant_and_kept_apart()
    {
        var content = "a picture"u8.ToArray();
        var sha256 = await StoreAsync(content);
        await vault.StoreAsync("other", sha256, new MemoryStream(content), default);
        var objects = Objects();
        objects.Length.ShouldBe(2);
        (await vault.OpenAsync("third", sha256, default)).ShouldBeNull();

        File.Copy(objects[0], objects[1], overwrite: true);
        var damaged = 0;
        foreach (var tenant in new[] { Tenant, "other" })
        {
            try
            {
                (await ReadAsync(vault, tenant, sha256)).ShouldBe(content);
            }
            catch (VaultObjectDamagedException)
            {
                damaged++;
            }
        }
        damaged.ShouldBe(1, "the object that was moved to the other tenant must not open there");
    }

    [Fact]
    public async Task A_flip_of_any_byte_is_noticed()
    {
        var sha256 = await StoreAsync(RandomNumberGenerator.GetBytes(100));
        var path = Objects().Single();
        var sealedBytes = File.ReadAllBytes(path);
        for (var place = 0; place < sealedBytes.Length; place++)
        {
            var tampered = (byte[])sealedBytes.Clone();
            tampered[place] ^= 0x01;
            File.WriteAllBytes(path, tampered);
            await Should.ThrowAsync<VaultObjectDamagedException>(() => ReadAsync(vault, Tenant, sha256), $"byte {place}");
        }
    }

    [Fact]
    public async Task A_cut_anywhere_is_noticed()
    {
        var sha256 = await StoreAsync(RandomNumberGenerator.GetBytes(100));
        var path = Objects().Single();
        var sealedBytes = File.ReadAllBytes(path);
        for (var length = 0; length < sealedBytes.Length; length++)
        {
            File.WriteAllBytes(path, sealedBytes[..length]);
            await Should.ThrowAsync<VaultObjectDamagedException>(() => ReadAsync(vault, Tenant, sha256), $"cut at {length}");
        }
    }

    [Fact]
    public async Task Frames_that_are_dropped_swapped_repeated_or_added_are_noticed()
    {
        var sha256 = await StoreAsync(RandomNumberGenerator.GetBytes(3 * 65_536));
        var path = Objects().Single();
        var whole = File.ReadAllBytes(path);
        var header = whole[..SealedObject.HeaderLength];
        var frames = whole[SealedObject.HeaderLength..].Chunk(SealedObject.FullFrame).ToArray();
        frames.Length.ShouldBe(3);
        foreach (var (order, what) in new[]
        {
            (new[] { 0, 1 }, "the last is dropped"), ([1, 2], "the first is dropped"), ([0, 2], "the middle is dropped"), ([1, 0, 2], "two are swapped"),
            ([0, 0, 1, 2], "one is repeated"), ([0, 1, 2, 2], "the last is repeated"), ([], "all are dropped"),
        })
        {
            File.WriteAllBytes(path, [.. header, .. order.SelectMany(index => frames[index])]);
            await Should.ThrowAsync<VaultObjectDamagedException>(() => ReadAsync(vault, Tenant, sha256), what);
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        await Should.ThrowAsync<VaultObjectDamagedException>(() => ReadAsync(vault, Tenant, sha256), "a byte is added");
    }

    [Fact]
    public async Task An_object_under_another_name_does_not_open()
    {
        var first = await StoreAsync("first"u8.ToArray());
        var path = Objects().Single();
        var second = await StoreAsync("second"u8.ToArray());
        var other = Objects().Single(file => file.EndsWith(second, StringComparison.Ordinal));
        File.Copy(path, other, overwrite: true);
        await Should.ThrowAsync<VaultObjectDamagedException>(() => ReadAsync(vault, Tenant, second));
        (await ReadAsync(vault, Tenant, first)).ShouldBe("first"u8.ToArray());
    }

    [Fact]
    public async Task Another_key_does_not_open_it_and_the_message_says_so()
    {
        var sha256 = await StoreAsync("a picture"u8.ToArray());
        var failure = await Should.ThrowAsync<VaultObjectDamagedException>(() => ReadAsync(Over(RandomNumberGenerator.GetBytes(32)), Tenant, sha256));
        failure.Message.ShouldContain("another key than Vault:Key");
    }

    [Fact]
    public void A_vault_that_was_begun_with_another_key_is_not_opened()
    {
        vault.Prepare(DateTimeOffset.UtcNow);
        Should.Throw<InvalidOperationException>(() => Over(RandomNumberGenerator.GetBytes(32)).Prepare(DateTimeOffset.UtcNow)).Message.ShouldContain("is not the key that the vault");
        Partials().ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_can_begin_a_vault_at_once()
    {
        var elsewhere = Path.Combine(directory, "partial", "elsewhere");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => new ContentVault(new VaultOptions(elsewhere, Key), NullLogger<ContentVault>.Instance).Prepare(DateTimeOffset.UtcNow))));
        Directory.GetFiles(elsewhere, "*", SearchOption.AllDirectories).ShouldBe([Path.Combine(elsewhere, "key-id")]);
    }

    [Fact]
    public async Task Many_writers_of_the_same_content_leave_one_whole_object()
    {
        var content = RandomNumberGenerator.GetBytes(200_000);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => vault.StoreAsync(Tenant, sha256, new MemoryStream(content), default))));
        Objects().Length.ShouldBe(1);
        Partials().ShouldBeEmpty();
        (await ReadAsync(vault, Tenant, sha256)).ShouldBe(content);
    }

    [Fact]
    public async Task Content_that_is_there_is_not_written_again()
    {
        var sha256 = await StoreAsync("a picture"u8.ToArray());
        var before = File.ReadAllBytes(Objects().Single());
        await StoreAsync("a picture"u8.ToArray());
        File.ReadAllBytes(Objects().Single()).ShouldBe(before);
        (await ReadAsync(vault, Tenant, sha256)).ShouldBe("a picture"u8.ToArray());
    }

    [Fact]
    public async Task Damaged_content_is_replaced_when_the_same_content_arrives()
    {
        var sha256 = await StoreAsync("a picture"u8.ToArray());
        File.WriteAllBytes(Objects().Single(), [1, 2, 3]);
        await StoreAsync("a picture"u8.ToArray());
        (await ReadAsync(vault, Tenant, sha256)).ShouldBe("a picture"u8.ToArray());
    }

    [Fact]
    public async Task Content_with_another_hash_is_refused_and_nothing_is_left()
    {
        await Should.ThrowAsync<InvalidDataException>(() => vault.StoreAsync(Tenant, new string('a', 64), new MemoryStream([1, 2, 3]), default));
        Objects().ShouldBeEmpty();
        Partials().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_source_that_breaks_leaves_nothing()
    {
        await Should.ThrowAsync<IOException>(() => vault.StoreAsync(Tenant, new string('a', 64), new BreakingStream(), default));
        Objects().ShouldBeEmpty();
        Partials().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_there_is_null() => (await vault.OpenAsync(Tenant, new string('0', 64), default)).ShouldBeNull();

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    public void Only_hashes_are_addresses(string address) => ContentVault.IsAddress(address).ShouldBeFalse();

    [Fact]
    public void Partial_files_of_killed_writers_are_removed_later_and_those_of_living_ones_are_not()
    {
        var (old, young) = (Path.Combine(directory, "partial", "old"), Path.Combine(directory, "partial", "young"));
        File.WriteAllBytes(old, [1]);
        File.WriteAllBytes(young, [1]);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        vault.Prepare(DateTimeOffset.UtcNow);
        Partials().ShouldBe([young]);
    }

    [Theory]
    [InlineData(null, "Vault:Key is missing")]
    [InlineData("   ", "Vault:Key is missing")]
    [InlineData("not base64!", "Vault:Key is not base64")]
    [InlineData("c2hvcnQ=", "Vault:Key has 5 bytes instead of 32")]
    public void A_missing_or_unfit_key_is_refused_with_the_remedy(string? key, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Vault:Directory"] = directory, ["Vault:Key"] = key }).Build();
        var failure = Should.Throw<InvalidOperationException>(() => VaultOptions.Read(configuration));
        failure.Message.ShouldStartWith(message);
        failure.Message.ShouldContain("openssl rand -base64 32");
    }

    [Fact]
    public void A_missing_directory_is_refused() =>
        Should.Throw<InvalidOperationException>(() => VaultOptions.Read(new ConfigurationBuilder().Build())).Message.ShouldStartWith("Vault:Directory is missing");

    private ContentVault Open(byte[] key)
    {
        var opened = Over(key);
        opened.Prepare(DateTimeOffset.UtcNow);
        return opened;
    }

    private ContentVault Over(byte[] key) => new(new VaultOptions(directory, key), NullLogger<ContentVault>.Instance);

    private async Task<string> StoreAsync(byte[] content)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        await vault.StoreAsync(Tenant, sha256, new MemoryStream(content), default);
        return sha256;
    }

    private static async Task<byte[]> ReadAsync(ContentVault from, string tenant, string sha256)
    {
        await using var stream = (await from.OpenAsync(tenant, sha256, default)).ShouldNotBeNull();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private string[] Objects() => [.. Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Except([.. Partials(), Path.Combine(directory, "key-id")]).Order(StringComparer.Ordinal)];

    private string[] Partials() => Directory.GetFiles(Path.Combine(directory, "partial"));

    private sealed class BreakingStream : MemoryStream
    {
        private bool begun;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (begun) throw new IOException("The source broke.");
            begun = true;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
