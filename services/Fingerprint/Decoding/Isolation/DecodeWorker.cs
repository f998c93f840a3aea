using System.Text.Json;

namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>The decoder process itself: the service's own program, started with <see cref="Switch"/>.</summary>
public static class DecodeWorker
{
    /// <summary>First argument that makes the program a decoder; the second is <see cref="DecoderPoolOptions"/> as JSON.</summary>
    public const string Switch = "--decode-worker";

    /// <summary>A GIF of one black pixel.</summary>
    internal static readonly byte[] KnownPicture =
        [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];

    /// <summary>Decodes what comes in on standard input until that closes.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run(string settings)
    {
        var options = JsonSerializer.Deserialize<DecoderPoolOptions>(settings)!;
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        var decoder = new PictureDecoder(options.Limits);
        WarmUp(decoder);
        Sandbox.Enter(options.MemoryBytes);
        WorkerProtocol.WriteHello(output);

        while (WorkerProtocol.ReadRequest(input) is var (task, bytes, maxSide))
        {
            Sandbox.AllowProcessorTime(options.CpuSeconds);
            if (task == WorkerTask.Render)
                WorkerProtocol.WriteResponse(output, decoder.Render(bytes, maxSide));
            else
                WorkerProtocol.WriteResponse(output, decoder.Decode(bytes, maxSide));
        }
        return 0;
    }

    // Loads both native libraries while files may still be opened and threads started freely, and spares the first picture the wait.
    private static void WarmUp(PictureDecoder decoder)
    {
        var decoded = decoder.Decode(KnownPicture);
        var rendered = decoder.Render(KnownPicture, 16);
        if (!decoded.Succeeded || !rendered.Succeeded)
            throw new InvalidOperationException($"The decoder does not read its own sample: {decoded}; {rendered}");
        _ = TurboJpeg.Available;
    }
}
