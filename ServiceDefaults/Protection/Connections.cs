using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ImageRights.ServiceDefaults.Protection;

/// <summary>What the server itself bounds: connections, also for each address, and how slow a sender may be.</summary>
internal sealed class Connections(IConfiguration configuration) : IConfigureOptions<KestrelServerOptions>
{
    private readonly ConcurrentDictionary<IPAddress, int> open = new();

    public void Configure(KestrelServerOptions kestrel)
    {
        var section = configuration.GetSection("Connections");
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = section.GetValue("Most", 5_000L);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        // 240 bytes a second are the default: 10 MB could take half a day.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(10));
        var mostOfOne = section.GetValue("MostOfOneAddress", 1_000);
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => async connection =>
        {
            if ((connection.RemoteEndPoint as IPEndPoint)?.Address is not { } address)
            {
                await next(connection);
                return;
            }
            try
            {
                if (open.AddOrUpdate(address, 1, (_, count) => count + 1) > mostOfOne) connection.Abort(new ConnectionAbortedException("The address has too many connections."));
                else await next(connection);
            }
            finally
            {
                if (open.AddOrUpdate(address, 0, (_, count) => count - 1) == 0) open.TryRemove(KeyValuePair.Create(address, 0));
            }
        }));
    }
}
