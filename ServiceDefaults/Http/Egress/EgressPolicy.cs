using System.Net;

namespace ImageRights.ServiceDefaults.Http.Egress;

/// <summary>What is wrong with an address that somebody wants requests sent to.</summary>
public enum TargetFault
{
    /// <summary>Not an absolute web address.</summary>
    Invalid,

    /// <summary>A web address where nothing may be sent.</summary>
    Forbidden,
}

/// <summary>Decides where requests may go. Names are judged when they are connected to, by every address they resolve to.</summary>
public sealed class EgressPolicy(EgressOptions options)
{
    private const int LongestUrl = 2048;

    /// <summary>Judges an address as it was written, without looking names up.</summary>
    /// <returns>Null when requests may be tried; else what is wrong, with the reason.</returns>
    public (TargetFault Fault, string Reason)? Check(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return (TargetFault.Invalid, "An address is required.");
        if (text.Length > LongestUrl) return (TargetFault.Invalid, $"It is longer than {LongestUrl} characters.");
        if (text.Any(letter => letter is <= ' ' or '\u007f' or '\\')) return (TargetFault.Invalid, "It contains spaces, control characters or backslashes.");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0) return (TargetFault.Invalid, "It is not an absolute address.");
        if (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) return (TargetFault.Invalid, "It does not begin with http or https.");
        if (uri.UserInfo.Length > 0) return (TargetFault.Invalid, "It carries a user name or password.");
        if (uri.Fragment.Length > 0) return (TargetFault.Invalid, "It carries a fragment.");
        return Check(uri) is { } reason ? (TargetFault.Forbidden, reason) : null;
    }

    /// <summary>Judges scheme, port and literal address; null when a connection may be tried.</summary>
    public string? Check(Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && options.AllowHttp)) return "Only https is allowed.";
        var host = uri.IdnHost.TrimEnd('.');
        var isLocalName = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal)) return Check(literal, uri.Port);
        if (isLocalName) return options.AllowLoopback ? null : "It names this machine.";
        // A loopback name with a port of its own is found only when it is resolved; Check(address, port) then judges both.
        return options.AllowLoopback || IsPort(uri.Port) ? null : $"Port {uri.Port} is not allowed.";
    }

    /// <summary>Judges an address that is about to be connected to; null when it may be.</summary>
    public string? Check(IPAddress address, int port)
    {
        if (options.Blocked.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))) return "The address is blocked.";
        // A mapped form of a loopback address stays denied: nobody needs to write it.
        if (options.AllowLoopback && !address.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(address)) return null;
        if (!PublicAddresses.Contains(address)) return "The address is not public.";
        return IsPort(port) ? null : $"Port {port} is not allowed.";
    }

    private bool IsPort(int port) => options.Ports.Contains(port) || (port == 80 && options.AllowHttp);
}

/// <summary>A request was stopped before it left: it would have gone where nothing may be sent.</summary>
public sealed class EgressDeniedException(string reason) : Exception(reason);
