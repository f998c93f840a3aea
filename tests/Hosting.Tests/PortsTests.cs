using System.Net;
using System.Net.Sockets;

namespace ImageRights.Hosting.Tests;

public sealed class PortsTests
{
    [Fact]
    public void A_taken_port_is_reported_with_resource_port_process_and_remedy()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var port = ((IPEndPoint)squatter.LocalEndpoint).Port;

        var fault = Should.Throw<HostingException>(() => Ports.EnsureFree(port, "ingestion", "change applicationUrl"));

        fault.Message.ShouldStartWith($"Port {port} of \"ingestion\" is taken by process {Environment.ProcessId} (");
        fault.NextStep.ShouldBe("Stop that process, or change applicationUrl.");
    }

    [Fact]
    public void A_port_taken_only_on_the_IPv6_loopback_is_taken_too()
    {
        if (!Socket.OSSupportsIPv6) return;
        using var squatter = new TcpListener(IPAddress.IPv6Loopback, 0);
        squatter.Start();

        PortRange.IsFree(((IPEndPoint)squatter.LocalEndpoint).Port).ShouldBeFalse();
    }

    [Fact]
    public void Free_ports_are_handed_out_once()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => Ports.Free()).ToList();

        ports.Distinct().Count().ShouldBe(50);
        ports.ShouldAllBe(port => PortRange.IsFree(port));
        // From 32,768 on Linux gives them to outgoing connections, which would take one before it is used.
        ports.ShouldAllBe(port => port < 32_768);
    }
}
