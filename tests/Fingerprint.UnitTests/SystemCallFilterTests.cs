using ImageRights.Fingerprint.Decoding.Isolation;

namespace ImageRights.Fingerprint.UnitTests;

/// <summary>Runs the filter's program as the kernel would: the process that runs the tests cannot be put behind it and come back.</summary>
public sealed class SystemCallFilterTests
{
    private const uint Allow = 0x7FFF0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NotImplemented = 0x00050026;
    private const uint KillProcess = 0x80000000;
    private const uint ThreadFlags = 0x003D0F00;
    private const uint ForkFlags = 0x01200011;

    [Fact]
    public void On_x64_the_network_and_other_processes_are_out_of_reach_and_ordinary_work_is_not()
    {
        var platform = SystemCallFilter.Platform.X64;
        foreach (var (name, number) in (ReadOnlySpan<(string, uint)>)[("socket", 41), ("connect", 42), ("fork", 57), ("execve", 59), ("kill", 62), ("ptrace", 101), ("io_uring_setup", 425)])
            Decide(platform, 0xC000003E, number).ShouldBe(NotPermitted, name);
        foreach (var (name, number) in (ReadOnlySpan<(string, uint)>)[("read", 0), ("write", 1), ("mmap", 9), ("futex", 202), ("tgkill", 234), ("openat", 257), ("setrlimit", 160)])
            Decide(platform, 0xC000003E, number).ShouldBe(Allow, name);
        Decide(platform, 0xC000003E, 56, ThreadFlags).ShouldBe(Allow, "clone of a thread");
        Decide(platform, 0xC000003E, 56, ForkFlags).ShouldBe(NotPermitted, "clone of a process");
        Decide(platform, 0xC000003E, 435).ShouldBe(NotImplemented, "clone3");
        Decide(platform, 0xC000003E, 0x40000000 + 41).ShouldBe(NotPermitted, "socket by its x32 number");
        Decide(platform, 0x40000003, 102).ShouldBe(KillProcess, "a 32-bit call");
    }

    [Fact]
    public void On_arm64_the_network_and_other_processes_are_out_of_reach_and_ordinary_work_is_not()
    {
        var platform = SystemCallFilter.Platform.Arm64;
        foreach (var (name, number) in (ReadOnlySpan<(string, uint)>)[("socket", 198), ("connect", 203), ("execve", 221), ("kill", 129), ("ptrace", 117), ("io_uring_setup", 425)])
            Decide(platform, 0xC00000B7, number).ShouldBe(NotPermitted, name);
        foreach (var (name, number) in (ReadOnlySpan<(string, uint)>)[("read", 63), ("write", 64), ("mmap", 222), ("futex", 98), ("tgkill", 131), ("openat", 56)])
            Decide(platform, 0xC00000B7, number).ShouldBe(Allow, name);
        Decide(platform, 0xC00000B7, 220, ThreadFlags).ShouldBe(Allow, "clone of a thread");
        Decide(platform, 0xC00000B7, 220, ForkFlags).ShouldBe(NotPermitted, "clone of a process");
        Decide(platform, 0xC000003E, 0).ShouldBe(KillProcess, "another architecture");
    }

    private static uint Decide(SystemCallFilter.Platform platform, uint architecture, uint number, uint firstArgument = 0)
    {
        var program = SystemCallFilter.Compile(platform);
        uint loaded = 0;
        for (var at = 0; at < program.Length; at++)
        {
            var step = program[at];
            switch (step.Code)
            {
                case 0x20:
                    loaded = step.Value switch { 0 => number, 4 => architecture, 16 => firstArgument, _ => throw new InvalidOperationException() };
                    break;
                case 0x15:
                    at += loaded == step.Value ? step.IfTrue : step.IfFalse;
                    break;
                case 0x35:
                    at += loaded >= step.Value ? step.IfTrue : step.IfFalse;
                    break;
                case 0x45:
                    at += (loaded & step.Value) != 0 ? step.IfTrue : step.IfFalse;
                    break;
                case 0x06:
                    return step.Value;
                default:
                    throw new InvalidOperationException($"Instruction 0x{step.Code:X2}.");
            }
        }
        throw new InvalidOperationException("The program ends without a decision.");
    }
}
