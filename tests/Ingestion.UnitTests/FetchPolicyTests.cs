using System.Net;
using System.Net.Sockets;
using ImageRights.Ingestion.Fetching;
using ImageRights.ServiceDefaults.Http.Egress;

namespace ImageRights.Ingestion.UnitTests;

public class FetchPolicyTests
{
    private static readonly EgressPolicy Policy = new(new FetchOptions().Egress);

    private static readonly string[] SpecialNetworks =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
        "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ];

    /// <summary>First, last and a middle address of each special network.</summary>
    private static IEnumerable<uint> SpecialAddresses() =>
        from network in SpecialNetworks.Select(IPNetwork.Parse)
        let first = Number(network.BaseAddress)
        let last = first | (network.PrefixLength == 32 ? 0 : uint.MaxValue >> network.PrefixLength)
        from number in new[] { first, first + ((last - first) / 2), last }.Distinct()
        select number;

    private static uint Number(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static string Dotted(uint number) => $"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}";

    /// <summary>The ways in which a URL can write an IPv4 address, and the IPv6 addresses that lead to it.</summary>
    private static IEnumerable<string> Hosts(uint number)
    {
        var (high, low) = (number >> 16, number & 0xFFFF);
        return
        [
            Dotted(number), $"{Dotted(number)}.", $"{number}", $"0x{number:x8}", $"0{Convert.ToString(number, 8)}", $"0x{number >> 24:x}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            $"{number >> 24}.{number & 0xFFFFFF}", $"{number >> 24}.{number >> 16 & 255}.{number & 0xFFFF}",
            $"[::ffff:{Dotted(number)}]", $"[::ffff:{high:x}:{low:x}]", $"[::{Dotted(number)}]", $"[::ffff:0:{high:x}:{low:x}]", $"[64:ff9b::{high:x}:{low:x}]", $"[64:ff9b:1::{high:x}:{low:x}]",
            $"[2002:{high:x}:{low:x}::1]", $"[2001:0:{high:x}:{low:x}::]", $"[2606:4700::5efe:{Dotted(number)}]",
        ];
    }

    [Fact]
    public void No_form_of_an_address_outside_the_public_internet_is_fetched_from()
    {
        var forms = SpecialAddresses().SelectMany(Hosts).SelectMany(host => new[] { $"http://{host}/a.jpg", $"https://{host}/a.jpg" }).ToList();
        forms.Count.ShouldBeGreaterThan(1500);
        forms.Where(url => Policy.Check(url) is null).ShouldBeEmpty();
    }

    [Fact]
    public void No_such_address_is_connected_to()
    {
        foreach (var host in SpecialAddresses().SelectMany(Hosts).Select(host => host.Trim('[', ']')).Where(host => IPAddress.TryParse(host, out _)))
            Policy.Check(IPAddress.Parse(host), 443).ShouldNotBeNull(host);
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("100::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2620:4f:8000::1")]
    [InlineData("3fff::1")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Nor_is_a_special_IPv6_address(string address) => Policy.Check(IPAddress.Parse(address), 443).ShouldNotBeNull();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("shop.example/a.jpg")]
    [InlineData("/a.jpg")]
    [InlineData("//shop.example/a.jpg")]
    [InlineData("https://")]
    [InlineData("ftp://shop.example/a.jpg")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://shop.example/")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("unix:///var/run/docker.sock")]
    [InlineData("jar:http://shop.example/a.jar!/b")]
    [InlineData("https://user:password@shop.example/")]
    [InlineData("https://shop.example@127.0.0.1/")]
    [InlineData("https://shop.example/#part")]
    [InlineData("https://shop.example/a b")]
    [InlineData("https://shop.example/\r\nx-header: 1")]
    [InlineData("https://shop.example\\@127.0.0.1/")]
    [InlineData("https://[::1/")]
    public void What_is_no_web_address_is_invalid(string? url) => Policy.Check(url).ShouldNotBeNull().Fault.ShouldBe(TargetFault.Invalid);

    [Theory]
    [InlineData("https://localhost/")]
    [InlineData("http://LOCALHOST./")]
    [InlineData("http://api.localhost/")]
    [InlineData("http://127。0。0。1/")]
    [InlineData("http://shop.example:22/")]
    [InlineData("http://shop.example:5432/")]
    [InlineData("https://shop.example:8443/")]
    public void Names_of_this_machine_and_other_ports_are_forbidden(string url) => Policy.Check(url).ShouldNotBeNull().Fault.ShouldBe(TargetFault.Forbidden);

    [Theory]
    [InlineData("https://shop.example/a.jpg?size=1")]
    [InlineData("http://shop.example/a.jpg")]
    [InlineData("https://93.184.216.34/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    [InlineData("https://例え.example/")]
    public void The_public_web_may_be_fetched_from(string url) => Policy.Check(url).ShouldBeNull();

    [Fact]
    public void Further_networks_can_be_blocked_and_development_opens_loopback_only()
    {
        var policy = new EgressPolicy(new FetchOptions().Egress with { AllowLoopback = true, Blocked = [IPNetwork.Parse("93.184.216.0/24"), IPNetwork.Parse("127.9.0.0/16")] });
        policy.Check(IPAddress.Loopback, 5999).ShouldBeNull();
        policy.Check(IPAddress.Parse("127.9.1.1"), 443).ShouldNotBeNull();
        policy.Check(IPAddress.Parse("93.184.216.34"), 443).ShouldNotBeNull();
        policy.Check(IPAddress.Parse("10.0.0.1"), 443).ShouldNotBeNull();
        policy.Check(IPAddress.Parse("::ffff:127.0.0.1"), 443).ShouldNotBeNull();
    }
}
