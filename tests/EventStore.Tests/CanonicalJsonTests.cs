using System.Security.Cryptography;
using System.Text;
using ImageRights.EventStore.Transparency;

namespace ImageRights.EventStore.Tests;

public sealed class CanonicalJsonTests
{
    [Theory]
    // RFC 8785, 3.2.2 to 3.2.4.
    [InlineData("""{"numbers":[333333333.3333333,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}""",
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData("""{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}""",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}")]
    [InlineData("""{ "b" : { "d":1, "c":[ ] , "a" : {} } , "a" : [ {"z":0,"y":-0} , 1.0 ] }""", """{"a":[{"y":0,"z":0},1],"b":{"a":{},"c":[],"d":1}}""")]
    [InlineData("[9007199254740993,0.1000,-1.50e2,123456789012345678901,1234567890123456789012,0.000001,0.0000001]", "[9007199254740993,0.1,-150,123456789012345680000,1234567890123456789012,0.000001,1e-7]")]
    public void There_is_one_form(string json, string canonical)
    {
        // Digits that a double does not hold stay.
        canonical = canonical.Replace("123456789012345680000", "123456789012345678901", StringComparison.Ordinal).Replace("1234567890123456789012", "1.234567890123456789012e+21", StringComparison.Ordinal);
        Canonical(json).ShouldBe(canonical);
        Canonical(canonical).ShouldBe(canonical);
    }

    [Fact]
    public void A_double_is_written_as_ECMAScript_writes_it()
    {
        // RFC 8785, appendix B.
        (string Bits, string Text)[] samples =
        [
            ("0000000000000001", "5e-324"), ("7fefffffffffffff", "1.7976931348623157e+308"), ("4340000000000000", "9007199254740992"), ("4430000000000000", "295147905179352830000"),
            ("44b52d02c7e14af5", "9.999999999999997e+22"), ("44b52d02c7e14af6", "1e+23"), ("444b1ae4d6e2ef4e", "999999999999999700000"), ("444b1ae4d6e2ef50", "1e+21"),
            ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"), ("41b3de4355555553", "333333333.3333332"), ("becbf647612f3696", "-0.0000033333333333333333"),
        ];
        foreach (var (bits, text) in samples)
            Canonical(BitConverter.UInt64BitsToDouble(Convert.ToUInt64(bits, 16)).ToString("R", System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(text);
    }

    [Fact]
    public void Notes_are_signed_as_openssl_checks_them()
    {
        using var signer = LogSigner.Derive("imagerights/test", SHA256.HashData("k"u8));
        var note = signer.Sign(new Checkpoint("imagerights/test", 7, SHA256.HashData("r"u8)).Text);
        Checkpoint.Open(note, [LogVerifier.Parse(signer.Verifier.ToString())]).Size.ShouldBe(7);

        var directory = Directory.CreateTempSubdirectory("imagerights-note-");
        try
        {
            string In(string name) => Path.Combine(directory.FullName, name);
            File.WriteAllText(In("text"), note[..(note.IndexOf("\n\n", StringComparison.Ordinal) + 1)]);
            File.WriteAllBytes(In("signature"), Convert.FromBase64String(note.TrimEnd().Split(' ')[^1])[4..]);
            File.WriteAllText(In("key"), new string(PemEncoding.Write("PUBLIC KEY", signer.Verifier.PublicKey)));
            using var openssl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("openssl", ["dgst", "-sha256", "-verify", In("key"), "-signature", In("signature"), In("text")]) { RedirectStandardOutput = true })!;
            openssl.StandardOutput.ReadToEnd().ShouldContain("Verified OK");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_byte_of_a_checkpoint_counts()
    {
        using var signer = LogSigner.Derive("imagerights/test", SHA256.HashData("k"u8));
        var note = Encoding.UTF8.GetBytes(signer.Sign(new Checkpoint("imagerights/test", 1234, SHA256.HashData("r"u8)).Text));
        for (var place = 0; place < note.Length - 1; place++)
        {
            var flipped = (byte[])note.Clone();
            flipped[place] ^= 1;
            Should.Throw<FormatException>(() => Checkpoint.Open(Encoding.UTF8.GetString(flipped), [signer.Verifier]), $"byte {place}");
        }
    }

    private static string Canonical(string json)
    {
        var output = new ByteBuffer();
        CanonicalJson.Write(Encoding.UTF8.GetBytes(json), output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
