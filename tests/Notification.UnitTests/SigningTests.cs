using System.Security.Cryptography;
using System.Text;
using ImageRights.Notification.Secrets;

namespace ImageRights.Notification.UnitTests;

public sealed class SigningTests
{
    // The vector of the Standard Webhooks libraries.
    private static readonly byte[] Secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private static readonly byte[] Other = Convert.FromBase64String("C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1614265330;
    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Fact]
    public void The_published_vector_is_met() => SigningSecret.Sign([Secret], Id, Timestamp, Body).ShouldBe(Signature);

    [Fact]
    public void Two_secrets_give_two_signatures_separated_by_a_space()
    {
        var both = SigningSecret.Sign([Other, Secret], Id, Timestamp, Body).Split(' ');
        both.Length.ShouldBe(2);
        both[0].ShouldBe(SigningSecret.Sign([Other], Id, Timestamp, Body));
        both[1].ShouldBe(Signature);
    }

    [Fact]
    public void Another_secret_id_time_or_body_gives_another_signature()
    {
        SigningSecret.Sign([Other], Id, Timestamp, Body).ShouldNotBe(Signature);
        SigningSecret.Sign([Secret], Id + "x", Timestamp, Body).ShouldNotBe(Signature);
        SigningSecret.Sign([Secret], Id, Timestamp + 1, Body).ShouldNotBe(Signature);
        SigningSecret.Sign([Secret], Id, Timestamp, [.. Body, (byte)' ']).ShouldNotBe(Signature);
    }

    [Fact]
    public void A_body_beyond_ascii_is_signed_by_its_bytes()
    {
        var body = Encoding.UTF8.GetBytes("""{"title":"桜"}""");
        byte[] content = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. body];
        var expected = HMACSHA256.HashData(Secret, content);
        SigningSecret.Sign([Secret], Id, Timestamp, body).ShouldBe("v1," + Convert.ToBase64String(expected));
    }

    [Fact]
    public void A_new_secret_has_32_bytes_and_the_prefix_of_the_standard()
    {
        var secret = SigningSecret.Create();
        secret.Length.ShouldBe(32);
        SigningSecret.Create().ShouldNotBe(secret);
        SigningSecret.ToText(secret).ShouldBe("whsec_" + Convert.ToBase64String(secret));
    }
}

public sealed class SecretSealTests
{
    private static readonly SecretSeal Seal = SecretSeal.FromConfiguration(Convert.ToBase64String(new byte[32]));
    private static readonly byte[] Secret = SigningSecret.Create();

    [Fact]
    public void What_is_sealed_opens_at_its_place() => Seal.Open(Seal.Seal(Secret, "t/whe_1/whs_1"), "t/whe_1/whs_1").ShouldBe(Secret);

    [Fact]
    public void The_same_secret_never_seals_the_same_way_twice() => Seal.Seal(Secret, "p").ShouldNotBe(Seal.Seal(Secret, "p"));

    [Fact]
    public void At_another_place_it_does_not_open() =>
        Should.Throw<CryptographicException>(() => Seal.Open(Seal.Seal(Secret, "t/whe_1/whs_1"), "t/whe_2/whs_1"));

    [Fact]
    public void With_another_key_it_does_not_open()
    {
        var other = SecretSeal.FromConfiguration(Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()));
        Should.Throw<CryptographicException>(() => other.Open(Seal.Seal(Secret, "p"), "p"));
    }

    [Fact]
    public void No_byte_can_be_changed()
    {
        var @sealed = Seal.Seal(Secret, "p");
        for (var index = 0; index < @sealed.Length; index++)
        {
            var changed = @sealed.ToArray();
            changed[index] ^= 1;
            Should.Throw<CryptographicException>(() => Seal.Open(changed, "p"), $"byte {index}");
        }
        Should.Throw<CryptographicException>(() => Seal.Open(@sealed.AsSpan(0, 10).ToArray(), "p"));
    }

    [Theory]
    [InlineData(null, "Secrets:Key is missing")]
    [InlineData(" ", "Secrets:Key is missing")]
    [InlineData("not base64!", "not 32 bytes in base64")]
    [InlineData("AAAA", "not 32 bytes in base64")]
    public void A_missing_or_malformed_key_is_refused_with_the_next_step(string? key, string message)
    {
        var refusal = Should.Throw<InvalidOperationException>(() => SecretSeal.FromConfiguration(key));
        refusal.Message.ShouldContain(message);
        refusal.Message.ShouldContain("openssl rand -base64 32");
    }

    [Fact]
    public void A_key_longer_than_32_bytes_is_refused() =>
        Should.Throw<InvalidOperationException>(() => SecretSeal.FromConfiguration(Convert.ToBase64String(new byte[48])));
}
