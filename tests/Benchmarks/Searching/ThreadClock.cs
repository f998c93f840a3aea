using System.Runtime.InteropServices;

namespace ImageRights.Benchmarks.Searching;

/// <summary>Processor time of the calling thread: what a shared machine does beside it is not in it.</summary>
internal static class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Milliseconds since the thread began.</summary>
    public static double Milliseconds
    {
        get
        {
            if (Read(ThreadCpuTime, out var time) != 0) throw new InvalidOperationException("The thread has no clock.");
            return time.Seconds * 1e3 + time.Nanoseconds / 1e6;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int Read(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
