using System.Diagnostics;
using System.Runtime.InteropServices;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.UnitTests.Samples;
using Xunit.Abstractions;

namespace ImageRights.Fingerprint.UnitTests;

public sealed partial class DecoderPoolTests(ITestOutputHelper output)
{
    private const int Stop = 19;
    private const int Kill = 9;
    private static readonly DecoderPoolOptions One = new() { Workers = 1 };
    private static readonly byte[] Small = VipsWriter.Jpeg(Raster.Photograph(300));

    [Fact]
    public async Task Another_process_decodes_exactly_as_this_one()
    {
        await using var pool = new DecoderPool();
        var here = new PictureDecoder();
        foreach (var bytes in ReferenceVectors.Pictures.Take(6).Select(v => ReferenceVectors.Bytes(v.Picture))
            .Concat(Enum.GetValues<PictureFormat>().Select(DecodingTests.Sample)))
        {
            var expected = here.Decode(bytes).Value.ShouldNotBeNull();
            var actual = (await pool.DecodeAsync(bytes)).Value.ShouldNotBeNull();
            actual.Header.ShouldBe(expected.Header);
            (actual.Width, actual.Height).ShouldBe((expected.Width, expected.Height));
            actual.Rgb.AsSpan().SequenceEqual(expected.Rgb).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Refusals_come_back_with_their_codes()
    {
        await using var pool = new DecoderPool(One);
        (await pool.DecodeAsync(Array.Empty<byte>())).Refusal!.Code.ShouldBe(RefusalCodes.Empty);
        (await pool.DecodeAsync("%PDF-1.7"u8.ToArray())).Refusal!.Code.ShouldBe(RefusalCodes.FormatUnsupported);
        (await pool.DecodeAsync(Small.AsMemory(0, Small.Length / 2))).Refusal!.Code.ShouldBe(RefusalCodes.Truncated);
        (await pool.DecodeAsync(PngWriter.Bomb(30_000, 30_000))).Refusal!.Code.ShouldBe(RefusalCodes.SideTooLong);
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task The_limits_that_were_set_hold_in_the_other_process()
    {
        await using var pool = new DecoderPool(One with { Limits = DecodingLimits.Default with { MaxPixels = 100 } });
        (await pool.DecodeAsync(Small)).Refusal!.Code.ShouldBe(RefusalCodes.TooManyPixels);
    }

    [Fact]
    public async Task Many_pictures_at_once_share_the_processes()
    {
        await using var pool = new DecoderPool();
        var hash = PdqHasher.Compute(new PictureDecoder().Decode(Small).Value!).Hash;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => pool.DecodeAsync(i % 3 == 0 ? Small.AsMemory(0, 200) : Small)));
        outcomes.Count(outcome => !outcome.Succeeded).ShouldBe(20);
        foreach (var outcome in outcomes.Where(outcome => outcome.Succeeded))
            PdqHasher.Compute(outcome.Value!).Hash.ShouldBe(hash);
        (await pool.IdleProcessesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_process_that_hangs_is_replaced_and_its_picture_ends_with_a_code()
    {
        await using var pool = new DecoderPool(One with { Timeout = TimeSpan.FromSeconds(3) });
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        var hung = (await pool.IdleProcessesAsync()).ShouldHaveSingleItem();
        kill(hung, Stop).ShouldBe(0);

        (await pool.DecodeAsync(Small)).Refusal!.Code.ShouldBe(RefusalCodes.DecodeTimeout);

        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        (await pool.IdleProcessesAsync()).ShouldHaveSingleItem().ShouldNotBe(hung);
        Should.Throw<ArgumentException>(() => Process.GetProcessById(hung));
    }

    [Fact]
    public async Task A_process_that_dies_while_decoding_is_replaced_and_the_picture_is_tried_again()
    {
        await using var pool = new DecoderPool(One);
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        var dying = (await pool.IdleProcessesAsync()).ShouldHaveSingleItem();
        kill(dying, Stop).ShouldBe(0);
        var decoding = pool.DecodeAsync(Small);
        kill(dying, Kill).ShouldBe(0);
        (await decoding).Succeeded.ShouldBeTrue();
        (await pool.IdleProcessesAsync()).ShouldHaveSingleItem().ShouldNotBe(dying);
    }

    [Fact]
    public async Task A_process_that_died_while_idle_is_replaced()
    {
        await using var pool = new DecoderPool(One);
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        kill((await pool.IdleProcessesAsync()).ShouldHaveSingleItem(), Kill).ShouldBe(0);
        for (var i = 0; i < 3; i++)
            (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_picture_that_needs_more_memory_than_allowed_ends_with_a_code_and_the_next_one_decodes()
    {
        // An AVIF is held in memory as a whole, several times over while its colours are converted.
        var hungry = VipsWriter.Avif(Raster.Uniform(4000, 3000, 10, 20, 30));
        await using var roomy = new DecoderPool(One);
        (await roomy.DecodeAsync(hungry)).Succeeded.ShouldBeTrue();

        await using var pool = new DecoderPool(One with { MemoryBytes = 140_000_000 });
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        var outcome = await pool.DecodeAsync(hungry);
        output.WriteLine(outcome.ToString());
        outcome.Succeeded.ShouldBeFalse();
        RefusalCodes.All.ShouldContain(outcome.Refusal!.Code);
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_process_is_replaced_after_its_share_of_pictures()
    {
        await using var pool = new DecoderPool(One with { PicturesPerWorker = 2 });
        var ids = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
            ids.AddRange(await pool.IdleProcessesAsync());
        }
        ids.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Giving_up_waiting_leaves_the_pool_usable()
    {
        await using var pool = new DecoderPool(One);
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        kill((await pool.IdleProcessesAsync()).ShouldHaveSingleItem(), Stop).ShouldBe(0);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => pool.DecodeAsync(Small, cancellation: patience.Token));
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task The_other_process_has_no_secrets_in_its_environment_and_runs_under_limits_and_a_filter_in_every_thread()
    {
        Environment.SetEnvironmentVariable("ConnectionStrings__fingerprint", "Password=secret");
        await using var pool = new DecoderPool(One);
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        var id = (await pool.IdleProcessesAsync()).ShouldHaveSingleItem();

        File.ReadAllText($"/proc/{id}/environ").ShouldNotContain("secret");
        var limits = File.ReadAllLines($"/proc/{id}/limits");
        limits.ShouldContain(line => line.StartsWith("Max data size") && line.Contains(One.MemoryBytes.ToString()));
        limits.ShouldContain(line => line.StartsWith("Max file size") && line.Contains(" 0 "));
        foreach (var thread in Directory.GetDirectories($"/proc/{id}/task"))
        {
            var status = File.ReadAllLines(Path.Combine(thread, "status"));
            status.ShouldContain("Seccomp:\t2", thread);
            status.ShouldContain("NoNewPrivs:\t1", thread);
        }
    }

    [Fact]
    public async Task Disposing_ends_the_processes()
    {
        var pool = new DecoderPool(One);
        (await pool.DecodeAsync(Small)).Succeeded.ShouldBeTrue();
        var id = (await pool.IdleProcessesAsync()).ShouldHaveSingleItem();
        await pool.DisposeAsync();
        SpinWait.SpinUntil(() => HasEnded(id), TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    private static bool HasEnded(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Contains(") Z ");
        }
        // It went before, or while, it was looked at.
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
