using System.Net;
using System.Net.Sockets;

namespace ImageRights.Hosting;

/// <summary>Ports for servers that must know theirs before they listen. Tests take theirs from another range than an AppHost that runs beside them.</summary>
/// <remarks>They lie below those that Linux gives to outgoing connections (ip_local_port_range): one of these may be taken between now and its use.</remarks>
internal sealed class PortRange(int first, int last)
{
    private readonly HashSet<int> given = [];

    /// <summary>A port that is free on both loopback addresses and was not given before.</summary>
    public int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(first, last + 1);
            lock (given)
                if (IsFree(port) && given.Add(port)) return port;
        }
    }

    /// <summary>Whether nobody listens on the port, on either loopback address.</summary>
    public static bool IsFree(int port)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6) continue;
            try
            {
                using var probe = new TcpListener(address, port);
                probe.Start();
                probe.Stop();
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                return false;
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressNotAvailable)
            {
                // A machine without IPv6 on its loopback.
            }
        }
        return true;
    }
}
