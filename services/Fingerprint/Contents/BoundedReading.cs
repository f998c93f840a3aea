namespace ImageRights.Fingerprint.Contents;

/// <summary>Reads a body whose sender may promise or send any length.</summary>
internal static class BoundedReading
{
    private const int Chunk = 81_920;

    /// <summary>Reads to the end.</summary>
    /// <param name="announced">Content-Length; a hint for the buffer, never believed.</param>
    /// <returns>Null when there are more than <paramref name="limit"/> bytes.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAtMostAsync(this Stream body, int limit, long? announced, CancellationToken cancellationToken)
    {
        if (announced > limit) return null;
        var buffer = GC.AllocateUninitializedArray<byte>((int)(announced ?? 0) + Chunk);
        var length = 0;
        while (true)
        {
            var read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0) return buffer.AsMemory(0, length);
            length += read;
            if (length > limit) return null;
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, limit + Chunk));
        }
    }
}
