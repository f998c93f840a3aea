using System.Net;
using ImageRights.ServiceDefaults.Http.Egress;

namespace ImageRights.Notification.UnitTests;

public sealed class EgressTests
{
    private static readonly EgressPolicy Strict = new(new EgressOptions());
    private static readonly EgressPolicy Sandbox = new(new EgressOptions { AllowHttp = true });
    private static readonly EgressPolicy Development = new(new EgressOptions { AllowHttp = true, AllowLoopback = true });

    [Theory]
    // this network
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("0.255.255.255")]
    // private
    [InlineData("10.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("10.255.255.255")]
    [InlineData("172.16.0.0")]
    [InlineData("172.17.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.0")]
    [InlineData("192.168.1.1")]
    [InlineData("192.168.255.255")]
    // carrier-grade NAT
    [InlineData("100.64.0.0")]
    [InlineData("100.100.100.200")]
    [InlineData("100.127.255.255")]
    // loopback
    [InlineData("127.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.53")]
    [InlineData("127.1.1.1")]
    [InlineData("127.255.255.255")]
    // link-local, metadata
    [InlineData("169.254.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("169.254.255.255")]
    [InlineData("168.63.129.16")]
    // assignments, documentation, benchmarking
    [InlineData("192.0.0.0")]
    [InlineData("192.0.0.170")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.0.255")]
    [InlineData("192.0.2.1")]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.175.48.6")]
    [InlineData("198.18.0.0")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.9")]
    // multicast, reserved, broadcast
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("254.1.1.1")]
    [InlineData("255.255.255.255")]
    // unspecified, loopback and the forms that embed IPv4
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::2")]
    [InlineData("::127.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("64:ff9b:1:ffff::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2002:808:808::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("2606:4700::5efe:127.0.0.1")]
    [InlineData("2606:4700::200:5efe:10.0.0.1")]
    // assignments, ORCHID, documentation, discard, segment routing
    [InlineData("2001:2::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:1ff:ffff::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:ffff:ffff::1")]
    [InlineData("2620:4f:8000::1")]
    [InlineData("3fff::1")]
    [InlineData("3fff:fff:ffff::1")]
    [InlineData("100::1")]
    [InlineData("5f00::1")]
    [InlineData("4000::1")]
    // unique local, link-local, site-local, multicast
    [InlineData("fc00::1")]
    [InlineData("fd00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fdff:ffff::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("ff0e::1")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void An_address_outside_the_public_internet_is_never_connected_to(string address)
    {
        PublicAddresses.Contains(IPAddress.Parse(address)).ShouldBeFalse();
        Strict.Check(IPAddress.Parse(address), 443).ShouldNotBeNull();
        Sandbox.Check(IPAddress.Parse(address), 443).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("93.184.216.34")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2001:200::1")]
    [InlineData("2003::1")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("3ffe::1")]
    public void A_public_address_may_be_connected_to(string address) => Strict.Check(IPAddress.Parse(address), 443).ShouldBeNull();

    [Theory]
    [InlineData(22)]
    [InlineData(25)]
    [InlineData(80)]
    [InlineData(5432)]
    [InlineData(8443)]
    public void Only_the_port_of_https_is_open(int port) => Strict.Check(IPAddress.Parse("93.184.216.34"), port).ShouldNotBeNull();

    [Fact]
    public void More_ports_can_be_opened() =>
        new EgressPolicy(new EgressOptions { Ports = [443, 8443] }).Check(IPAddress.Parse("93.184.216.34"), 8443).ShouldBeNull();

    [Fact]
    public void Further_networks_can_be_blocked()
    {
        var policy = new EgressPolicy(new EgressOptions { AllowLoopback = true, Blocked = [IPNetwork.Parse("93.184.216.0/24"), IPNetwork.Parse("127.9.0.0/16")] });
        policy.Check(IPAddress.Parse("93.184.216.34"), 443).ShouldNotBeNull();
        policy.Check(IPAddress.Parse("93.184.217.34"), 443).ShouldBeNull();
        policy.Check(IPAddress.Parse("127.9.1.1"), 443).ShouldNotBeNull("a block counts more than what development opens");
    }

    [Fact]
    public void Development_opens_loopback_on_any_port_and_nothing_else()
    {
        Development.Check(IPAddress.Loopback, 5999).ShouldBeNull();
        Development.Check(IPAddress.IPv6Loopback, 5999).ShouldBeNull();
        Development.Check(IPAddress.Parse("::ffff:127.0.0.1"), 5999).ShouldNotBeNull();
        Development.Check(IPAddress.Parse("10.0.0.1"), 443).ShouldNotBeNull();
        Development.Check(IPAddress.Parse("169.254.169.254"), 80).ShouldNotBeNull();
        Development.Check(IPAddress.Parse("0.0.0.0"), 5999).ShouldNotBeNull();
        Development.Check("http://localhost:5999/hooks").ShouldBeNull();
        Development.Check("http://127.0.0.1:5999/hooks").ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("shop.example/hooks")]
    [InlineData("/hooks")]
    [InlineData("//shop.example/hooks")]
    [InlineData("https://")]
    [InlineData("https:///hooks")]
    [InlineData("https://shop.example:99999/")]
    [InlineData("https://shop.example:-1/")]
    [InlineData("ftp://shop.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://shop.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/plain,x")]
    [InlineData("unix:///var/run/docker.sock")]
    [InlineData("https://user@shop.example/")]
    [InlineData("https://user:password@shop.example/")]
    [InlineData("https://shop.example@127.0.0.1/")]
    [InlineData("https://shop.example/#part")]
    [InlineData("https://shop.example/a b")]
    [InlineData("https://shop.example/\r\nx-header: 1")]
    [InlineData("https://shop.example/\0")]
    [InlineData("https://shop.example\\@127.0.0.1/")]
    [InlineData("https://[::1/")]
    [InlineData("https://[fe80::1%25eth0")]
    public void What_is_no_web_address_is_invalid(string? url) => Strict.Check(url).ShouldNotBeNull().Fault.ShouldBe(TargetFault.Invalid);

    [Fact]
    public void An_endless_address_is_invalid() => Strict.Check("https://shop.example/" + new string('a', 2048)).ShouldNotBeNull().Fault.ShouldBe(TargetFault.Invalid);

    [Theory]
    [InlineData("http://shop.example/")]
    [InlineData("https://shop.example:8443/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST/")]
    [InlineData("https://localhost./")]
    [InlineData("https://api.localhost/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://127.1/")]
    [InlineData("https://127.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://0/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://[::1]x/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://2852039166/")]
    [InlineData("https://0xa9fea9fe/")]
    [InlineData("https://100.100.100.200/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[0:0:0:0:0:0:0:1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[::ffff:8.8.8.8]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[2001:0:7f00:1::]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://[ff02::1]/")]
    [InlineData("https://224.0.0.1/")]
    [InlineData("https://255.255.255.255/")]
    public void A_literal_address_is_judged_however_it_is_written(string url)
    {
        var (fault, reason) = Strict.Check(url).ShouldNotBeNull(url);
        fault.ShouldBe(TargetFault.Forbidden);
        reason.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("https://shop.example/hooks?token=1")]
    [InlineData("https://shop.example:443/")]
    [InlineData("https://93.184.216.34/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    [InlineData("https://例え.example/")]
    public void A_public_web_address_may_be_tried(string url) => Strict.Check(url).ShouldBeNull();

    [Fact]
    public async Task One_forbidden_address_among_many_stops_the_connection()
    {
        using var http = Invoker(Strict, "93.184.216.34", "10.0.0.1");
        (await FailureAsync(http)).ShouldBeOfType<EgressDeniedException>().Message.ShouldBe("The address is not public.");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("169.254.169.254")]
    public async Task A_name_that_resolves_inwards_is_not_connected_to(string address)
    {
        using var http = Invoker(Strict, address);
        (await FailureAsync(http)).ShouldBeOfType<EgressDeniedException>();
    }

    private static HttpMessageInvoker Invoker(EgressPolicy policy, params string[] addresses) => new(new EgressHandler(
        policy, TimeSpan.FromSeconds(5), (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())));

    private static async Task<Exception?> FailureAsync(HttpMessageInvoker http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://shop.example/");
        return (await Should.ThrowAsync<HttpRequestException>(() => http.SendAsync(request, CancellationToken.None))).InnerException;
    }
}
