using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.UnitTests.Samples;
using Xunit.Abstractions;

namespace ImageRights.Fingerprint.UnitTests;

[Collection(nameof(Alone))]
public sealed class RobustnessTests(ITestOutputHelper output)
{
    private const int Mutations = 10_000;

    [Fact]
    public void Ten_thousand_damaged_files_each_end_as_a_picture_or_as_a_code()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FINGERPRINT_FUZZ_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"seed {seed} (repeat with FINGERPRINT_FUZZ_SEED={seed})");
        // Lower limits than in service: a damaged header may announce a large picture, and this test is about many, not about large.
        var decoder = new PictureDecoder(DecodingLimits.Default with { MaxPixels = 1_000_000, MaxTotalPixels = 4_000_000 });
        var random = new Random(seed);
        var originals = Originals();
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);

        for (var i = 0; i < Mutations; i++)
        {
            var damaged = Damage(originals, random);
            var outcome = decoder.Decode(damaged, maxSide: 128);
            if (outcome.Succeeded)
                PdqHasher.Compute(outcome.Value).Quality.ShouldBeInRange(0, 100);
            else
                RefusalCodes.All.ShouldContain(outcome.Refusal.Code, $"seed {seed}, mutation {i}");
            var key = outcome.Succeeded ? "decoded" : outcome.Refusal.Code;
            outcomes[key] = outcomes.GetValueOrDefault(key) + 1;
        }

        foreach (var (key, count) in outcomes)
            output.WriteLine($"{key}: {count}");
        // Damage that never matters, or always, would mean that the mutations test nothing.
        outcomes["decoded"].ShouldBeInRange(Mutations / 100, Mutations * 9 / 10);
    }

    [Fact]
    public void Decoding_for_hundreds_of_rounds_does_not_grow_the_process()
    {
        var decoder = new PictureDecoder();
        var files = ReferenceVectors.Pictures.Select(v => ReferenceVectors.Bytes(v.Picture)).Where(b => b.Length < 100_000)
            .Concat(Originals()).ToArray();
        var large = ReferenceVectors.Bytes("bridge-1-original.jpg");
        var fast = new PictureDecoder { UseTurboJpeg = false };

        for (var round = 0; round < 40; round++)
            Round();
        var before = ResidentBytes();
        for (var round = 0; round < 300; round++)
            Round();
        var growth = ResidentBytes() - before;

        output.WriteLine($"resident before {before / 1_000_000} MB, grown by {growth / 1_000_000} MB");
        growth.ShouldBeLessThan(150_000_000);

        void Round()
        {
            foreach (var file in files)
                decoder.Decode(file).Succeeded.ShouldBeTrue();
            fast.Decode(large).Succeeded.ShouldBeTrue();
            decoder.Decode(large.AsMemory(0, large.Length / 2)).Succeeded.ShouldBeFalse();
        }
    }

    private static byte[][] Originals()
    {
        var photograph = Raster.Photograph(96);
        return
        [
            VipsWriter.Jpeg(photograph), VipsWriter.Jpeg(photograph, "Q=70,interlace=true"),
            Exif.InJpeg(VipsWriter.Jpeg(photograph), orientation: 6, little: false),
            VipsWriter.Png(photograph), VipsWriter.Png(photograph, "interlace=true"), VipsWriter.Png(photograph, "palette=true"),
            VipsWriter.WebP(photograph), VipsWriter.WebP(photograph, "lossless=true"),
            VipsWriter.Gif(photograph), VipsWriter.Gif(photograph, frameHeight: photograph.Height / 4),
            VipsWriter.Avif(photograph),
        ];
    }

    private static byte[] Damage(byte[][] originals, Random random)
    {
        var bytes = originals[random.Next(originals.Length)].ToArray();
        for (var repeat = random.Next(1, 4); repeat > 0 && bytes.Length > 0; repeat--)
        {
            switch (random.Next(6))
            {
                case 0:
                    for (var flips = random.Next(1, 20); flips > 0; flips--)
                        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes = bytes[..random.Next(bytes.Length)];
                    break;
                case 2:
                    var other = originals[random.Next(originals.Length)];
                    bytes = [.. bytes[..random.Next(bytes.Length)], .. other[random.Next(other.Length)..]];
                    break;
                case 3:
                    // Headers and lengths live in the first bytes.
                    bytes[random.Next(Math.Min(64, bytes.Length))] = (byte)random.Next(256);
                    break;
                case 4:
                    var from = random.Next(bytes.Length);
                    random.NextBytes(bytes.AsSpan(from, random.Next(Math.Min(40, bytes.Length - from) + 1)));
                    break;
                default:
                    var cut = random.Next(bytes.Length);
                    bytes = [.. bytes[..cut], .. bytes[Math.Min(bytes.Length, cut + random.Next(1, 30))..]];
                    break;
            }
        }
        return bytes;
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;
    }
}
