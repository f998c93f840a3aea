using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImageRights.Hosting.Tests;

public sealed class ReplicaProxyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Answers what it was sent with its name in front, once the client has said that it is done.</summary>
    private sealed class Backend : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        internal Backend(string name)
        {
            listener.Start();
            _ = ServeAsync(name);
        }

        internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        private async Task ServeAsync(string name)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    using var reader = new StreamReader(client.GetStream());
                    var text = await reader.ReadToEndAsync();
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{name}:{text}"));
                }
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException or IOException)
            {
                // Disposed.
            }
        }

        public void Dispose() => listener.Dispose();
    }

    private static async Task<string> AskAsync(IPAddress address, int port, string text = "hello")
    {
        using var client = new TcpClient(address.AddressFamily);
        await client.ConnectAsync(address, port).WaitAsync(Patience);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        client.Client.Shutdown(SocketShutdown.Send);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Connections_go_to_the_processes_in_turn()
    {
        using var a = new Backend("a");
        using var b = new Backend("b");
        await using var proxy = new ReplicaProxy(0, [new(a.Port, () => true), new(b.Port, () => true)]);

        List<string> answers = [];
        for (var i = 0; i < 4; i++) answers.Add(await AskAsync(IPAddress.Loopback, proxy.Port));

        answers.ShouldBe(["a:hello", "b:hello", "a:hello", "b:hello"]);
    }

    [Fact]
    public async Task A_dead_process_is_skipped_even_before_anyone_noticed()
    {
        using var a = new Backend("a");
        var dead = Ports.Free();
        await using var proxy = new ReplicaProxy(0, [new(dead, () => true), new(a.Port, () => true)]);

        for (var i = 0; i < 3; i++) (await AskAsync(IPAddress.Loopback, proxy.Port)).ShouldBe("a:hello");
    }

    [Fact]
    public async Task A_process_known_to_be_unwell_is_asked_last()
    {
        using var well = new Backend("well");
        using var unwell = new Backend("unwell");
        await using var proxy = new ReplicaProxy(0, [new(unwell.Port, () => false), new(well.Port, () => true)]);

        for (var i = 0; i < 3; i++) (await AskAsync(IPAddress.Loopback, proxy.Port)).ShouldBe("well:hello");
    }

    [Fact]
    public async Task With_no_process_left_the_connection_is_closed_instead_of_hanging()
    {
        await using var proxy = new ReplicaProxy(0, [new(Ports.Free(), () => true)]);

        using var client = new TcpClient();
        // Closed with a reset, which may come before the connect has returned, or in good order, but closed.
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
            (await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Patience)).ShouldBe(0);
        }
        catch (SocketException fault) { fault.SocketErrorCode.ShouldBe(SocketError.ConnectionReset); }
        catch (IOException fault) { fault.InnerException.ShouldBeOfType<SocketException>(); }
    }

    [Fact]
    public async Task Large_bodies_pass_whole()
    {
        using var a = new Backend("a");
        await using var proxy = new ReplicaProxy(0, [new(a.Port, () => true)]);
        var body = new string('x', 3_000_000);

        (await AskAsync(IPAddress.Loopback, proxy.Port, body)).Length.ShouldBe(body.Length + 2);
    }

    [Fact]
    public async Task Both_addresses_of_localhost_answer()
    {
        if (!Socket.OSSupportsIPv6) return;
        using var a = new Backend("a");
        await using var proxy = new ReplicaProxy(0, [new(a.Port, () => true)]);

        (await AskAsync(IPAddress.IPv6Loopback, proxy.Port)).ShouldBe("a:hello");
    }
}
