using System.Runtime.InteropServices;

namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>
/// What a decoder process gives up before it reads a stranger's bytes: memory and time without bound, files that grow, core dumps,
/// the network, and starting, tracing or signalling other processes. Linux only.
/// </summary>
internal static unsafe partial class Sandbox
{
    private const int LimitCpu = 0;
    private const int LimitFileSize = 1;
    private const int LimitData = 2;
    private const int LimitCore = 4;
    private const ulong Unlimited = ulong.MaxValue;

    internal static void Enter(long memoryBytes)
    {
        // Private writable memory and not address space: the runtime reserves far more addresses than it ever uses.
        SetLimit(LimitData, (ulong)memoryBytes, (ulong)memoryBytes);
        SetLimit(LimitFileSize, 0, 0);
        SetLimit(LimitCore, 0, 0);
        SystemCallFilter.Install();
    }

    /// <summary>The kernel ends the process (SIGXCPU) once it has used this much more processor time.</summary>
    internal static void AllowProcessorTime(int seconds) =>
        SetLimit(LimitCpu, (ulong)Math.Ceiling(Environment.CpuUsage.TotalTime.TotalSeconds) + (ulong)seconds, Unlimited);

    private static void SetLimit(int resource, ulong soft, ulong hard)
    {
        Limit limit = new() { Soft = soft, Hard = hard };
        if (setrlimit(resource, &limit) != 0)
            throw new InvalidOperationException($"setrlimit({resource}, {soft}) fails with error {Marshal.GetLastPInvokeError()}.");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        internal ulong Soft;
        internal ulong Hard;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, Limit* limit);
}
