using System.Buffers.Binary;
using System.Threading.Channels;
using ImageRights.EventStore.Transparency;
using Npgsql;

namespace ImageRights.Verifier;

/// <summary>Some rows of a binary COPY, one after the other in one array.</summary>
/// <param name="Begins">Where each begins; the last is the end.</param>
internal sealed record RowChunk(byte[] Bytes, int[] Begins)
{
    public int Count => Begins.Length - 1;

    public ReadOnlySpan<byte> Row(int place) => Bytes.AsSpan(Begins[place], Begins[place + 1] - Begins[place]);
}

/// <summary>Reads a query by binary COPY, a chunk of rows at a time: no value is made that is not looked at.</summary>
internal sealed class CopyReader(NpgsqlRawCopyStream stream) : IAsyncDisposable
{
    // PostgreSQL's documentation, COPY, Binary Format: signature, flags, length of the extension.
    private const int FixedHeader = 19;
    private const int MostRows = 4096, MostBytes = 1 << 20;

    private byte[] buffer = new byte[2 * MostBytes];
    private int begin, end;
    private volatile bool ended;
    private bool started;

    public static async Task<CopyReader> OpenAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken) =>
        new(await connection.BeginRawBinaryCopyAsync($"copy ({query}) to stdout (format binary)", cancellationToken));

    /// <summary>The next rows; null after the last.</summary>
    public RowChunk? Next()
    {
        if (!started)
        {
            started = true;
            Need(FixedHeader);
            var extension = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(begin + FixedHeader - 4));
            Need(FixedHeader + extension);
            begin += FixedHeader + extension;
        }
        if (ended) return null;
        var begins = new List<int>(MostRows + 1);
        // Counted from the first unread byte, which moves when there is no more room behind.
        var length = 0;
        while (begins.Count < MostRows && length < MostBytes)
        {
            var row = RowLength(length);
            if (row < 0)
            {
                ended = true;
                break;
            }
            begins.Add(length);
            length += row;
        }
        if (begins.Count == 0) return null;
        begins.Add(length);
        var bytes = buffer.AsSpan(begin, length).ToArray();
        begin += length;
        return new RowChunk(bytes, [.. begins]);
    }

    /// <summary>Length of the row that begins so far from the first unread byte, once all of it is here; -1 for the end.</summary>
    private int RowLength(int offset)
    {
        Need(offset + 2);
        var columns = BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(begin + offset));
        if (columns < 0) return -1;
        var length = 2;
        for (var column = 0; column < columns; column++)
        {
            Need(offset + length + 4);
            length += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(begin + offset + length)));
        }
        Need(offset + length);
        return length;
    }

    /// <summary>Reads until there are so many unread bytes.</summary>
    private void Need(int bytes)
    {
        if (end - begin >= bytes) return;
        if (buffer.Length - begin < bytes)
        {
            var larger = buffer.Length < bytes ? new byte[Math.Max(buffer.Length * 2, bytes)] : buffer;
            buffer.AsSpan(begin, end - begin).CopyTo(larger);
            (end, begin, buffer) = (end - begin, 0, larger);
        }
        while (end - begin < bytes)
        {
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0) throw new EndOfStreamException("The database broke off in the middle of a row.");
            end += read;
        }
    }

    /// <summary>Ends the query, for whoever has seen enough.</summary>
    public async Task CancelAsync()
    {
        if (!ended) await stream.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException or IOException)
        {
            // Of a query that was ended; its connection ends with the check.
        }
    }
}

/// <summary>The rows of a query, one at a time; the chunks that follow are read and worked on meanwhile.</summary>
internal sealed class RowsAhead<T> : IAsyncDisposable where T : class
{
    // A few for each core, so that memory does not grow with the store.
    private static readonly int Ahead = Environment.ProcessorCount + 1;

    private readonly Channel<Task<(RowChunk Rows, T Result)>> chunks = Channel.CreateBounded<Task<(RowChunk, T)>>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource stop = new();
    private readonly CopyReader copy;
    private readonly Task reading;
    private readonly int[] places;
    private RowChunk? rows;

    public RowsAhead(CopyReader copy, int columns, Func<RowChunk, T> work)
    {
        (this.copy, places) = (copy, new int[columns]);
        reading = Task.Factory.StartNew(() => Read(work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Place of the current row in its chunk.</summary>
    public int Place { get; private set; }

    /// <summary>What the work on its chunk gave.</summary>
    public T Result { get; private set; } = null!;

    /// <summary>The current row.</summary>
    public CopyRow Row => CopyRow.Again(rows!.Row(Place), places);

    public async ValueTask<bool> MoveNextAsync()
    {
        if (rows is null || ++Place == rows.Count)
        {
            if (!await chunks.Reader.WaitToReadAsync()) return false;
            ((rows, Result), Place) = (await await chunks.Reader.ReadAsync(), 0);
        }
        _ = new CopyRow(rows.Row(Place), places);
        return true;
    }

    private void Read(Func<RowChunk, T> work)
    {
        try
        {
            while (copy.Next() is { } chunk)
            {
                var next = Task.Run(() => (chunk, work(chunk)), stop.Token);
                while (!chunks.Writer.TryWrite(next))
                    if (!chunks.Writer.WaitToWriteAsync(stop.Token).AsTask().GetAwaiter().GetResult()) return;
            }
            chunks.Writer.Complete();
        }
#pragma warning disable CA1031 // Whatever ends the reading is the reader's to hear.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            chunks.Writer.Complete(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await copy.CancelAsync();
        await reading;
        await copy.DisposeAsync();
        stop.Dispose();
    }
}
