using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageRights.EventStore;

namespace ImageRights.Matching.Index;

/// <summary>What this replica's index was told, on disk: a start reads it and only the rest of the log.</summary>
/// <remarks>
/// A file that only grows, of blocks: length, SHA-256 over the block before it and this one's content, content. The content begins with the place in the log that it reaches and the
/// id of the event there, by which the log is recognised; then the facts. A block that is damaged ends the file: it and what follows are cut off, and read from the log again. One
/// process has a file to itself; the next one takes the next number. Features that were read from the log again are in it where they were needed, and so it holds for as many recent uploads
/// as it was written for: with another number it is begun anew.
/// </remarks>
internal sealed class IndexCheckpoint : IDisposable
{
    /// <summary>Begins each file. A file of another version is begun anew; so is one that was written when other features could be read.</summary>
    public const string Version = $"IRINDEX5 {FeatureSet.Algorithm}";

    private const int MostFiles = 64;
    private const int HeadBytes = sizeof(int) + SHA256.HashSizeInBytes;
    private const int MostBytes = 256 << 20;
    private const int EnoughBytes = 8 << 20;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly byte[] start;
    private readonly FileStream file;
    private readonly TimeProvider clock;
    private readonly MemoryStream pending = new();
    private readonly BinaryWriter writer;
    private byte[] last;
    private LogPosition reached = LogPosition.Start;
    private Guid reachedEvent;
    private long writtenAt;

    private IndexCheckpoint(FileStream file, int recentUploads, TimeProvider clock)
    {
        (this.file, this.clock, writtenAt) = (file, clock, clock.GetTimestamp());
        start = Start(recentUploads);
        last = SHA256.HashData(start);
        writer = new BinaryWriter(pending, Encoding.UTF8);
    }

    /// <summary>Up to here the file holds everything, and the event that is there.</summary>
    public (LogPosition Position, Guid Event) Written { get; private set; } = (LogPosition.Start, Guid.Empty);

    /// <summary>The first file of the folder that no other process has.</summary>
    /// <exception cref="IOException">There is none, or the folder cannot be written to.</exception>
    public static IndexCheckpoint Open(string folder, int recentUploads, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        for (var number = 0; ; number++)
        {
            var path = Path.Combine(folder, $"index-{number}.checkpoint");
            try
            {
                return new IndexCheckpoint(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16), recentUploads, clock);
            }
            catch (IOException) when (number < MostFiles && File.Exists(path))
            {
                // Another replica's.
            }
        }
    }

    /// <summary>Hands over the facts of every sound block, in the order of the log, and cuts off the rest.</summary>
    /// <param name="take">Copies the local features that it keeps: the memory in which they lie is used again.</param>
    /// <returns>Whether the file was sound to its end.</returns>
    public bool Load(Action<string, LogPosition, object> take)
    {
        file.Position = 0;
        var version = new byte[start.Length];
        var isSound = file.Length == 0 || file.ReadAtLeast(version, version.Length, throwOnEndOfStream: false) == version.Length && version.AsSpan().SequenceEqual(start);
        if (!isSound || file.Length == 0)
        {
            Clear();
            return isSound;
        }
        var (end, here, ahead) = (file.Position, Array.Empty<byte>(), Array.Empty<byte>());
        var reading = Task.Run(() => ReadBlock(ref ahead));
        try
        {
            while (reading.GetAwaiter().GetResult() is var (length, next))
            {
                // The next one is read and checked meanwhile.
                (here, ahead) = (ahead, here);
                reading = Task.Run(() => ReadBlock(ref ahead));
                using var reader = new BinaryReader(new MemoryStream(here, 0, length, writable: false, publiclyVisible: true), Encoding.UTF8);
                var to = (new LogPosition(reader.ReadUInt64(), reader.ReadInt64()), new Guid(reader.ReadBytes(16)));
                while (reader.BaseStream.Position < length) take(reader.ReadString(), new LogPosition(reader.ReadUInt64(), reader.ReadInt64()), IndexFacts.Read(reader));
                (Written, end) = (to, next);
            }
        }
        finally
        {
            Task.WaitAny(reading);
        }
        (reached, reachedEvent) = Written;
        isSound = end == file.Length;
        file.SetLength(end);
        file.Position = end;
        return isSound;
    }

    /// <summary>What a file begins with.</summary>
    /// <param name="recentUploads">For how many it holds, as <see cref="MatchingOptions.RecentUploads"/> says.</param>
    public static byte[] Start(int recentUploads) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Version} {recentUploads:d10}"));

    /// <summary>Begins the file anew.</summary>
    public void Clear()
    {
        file.SetLength(0);
        file.Write(start);
        last = SHA256.HashData(start);
        pending.SetLength(0);
        Written = (reached, reachedEvent) = (LogPosition.Start, Guid.Empty);
    }

    /// <summary>Notes a fact; it is written with the next block.</summary>
    public void Add(string tenantId, LogPosition position, object fact)
    {
        writer.Write(tenantId);
        writer.Write(position.TransactionId);
        writer.Write(position.Sequence);
        IndexFacts.Write(writer, fact);
    }

    /// <summary>Everything up to this event has been noted. Writes a block when there is enough for one, or it has waited long.</summary>
    public void Reach(LogPosition position, Guid eventId)
    {
        (reached, reachedEvent) = (position, eventId);
        if (pending.Length >= EnoughBytes || clock.GetElapsedTime(writtenAt) >= LongestDelay) Flush();
    }

    /// <summary>Writes what was noted.</summary>
    public void Flush()
    {
        if (reached == Written.Position) return;
        Span<byte> to = stackalloc byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(to, reached.TransactionId);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], reached.Sequence);
        reachedEvent.TryWriteBytes(to[16..]);
        byte[] content = [.. to, .. pending.GetBuffer().AsSpan(0, (int)pending.Length)];
        last = HashOf(content);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        file.Write(length);
        file.Write(last);
        file.Write(content);
        file.Flush(flushToDisk: true);
        pending.SetLength(0);
        (Written, writtenAt) = ((reached, reachedEvent), clock.GetTimestamp());
    }

    public void Dispose()
    {
        Flush();
        writer.Dispose();
        file.Dispose();
    }

    // How long the next block's content is and where it ends; null when there is no other that is sound. The memory is used again: to be given as much for each takes longer than to read it.
    private (int Length, long End)? ReadBlock(ref byte[] content)
    {
        var head = new byte[HeadBytes];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 32 or > MostBytes || length > file.Length - file.Position) return null;
        if (length > content.Length) content = LargePages.Allocate<byte>(length + length / 4);
        file.ReadExactly(content, 0, length);
        var hash = HashOf(content.AsSpan(0, length));
        if (!hash.AsSpan().SequenceEqual(head.AsSpan(sizeof(int)))) return null;
        last = hash;
        return (length, file.Position);
    }

    private byte[] HashOf(ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(last);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }
}
