using System.Net;
using System.Net.Sockets;

namespace ImageRights.ServiceDefaults.Http.Egress;

/// <summary>Finds the addresses of a name.</summary>
public delegate Task<IPAddress[]> Resolver(string host, CancellationToken cancellationToken);

/// <summary>The only way out for requests to addresses that others gave: resolves a name once, judges every address it has, and connects to those very addresses,
/// so that a name that changes between check and connection gains nothing. No proxy, no redirects, no cookies, no credentials.</summary>
public sealed class EgressHandler : DelegatingHandler
{
    private readonly EgressPolicy policy;
    private readonly Resolver resolve;

    /// <summary>Makes the handler; it owns its connections.</summary>
    /// <param name="resolve">Replaces the system's resolver.</param>
    public EgressHandler(EgressPolicy policy, TimeSpan connectTimeout, Resolver? resolve = null)
    {
        this.policy = policy;
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
        InnerHandler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = connectTimeout,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            // A connection outlives its lookup by this much at most.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
    }

    /// <inheritdoc />
    /// <exception cref="EgressDeniedException">Scheme, port or literal address is denied.</exception>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        policy.Check(request.RequestUri!) is { } reason ? throw new EgressDeniedException(reason) : base.SendAsync(request, cancellationToken);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            if (policy.Check(address, port) is { } reason) throw new EgressDeniedException(reason);
        }
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw last!;
    }
}
