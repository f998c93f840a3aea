using System.Security.Cryptography;

namespace ImageRights.Ingestion.Vault;

/// <summary>Reads a sealed object forward; hands out only bytes that verified.</summary>
internal sealed class UnsealingStream : Stream
{
    private readonly FileStream file;
    private readonly AesGcm cipher;
    private readonly byte[] frame = new byte[SealedObject.FullFrame];
    private readonly byte[] plain = new byte[SealedObject.ChunkLength];
    private ReadOnlyMemory<byte> ready;
    private ulong index;
    private bool ended;

    private UnsealingStream(FileStream file, AesGcm cipher) => (this.file, this.cipher) = (file, cipher);

    /// <summary>Opens an object and verifies its first chunk.</summary>
    /// <exception cref="VaultObjectDamagedException">It does not verify.</exception>
    public static async Task<UnsealingStream> OpenAsync(FileStream file, SealedObject form, CancellationToken cancellationToken)
    {
        var header = new byte[SealedObject.HeaderLength];
        var length = await file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        var stream = new UnsealingStream(file, form.Open(header.AsSpan(0, length)));
        await stream.AdvanceAsync(cancellationToken);
        return stream;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;

    /// <summary>Bytes of the content, known from the object's size.</summary>
    public override long Length
    {
        get
        {
            var body = file.Length - SealedObject.HeaderLength;
            return body - (body + SealedObject.FullFrame - 1) / SealedObject.FullFrame * SealedObject.TagLength;
        }
    }

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ready.IsEmpty && !ended) await AdvanceAsync(cancellationToken);
        var count = Math.Min(buffer.Length, ready.Length);
        ready[..count].CopyTo(buffer);
        ready = ready[count..];
        return count;
    }

    private async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        var length = await file.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false, cancellationToken);
        if (length < SealedObject.TagLength) throw new VaultObjectDamagedException($"Chunk {index} is cut.");
        ended = file.Position == file.Length;
        var size = length - SealedObject.TagLength;
        SealedObject.OpenChunk(cipher, index++, ended, frame.AsSpan(0, length), plain.AsSpan(0, size));
        ready = plain.AsMemory(0, size);
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            cipher.Dispose();
            file.Dispose();
            CryptographicOperations.ZeroMemory(plain);
        }
        base.Dispose(disposing);
    }
}
