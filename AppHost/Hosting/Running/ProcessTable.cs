using System.Globalization;
using System.Runtime.InteropServices;

namespace ImageRights.Hosting;

/// <summary>The processes of this machine, from <c>/proc</c>.</summary>
internal static partial class ProcessTable
{
    internal const int SigInt = 2, SigQuit = 3, SigKill = 9, SigTerm = 15;

    internal static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    internal static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>When the process started, in clock ticks since boot: together with its id this names a process for ever. Null when it is gone.</summary>
    internal static long? StartTicks(int pid)
    {
        try
        {
            // pid (comm) state ppid …: comm may hold blanks and brackets, so count from the last bracket; the start is field 22.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static string? WorkingDirectory(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/cwd").LinkTarget;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static string SignalName(int signal) => signal switch { SigInt => "INT", SigQuit => "QUIT", SigKill => "KILL", SigTerm => "TERM", _ => $"{signal}" };

    internal static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    internal static bool IsRoot => GetEffectiveUserId() == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
