using System.Net;
using System.Net.Sockets;

namespace ImageRights.TestKit;

/// <summary>Ports for servers that must know theirs before they listen.</summary>
public static class FreePort
{
    // Below those that Linux gives to outgoing connections (ip_local_port_range), one of which may be taken between now and its use, and apart from those that an AppHost draws.
    private const int First = 10_000;
    private const int Last = 14_999;

    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nobody listens on and that this process was not given before.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last + 1);
            lock (Given)
                if (IsFree(port) && Given.Add(port)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
