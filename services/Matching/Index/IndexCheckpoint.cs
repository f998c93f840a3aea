using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageRights.EventStore;

namespace ImageRights.Matching.Index;

/// <summary>What this replica's index was told, on disk: a start reads it and only the rest of the log.</summary>
/// <remarks>
/// A file that only grows, of blocks: length, SHA-256 over the block before it and this one's content, content. The content begins with the place in the log that it reaches and the
/// id of the event there, by which the log is recognised; then the facts, whose local features stay in the file and are looked at there. A block that is damaged ends the file: it and what follows are cut off, and read from the log again. One
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

    // Blocks that are read and checked while the facts of the one before are taken in.
    private const int BlocksAhead = 3;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly byte[] start;
    private readonly ConcurrentBag<byte[]> spare = [];
    private readonly TimeProvider clock;
    private readonly MemoryStream pending = new();
    private readonly BinaryWriter writer;
    private FileStream file;
    private bool isMapped;
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

    /// <summary>A folder for what is made of this file's facts; as the file, it is this process's alone.</summary>
    public string TablesFolder => Path.ChangeExtension(file.Name, ".tables");

    /// <summary>The first file of the folder that no other process has.</summary>
    /// <exception cref="IOException">There is none, or the folder cannot be written to.</exception>
    public static IndexCheckpoint Open(string folder, int recentUploads, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        return new IndexCheckpoint(Claim(folder), recentUploads, clock);
    }

    private static FileStream Claim(string folder)
    {
        for (var number = 0; ; number++)
        {
            var path = Path.Combine(folder, $"index-{number}.checkpoint");
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            }
            catch (IOException) when (number < MostFiles && File.Exists(path))
            {
                // Another replica's.
            }
        }
    }

    /// <summary>Hands over the facts of every sound block, in the order of the log, and cuts off the rest.</summary>
    /// <param name="take">May keep the local features, which lie in the file.</param>
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
        var mapped = new MappedFile(file);
        isMapped = true;
        var end = file.Position;
        foreach (var block in InOrder(Places(end).Select(place => Task.Run(() => Read(place, mapped)))))
        {
            if (block is null) break;
            foreach (var (tenantId, position, fact) in block.Facts) take(tenantId, position, fact);
            (Written, last, end) = (block.Reaches, block.Hash, block.End);
        }
        spare.Clear();
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
        if (isMapped)
        {
            // Somebody may still look at what the file holds, which must not become shorter.
            using var left = file;
            File.Delete(left.Name);
            (file, isMapped) = (Claim(Path.GetDirectoryName(left.Name)!), false);
        }
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
        last = HashOf(last, content);
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

    private sealed record Block((LogPosition Position, Guid Event) Reaches, IReadOnlyList<(string TenantId, LogPosition Position, object Fact)> Facts, byte[] Hash, long End);

    // Where contents begin, their hashes as they are written, and what those are to follow.
    private IEnumerable<(long Begin, int Length, byte[] Hash, byte[] Before)> Places(long at)
    {
        var before = last;
        for (var head = new byte[HeadBytes]; RandomAccess.Read(file.SafeFileHandle, head, at) == head.Length;)
        {
            var (begin, length, hash) = (at + head.Length, BinaryPrimitives.ReadInt32LittleEndian(head), head[sizeof(int)..]);
            if (length is < 32 or > MostBytes || length > file.Length - begin) yield break;
            yield return (begin, length, hash, before);
            (at, before) = (begin + length, hash);
        }
    }

    // Null when it is not what was written.
    private Block? Read((long Begin, int Length, byte[] Hash, byte[] Before) place, MappedFile mapped)
    {
        // To be given as much memory for each block takes longer than to read it.
        if (!spare.TryTake(out var content) || content.Length < place.Length) content = LargePages.Allocate<byte>(place.Length + place.Length / 4);
        try
        {
            for (var read = 0; read < place.Length;)
            {
                if (RandomAccess.Read(file.SafeFileHandle, content.AsSpan(read, place.Length - read), place.Begin + read) is var got && got == 0) return null;
                read += got;
            }
            return HashOf(place.Before, content.AsSpan(0, place.Length)).AsSpan().SequenceEqual(place.Hash) ? Parse(place.Begin, new ArraySegment<byte>(content, 0, place.Length), place.Hash, mapped) : null;
        }
        finally
        {
            spare.Add(content);
        }
    }

    private static Block Parse(long begin, ArraySegment<byte> content, byte[] hash, MappedFile mapped)
    {
        using var reader = new BinaryReader(new MemoryStream(content.Array!, 0, content.Count, writable: false), Encoding.UTF8);
        var reaches = (new LogPosition(reader.ReadUInt64(), reader.ReadInt64()), new Guid(reader.ReadBytes(16)));
        var (kept, facts) = (mapped.Part(begin, content.Count), new List<(string, LogPosition, object)>());
        while (reader.BaseStream.Position < content.Count) facts.Add((reader.ReadString(), new LogPosition(reader.ReadUInt64(), reader.ReadInt64()), IndexFacts.Read(reader, kept)));
        return new Block(reaches, facts, hash, begin + content.Count);
    }

    // What comes of tasks, of which some are ahead of the one that is waited for.
    private static IEnumerable<T> InOrder<T>(IEnumerable<Task<T>> tasks)
    {
        using var next = tasks.GetEnumerator();
        var ahead = new Queue<Task<T>>();
        try
        {
            while (true)
            {
                while (ahead.Count < BlocksAhead && next.MoveNext()) ahead.Enqueue(next.Current);
                if (!ahead.TryDequeue(out var task)) yield break;
                yield return task.GetAwaiter().GetResult();
            }
        }
        finally
        {
            // Whatever becomes of them.
            Task.WhenAll(ahead).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }
    }

    private static byte[] HashOf(byte[] before, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }
}
