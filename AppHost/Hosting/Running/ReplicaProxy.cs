using System.Net;
using System.Net.Sockets;

namespace ImageRights.Hosting;

/// <summary>
/// The one address of a service with several processes: passes each connection to the next process that accepts it, and skips
/// those that do not. On loopback only.
/// </summary>
internal sealed class ReplicaProxy : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<Replica> replicas;
    private readonly List<TcpListener> listeners = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops = [];
    private int next = -1;

    /// <param name="port">The public port; 0 for any.</param>
    internal ReplicaProxy(int port, IReadOnlyList<Replica> replicas)
    {
        this.replicas = replicas;
        Listen(IPAddress.Loopback, port);
        Port = ((IPEndPoint)listeners[0].LocalEndpoint).Port;
        // "localhost" is two addresses, and clients may try either first.
        if (Socket.OSSupportsIPv6)
            try
            {
                Listen(IPAddress.IPv6Loopback, Port);
            }
            catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                // No IPv6 on this machine's loopback.
            }
        loops.AddRange(listeners.Select(AcceptAsync));
    }

    /// <param name="IsAlive">Whether it is worth trying.</param>
    internal sealed record Replica(int Port, Func<bool> IsAlive);

    internal int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var listener in listeners) listener.Stop();
        await Task.WhenAll(loops);
        stopping.Dispose();
    }

    private void Listen(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        listeners.Add(listener);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _ = PassOnAsync(await listener.AcceptSocketAsync(stopping.Token), stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException) when (!stopping.IsCancellationRequested)
            {
                // The client was gone before it was accepted, or descriptors ran out for a moment.
                await Task.Delay(10);
            }
        }
    }

    private async Task PassOnAsync(Socket client, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                using var server = await ConnectAsync(cancellationToken);
                if (server is null)
                {
                    client.Close(0);
                    return;
                }
                client.NoDelay = true;
                await Task.WhenAll(CopyAsync(client, server, cancellationToken), CopyAsync(server, client, cancellationToken));
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                // Either side hung up: the other one learns it by the closed connection.
            }
        }
    }

    private async Task<Socket?> ConnectAsync(CancellationToken cancellationToken)
    {
        var first = (uint)Interlocked.Increment(ref next);
        var inTurn = Enumerable.Range(0, replicas.Count).Select(i => replicas[(int)((first + i) % replicas.Count)]).ToList();
        foreach (var replica in inTurn.Where(r => r.IsAlive()).Concat(inTurn.Where(r => !r.IsAlive())))
        {
            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ConnectTimeout);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, replica.Port, timeout.Token);
                return server;
            }
            catch (Exception fault) when (fault is SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                server.Dispose();
            }
        }
        return null;
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, cancellationToken)) > 0)
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), cancellationToken);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // A reset must reach the other side too, which may be waiting for bytes.
            from.Close(0);
            to.Close(0);
            throw;
        }
    }
}
