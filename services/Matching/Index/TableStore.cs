using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>The tables of full segments on disk, so that a start need not lay them again. One process has a folder to itself.</summary>
/// <remarks>A file has the name of a hash over everything that its tables are made of, and so is never of other features or another program; and it begins with a hash of what it holds: one that was torn or
/// damaged is not used but replaced.</remarks>
internal sealed class TableStore(ILogger? logger = null) : IDisposable
{
    // A change of what a file holds is a new one; so is a change of what BucketSort makes of the same features.
    private static ReadOnlySpan<byte> Version => "IRTABLE1"u8;

    private const int HashBytes = 16;

    private readonly ConcurrentDictionary<string, bool> wanted = new();
    private readonly Lock gate = new();
    private string? folder;
    private Task writing = Task.CompletedTask;

    /// <summary>From here on tables are kept in this folder; before, nowhere.</summary>
    public void Open(string folder) => this.folder = folder;

    /// <summary>The name of the tables of these pictures; null where none are kept.</summary>
    /// <param name="bits">Bits that the tables look at.</param>
    /// <param name="most">So many features of a bucket are in them.</param>
    public string? KeyOf(IReadOnlyList<LocalFeatures> pictures, int bits, int most)
    {
        if (folder is null) return null;
        var hash = new XxHash128();
        hash.Append(Version);
        hash.Append(FeatureTables.Bits);
        hash.Append(MemoryMarshal.AsBytes<int>([bits, most, pictures.Count]));
        foreach (var picture in pictures)
        {
            hash.Append(MemoryMarshal.AsBytes<int>([picture.Written.Length, FeatureBuckets.CountOf(picture)]));
            hash.Append(picture.Written);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>The tables of a name; if they are not there they are laid, and written while others use them.</summary>
    public BucketTable[] FindOrKeep(string key, int bits, Func<BucketTable[]> lay)
    {
        wanted[key] = true;
        if (Find(key, bits) is { } found) return found;
        var laid = lay();
        lock (gate) writing = writing.ContinueWith(_ => Write(key, laid), TaskScheduler.Default);
        return laid;
    }

    /// <summary>Deletes the tables of a name.</summary>
    public void Forget(string key)
    {
        wanted.TryRemove(key, out _);
        lock (gate) writing = writing.ContinueWith(_ => Delete(PathOf(key)), TaskScheduler.Default);
    }

    /// <summary>Deletes what nobody has asked for.</summary>
    public void Prune()
    {
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder).Where(path => !wanted.ContainsKey(Path.GetFileName(path)))) Delete(path);
    }

    /// <summary>Waits until everything is written.</summary>
    public void Dispose()
    {
        lock (gate) writing.Wait();
    }

    private string PathOf(string key) => Path.Combine(folder!, key);

    private BucketTable[]? Find(string key, int bits)
    {
        try
        {
            if (!File.Exists(PathOf(key))) return null;
            using var file = new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var (written, lengths) = (new byte[HashBytes], new int[FeatureTables.Count]);
            file.ReadExactly(written);
            file.ReadExactly(MemoryMarshal.AsBytes(lengths.AsSpan()));
            if (lengths.Any(length => length < 0) || file.Length != file.Position + lengths.Sum(length => BucketTable.BytesOf(1 << bits, length))) return Unsound();
            BucketTable[] tables = [.. lengths.Select(length => new BucketTable(1 << bits, length))];
            foreach (var table in tables) table.Visit(part => file.ReadExactly(part));
            return HashOf(tables).AsSpan().SequenceEqual(written) ? tables : Unsound();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger?.LogWarning(failure, "Tables of local features cannot be read; they are laid again");
            return null;
        }

        BucketTable[]? Unsound()
        {
            logger?.LogWarning("Tables of local features are damaged; they are laid again");
            return null;
        }
    }

    private void Write(string key, BucketTable[] tables)
    {
        if (!wanted.ContainsKey(key)) return;
        try
        {
            Directory.CreateDirectory(folder!);
            using var file = new FileStream(PathOf(key), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            file.Write(HashOf(tables));
            file.Write(MemoryMarshal.AsBytes<int>([.. tables.Select(table => table.Length)]));
            foreach (var table in tables) table.Visit(part => file.Write(part));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger?.LogWarning(failure, "Tables of local features cannot be kept; the next start lays them again");
            Delete(PathOf(key));
        }
    }

    private void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger?.LogWarning(failure, "{File} cannot be deleted", path);
        }
    }

    private static byte[] HashOf(BucketTable[] tables)
    {
        var hash = new XxHash128();
        foreach (var table in tables)
        {
            hash.Append(MemoryMarshal.AsBytes<int>([table.Length]));
            table.Visit(part => hash.Append(part));
        }
        return hash.GetCurrentHash();
    }
}
