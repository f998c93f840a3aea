using System.Net;
using System.Net.Sockets;

namespace ImageRights.ServiceDefaults.Http.Egress;

/// <summary>Which addresses belong to the public internet, by the IANA special-purpose registries (RFC 6890 and its updates).</summary>
public static class PublicAddresses
{
    private static readonly IPNetwork[] SpecialIPv4 =
    [
        .. new[]
        {
            "0.0.0.0/8", // this network
            "10.0.0.0/8", // private
            "100.64.0.0/10", // carrier-grade NAT
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // platform services of a large cloud, under a public number
            "169.254.0.0/16", // link-local, with the clouds' metadata services
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", // documentation
            "192.31.196.0/24", // AS112
            "192.52.193.0/24", // AMT
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16", // private
            "192.175.48.0/24", // AS112
            "198.18.0.0/15", // benchmarking
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, with the limited broadcast
        }.Select(IPNetwork.Parse),
    ];

    // Global unicast is allowed, the rest of IPv6 is not: loopback, mapped and compatible IPv4, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard-only,
    // unique local, link-local, site-local and multicast all lie outside of it.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialIPv6 =
    [
        .. new[]
        {
            "2001::/23", // protocol assignments, with Teredo and ORCHID
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4, which embeds an IPv4 address
            "2620:4f:8000::/48", // AS112
            "3fff::/20", // documentation
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Whether <paramref name="address"/> is a public unicast address. IPv6 forms that embed an IPv4 address are not, whatever they embed.</summary>
    public static bool Contains(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !SpecialIPv4.Any(network => network.Contains(address)),
        // Mapped addresses go first: IPNetwork compares their embedded IPv4 bits with the IPv6 prefix, and so finds ::ffff:10.0.0.1 in 2000::/3.
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6 && address.ScopeId == 0 && GlobalUnicast.Contains(address)
            && !SpecialIPv6.Any(network => network.Contains(address)) && !IsIsatap(address),
        _ => false,
    };

    // RFC 5214: the interface identifier 0000:5efe or 0200:5efe is followed by an IPv4 address.
    private static bool IsIsatap(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }
}
