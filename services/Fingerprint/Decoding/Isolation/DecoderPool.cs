using System.Threading.Channels;

namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>
/// Decodes untrusted pictures in processes of their own, with limits on memory, time and system calls. A picture that makes the native
/// code fault or hang costs one process and ends as a refusal; the service does not notice. Processes start when first needed and are
/// replaced after a fault, a timeout or <see cref="DecoderPoolOptions.PicturesPerWorker"/> pictures. Thread-safe.
/// </summary>
public sealed class DecoderPool : IAsyncDisposable
{
    private readonly DecoderPoolOptions options;
    private readonly Channel<DecoderProcess?> idle;

    public DecoderPool(DecoderPoolOptions? options = null)
    {
        this.options = options ?? new DecoderPoolOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(this.options.Workers, nameof(options));
        idle = Channel.CreateBounded<DecoderProcess?>(this.options.Workers);
        for (var i = 0; i < this.options.Workers; i++)
            idle.Writer.TryWrite(null);
    }

    /// <summary>As <see cref="PictureDecoder.Decode"/>, elsewhere. Waits while all processes are busy.</summary>
    /// <exception cref="DecoderUnavailableException">No decoder process can be started, or the pool has been disposed of.</exception>
    public Task<Outcome<DecodedPicture>> DecodeAsync(
        ReadOnlyMemory<byte> bytes, int maxSide = PictureDecoder.DefaultMaxSide, CancellationToken cancellation = default) =>
        AskAsync(WorkerTask.Decode, bytes, maxSide, WorkerProtocol.ReadPictureAsync, cancellation);

    /// <summary>As <see cref="PictureDecoder.Render"/>, elsewhere. Waits while all processes are busy.</summary>
    /// <exception cref="DecoderUnavailableException">No decoder process can be started, or the pool has been disposed of.</exception>
    public Task<Outcome<Rendition>> RenderAsync(ReadOnlyMemory<byte> bytes, int side, CancellationToken cancellation = default) =>
        AskAsync(WorkerTask.Render, bytes, side, WorkerProtocol.ReadRenditionAsync, cancellation);

    private async Task<Outcome<T>> AskAsync<T>(
        WorkerTask task, ReadOnlyMemory<byte> bytes, int maxSide, Func<Stream, Task<Outcome<T>>> read, CancellationToken cancellation) where T : class
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSide);
        // What would be refused for its length need not be copied to another process first.
        if (options.Limits.RefuseLength(bytes.Length) is { } refusal)
            return refusal;

        // A process can also end for reasons of its own (an operator, the kernel short of memory), so one more gets the same picture.
        var outcome = await AskOnceAsync(task, bytes, maxSide, read, cancellation);
        return outcome is { Succeeded: false, Refusal.Code: RefusalCodes.DecoderCrashed }
            ? await AskOnceAsync(task, bytes, maxSide, read, cancellation)
            : outcome;
    }

    /// <summary>The processes that are idle, by their ids.</summary>
    internal async Task<IReadOnlyList<int>> IdleProcessesAsync()
    {
        var taken = new List<DecoderProcess?>();
        while (idle.Reader.TryRead(out var process))
            taken.Add(process);
        foreach (var process in taken)
            await idle.Writer.WriteAsync(process);
        return [.. taken.OfType<DecoderProcess>().Select(process => process.Id)];
    }

    /// <summary>Ends all processes, the busy ones as soon as their picture is done.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < options.Workers; i++)
        {
            if (!await idle.Reader.WaitToReadAsync())
                return;
            (await idle.Reader.ReadAsync())?.Dispose();
        }
        idle.Writer.TryComplete();
    }

    private async Task<Outcome<T>> AskOnceAsync<T>(
        WorkerTask task, ReadOnlyMemory<byte> bytes, int maxSide, Func<Stream, Task<Outcome<T>>> read, CancellationToken cancellation) where T : class
    {
        DecoderProcess? process;
        try
        {
            process = await idle.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException closed)
        {
            throw new DecoderUnavailableException("The decoder pool has been disposed of.", closed);
        }
        try
        {
            if (process is { Usable: false })
            {
                process.Dispose();
                process = null;
            }
            process ??= await DecoderProcess.StartAsync(options, cancellation);
            return await process.AskAsync(task, bytes, maxSide, read, cancellation);
        }
        finally
        {
            idle.Writer.TryWrite(process);
        }
    }
}
