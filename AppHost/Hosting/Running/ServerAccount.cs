using System.Globalization;
using System.Runtime.InteropServices;

namespace ImageRights.Hosting;

/// <summary>The user a server runs as when the AppHost is root: PostgreSQL refuses root, and a broker does not need it.</summary>
internal sealed partial record ServerAccount(string Name, uint UserId, uint GroupId)
{
    internal IReadOnlyList<string> SetprivArguments => ["--reuid", $"{UserId}", "--regid", $"{GroupId}", "--init-groups"];

    /// <summary>The package's user when running as root; null (the present user) otherwise.</summary>
    /// <exception cref="HostingException">Running as root, and the package made no such user.</exception>
    internal static ServerAccount? For(string user, string package)
    {
        if (!ProcessTable.IsRoot) return null;
        // name:password:uid:gid:comment:home:shell
        var entry = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == user)
            ?? throw new HostingException($"There is no user \"{user}\" to run the server as; it must not run as root.", $"Install the package {package}: run ./run.sh.");
        return new ServerAccount(user, uint.Parse(entry[2], CultureInfo.InvariantCulture), uint.Parse(entry[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether this user can enter the folder and all above it.</summary>
    internal async Task<bool> CanEnterAsync(string directory, CancellationToken cancellationToken)
    {
        var (exitCode, _) = await ChildProcess.RunAsync("test", ["-x", directory + "/."], ServerEnvironment.Minimal("/"), "/", this, TimeSpan.FromSeconds(10), cancellationToken);
        return exitCode == 0;
    }

    internal void TakeOver(string path)
    {
        if (ChangeOwner(path, UserId, GroupId) != 0)
            throw new HostingException($"{path} cannot be given to the user \"{Name}\" (error {Marshal.GetLastPInvokeError()}).", "Check that the file system of the data directory knows owners.");
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}

internal static class ServerEnvironment
{
    /// <summary>What a server needs and nothing that its operator happens to have set.</summary>
    internal static Dictionary<string, string> Minimal(string home) => new()
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = home,
        ["LANG"] = "C.UTF-8",
    };
}
