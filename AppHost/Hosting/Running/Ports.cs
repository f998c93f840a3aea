using System.Globalization;

namespace ImageRights.Hosting;

internal static class Ports
{
    // Above those of well-known servers.
    private static readonly PortRange Range = new(20_000, 32_767);

    /// <inheritdoc cref="PortRange.Next" />
    internal static int Free() => Range.Next();

    /// <exception cref="HostingException">Someone listens on the port; the message says who, if that can be seen.</exception>
    internal static void EnsureFree(int port, string resource, string howToChange)
    {
        if (PortRange.IsFree(port)) return;
        var owner = FindOwner(port) is var (pid, command) ? $" by process {pid} ({command})" : "";
        throw new HostingException($"Port {port} of \"{resource}\" is taken{owner}.",
            (owner.Length > 0 ? "Stop that process" : $"Find who listens with `ss -ltnp sport = :{port}` and stop it") + $", or {howToChange}.");
    }

    /// <summary>Who listens on the port; null when the process belongs to another user or is gone.</summary>
    private static (int Pid, string Command)? FindOwner(int port)
    {
        var sockets = new HashSet<string>();
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table)) continue;
            // sl local_address rem_address st …: "0: 0100007F:1538 00000000:0000 0A … inode"; 0A is LISTEN.
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns[3] == "0A" && int.Parse(columns[1].AsSpan(columns[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port)
                    sockets.Add($"socket:[{columns[9]}]");
            }
        }
        foreach (var process in ProcessTable.All())
        {
            try
            {
                if (Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target)))
                    return (process, ProcessTable.CommandLine(process) is { Length: > 80 } command ? command[..80] + "…" : ProcessTable.CommandLine(process));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile, or not ours to look into.
            }
        }
        return null;
    }
}
