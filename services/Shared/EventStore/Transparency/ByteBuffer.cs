using System.Text;

namespace ImageRights.EventStore.Transparency;

/// <summary>Bytes that grow at the end and can be cut there; reused from leaf to leaf.</summary>
public sealed class ByteBuffer
{
    private byte[] bytes = new byte[1024];

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>All of them, valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Space(more.Length));
        Length += more.Length;
    }

    /// <summary>Adds a text as UTF-8.</summary>
    public void Append(string text) => Length += Encoding.UTF8.GetBytes(text, Space(Encoding.UTF8.GetMaxByteCount(text.Length)));

    /// <summary>Adds what a value writes of itself, in the invariant culture.</summary>
    public void Append<T>(T value, string format = "") where T : IUtf8SpanFormattable
    {
        if (!value.TryFormat(Space(64), out var written, format, System.Globalization.CultureInfo.InvariantCulture)) throw new ArgumentException("Longer than 64 bytes.", nameof(value));
        Length += written;
    }

    /// <summary>Keeps only the first.</summary>
    public void Truncate(int length) => Length = length;

    private Span<byte> Space(int size)
    {
        if (bytes.Length - Length < size) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + size));
        return bytes.AsSpan(Length);
    }
}
