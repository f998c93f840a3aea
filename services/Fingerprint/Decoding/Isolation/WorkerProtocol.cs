using System.Buffers.Binary;
using System.Text;

namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>
/// What the service and a decoder process say to each other over the process's standard input and output. Numbers are 32-bit little-endian.
/// Hello: "IMR2". Request: 1 to decode or 2 to render, longest side, length, bytes. Response: 0, code, detail; or 1, six numbers of the header,
/// width, height, pixels; or 2, width, height, length, JPEG.
/// </summary>
internal static class WorkerProtocol
{
    private const int Refused = 0;
    private const int Decoded = 1;
    private const int Rendered = 2;
    private const int MostTextBytes = 4096;
    private const int MostRenditionBytes = 32_000_000;

    private static ReadOnlySpan<byte> Hello => "IMR2"u8;

    internal static void WriteHello(Stream output)
    {
        output.Write(Hello);
        output.Flush();
    }

    internal static async Task ReadHelloAsync(Stream input)
    {
        var hello = new byte[Hello.Length];
        await input.ReadExactlyAsync(hello);
        if (!hello.AsSpan().SequenceEqual(Hello))
            throw new InvalidDataException("Unexpected greeting.");
    }

    internal static async Task WriteRequestAsync(Stream output, WorkerTask task, ReadOnlyMemory<byte> bytes, int maxSide)
    {
        var head = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, (int)task);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), maxSide);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), bytes.Length);
        await output.WriteAsync(head);
        await output.WriteAsync(bytes);
        await output.FlushAsync();
    }

    /// <returns>Null when the service has closed its end.</returns>
    internal static (WorkerTask Task, byte[] Bytes, int MaxSide)? ReadRequest(Stream input)
    {
        var head = new byte[12];
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            return null;
        var bytes = GC.AllocateUninitializedArray<byte>(BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8)));
        input.ReadExactly(bytes);
        return ((WorkerTask)BinaryPrimitives.ReadInt32LittleEndian(head), bytes, BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4)));
    }

    internal static void WriteResponse(Stream output, Outcome<DecodedPicture> outcome)
    {
        using var head = new MemoryStream();
        if (outcome.Succeeded)
        {
            var (picture, header) = (outcome.Value, outcome.Value.Header);
            foreach (var number in (ReadOnlySpan<int>)
                [
                    Decoded, (int)header.Format, header.Width, header.Height, header.Frames,
                    (header.HasAlpha ? 1 : 0) | (header.Interlaced ? 2 : 0), header.Orientation, picture.Width, picture.Height,
                ])
                WriteNumber(head, number);
        }
        else
        {
            WriteRefusal(head, outcome.Refusal);
        }
        output.Write(head.GetBuffer(), 0, (int)head.Length);
        if (outcome.Succeeded)
            output.Write(outcome.Value.Rgb);
        output.Flush();
    }

    internal static void WriteResponse(Stream output, Outcome<Rendition> outcome)
    {
        using var head = new MemoryStream();
        if (outcome.Succeeded)
        {
            foreach (var number in (ReadOnlySpan<int>)[Rendered, outcome.Value.Width, outcome.Value.Height, outcome.Value.Jpeg.Length])
                WriteNumber(head, number);
        }
        else
        {
            WriteRefusal(head, outcome.Refusal);
        }
        output.Write(head.GetBuffer(), 0, (int)head.Length);
        if (outcome.Succeeded)
            output.Write(outcome.Value.Jpeg);
        output.Flush();
    }

    /// <summary>Reads an answer without trusting it: the process at the other end has read a stranger's bytes.</summary>
    /// <exception cref="InvalidDataException">No answer that the protocol allows.</exception>
    internal static async Task<Outcome<DecodedPicture>> ReadPictureAsync(Stream input)
    {
        if (await ReadRefusalUnlessAsync(Decoded, input) is { } refusal)
            return refusal;

        var numbers = new int[8];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = await ReadNumberAsync(input);
        var (width, height) = (numbers[6], numbers[7]);
        if (!Enum.IsDefined((PictureFormat)numbers[0]) || width <= 0 || height <= 0 || (long)width * height > int.MaxValue / 3)
            throw new InvalidDataException("Not a picture.");
        var header = new PictureHeader(
            (PictureFormat)numbers[0], numbers[1], numbers[2], numbers[3], (numbers[4] & 1) != 0, (numbers[4] & 2) != 0, numbers[5]);
        var rgb = GC.AllocateUninitializedArray<byte>(width * height * 3);
        await input.ReadExactlyAsync(rgb);
        return new DecodedPicture(header, width, height, rgb);
    }

    /// <inheritdoc cref="ReadPictureAsync"/>
    internal static async Task<Outcome<Rendition>> ReadRenditionAsync(Stream input)
    {
        if (await ReadRefusalUnlessAsync(Rendered, input) is { } refusal)
            return refusal;
        var (width, height, length) = (await ReadNumberAsync(input), await ReadNumberAsync(input), await ReadNumberAsync(input));
        if (width <= 0 || height <= 0 || length is < 4 or > MostRenditionBytes)
            throw new InvalidDataException("Not a rendition.");
        var jpeg = GC.AllocateUninitializedArray<byte>(length);
        await input.ReadExactlyAsync(jpeg);
        if (Signature.Recognise(jpeg) != PictureFormat.Jpeg)
            throw new InvalidDataException("Not a JPEG.");
        return new Rendition(width, height, jpeg);
    }

    private static async Task<ImageRefusal?> ReadRefusalUnlessAsync(int expected, Stream input)
    {
        var kind = await ReadNumberAsync(input);
        if (kind == expected)
            return null;
        if (kind != Refused)
            throw new InvalidDataException("Neither what was asked for nor a refusal.");
        var code = await ReadTextAsync(input);
        var detail = await ReadTextAsync(input);
        return RefusalCodes.All.Contains(code) ? new ImageRefusal(code, detail) : throw new InvalidDataException("Unknown code.");
    }

    private static void WriteRefusal(Stream output, ImageRefusal refusal)
    {
        WriteNumber(output, Refused);
        WriteText(output, refusal.Code);
        WriteText(output, refusal.Detail);
    }

    private static void WriteNumber(Stream output, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        output.Write(bytes);
    }

    private static async Task<int> ReadNumberAsync(Stream input)
    {
        var bytes = new byte[4];
        await input.ReadExactlyAsync(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private static void WriteText(Stream output, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber(output, bytes.Length);
        output.Write(bytes);
    }

    private static async Task<string> ReadTextAsync(Stream input)
    {
        var length = await ReadNumberAsync(input);
        if (length is < 0 or > MostTextBytes)
            throw new InvalidDataException("Text too long.");
        var bytes = new byte[length];
        await input.ReadExactlyAsync(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}

/// <summary>What a decoder process is asked for.</summary>
internal enum WorkerTask
{
    /// <summary>Pixels to fingerprint.</summary>
    Decode = 1,

    /// <summary>A file to show.</summary>
    Render = 2,
}
