using Microsoft.Win32.SafeHandles;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace ImageRights.Ingestion.Intake;

/// <summary>An uploaded file on disk, hashed and counted while it arrived; gone when disposed, or with the process.</summary>
public sealed class SpooledUpload : IAsyncDisposable
{
    /// <summary>Bytes that are taken from the sender at once.</summary>
    internal const int BufferLength = 64 * 1024;

    private readonly FileStream file;

    private SpooledUpload(FileStream file, long length, string sha256) => (this.file, Length, Sha256) = (file, length, sha256);

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>SHA-256 of the bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Receives a file; null when it is longer than <paramref name="limit"/>.</summary>
    public static async Task<SpooledUpload?> ReceiveAsync(Stream body, long limit, string directory, CancellationToken cancellationToken)
    {
        var file = Create(directory);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[BufferLength];
            long length = 0;
            int count;
            while ((count = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                length += count;
                if (length > limit)
                {
                    await file.DisposeAsync();
                    return null;
                }
                hash.AppendData(buffer, 0, count);
                // On Linux an asynchronous write is this one on another thread, and it ends in the page cache.
                file.Write(buffer, 0, count);
            }
            return new SpooledUpload(file, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Looks at the bytes in place, without a copy in memory.</summary>
    public unsafe T Inspect<T>(Func<ReadOnlySpan<byte>, T> look)
    {
        if (Length == 0) return look([]);
        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using var view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            return look(new ReadOnlySpan<byte>(start + view.PointerOffset, checked((int)Length)));
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>The bytes from the start. Disposing it leaves the upload.</summary>
    public Stream OpenRead() => new Reading(file);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => file.DisposeAsync();

    private static FileStream Create(string directory)
    {
        var path = Path.Combine(directory, $"imagerights-{Guid.CreateVersion7():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (OperatingSystem.IsWindows()) return new FileStream(path, options);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        // Without a name the file cannot be left behind, whatever ends the process.
        File.Delete(path);
        return file;
    }

    // HttpClient disposes the content it sends, and may still be sending when it has given up; the file has further readers, so each keeps a place of its own.
    private sealed class Reading(FileStream file) : Stream
    {
        private readonly SafeFileHandle handle = file.SafeFileHandle;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => RandomAccess.GetLength(handle);
        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            var read = RandomAccess.Read(handle, buffer, Position);
            Position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            SeekOrigin.End => Length + offset,
        };

        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
