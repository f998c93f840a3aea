using System.Runtime.InteropServices;

namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>
/// A seccomp filter for all threads of this process. What it refuses fails with EPERM, so that an ordinary bug becomes an error and
/// not a kill; an attacker inside the decoder finds no network, no new process and no way into another one.
/// </summary>
internal static unsafe partial class SystemCallFilter
{
    // linux/bpf_common.h, linux/seccomp.h, linux/audit.h
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort JumpIfGreaterOrEqual = 0x35;
    private const ushort Return = 0x06;
    private const uint Allow = 0x7FFF0000;
    private const uint NotPermitted = 0x00050000 | 1;
    private const uint NotImplemented = 0x00050000 | 38;
    private const uint KillProcess = 0x80000000;
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgumentOffset = 16;
    private const uint CloneThread = 0x00010000;

    private const int NoNewPrivileges = 38;
    private const uint SetModeFilter = 1;
    private const uint AllThreads = 1;

    /// <exception cref="InvalidOperationException">The kernel refuses the filter.</exception>
    internal static void Install()
    {
        var platform = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => Platform.X64,
            Architecture.Arm64 => Platform.Arm64,
            var other => throw new PlatformNotSupportedException($"No system call numbers for {other}."),
        };
        if (prctl(NoNewPrivileges, 1, 0, 0, 0) != 0)
            throw new InvalidOperationException($"prctl fails with error {Marshal.GetLastPInvokeError()}.");
        var instructions = Compile(platform);
        fixed (Instruction* first = instructions)
        {
            var program = new FilterProgram { Length = (ushort)instructions.Length, First = first };
            if (syscall(platform.Seccomp, SetModeFilter, AllThreads, (nuint)(&program)) != 0)
                throw new InvalidOperationException($"seccomp fails with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    internal static Instruction[] Compile(Platform platform)
    {
        List<Instruction> program =
        [
            new(LoadWord, 0, 0, ArchitectureOffset),
            new(JumpIfEqual, 1, 0, platform.Audit),
            new(Return, 0, 0, KillProcess),
            new(LoadWord, 0, 0, NumberOffset),
            // The x32 numbers would be a second set of names for the same calls.
            new(JumpIfGreaterOrEqual, 0, 1, 0x40000000),
            new(Return, 0, 0, NotPermitted),
            // clone3 keeps its flags in memory, where a filter cannot look; without it the C library uses clone.
            new(JumpIfEqual, 0, 1, platform.Clone3Call),
            new(Return, 0, 0, NotImplemented),
        ];
        foreach (var refused in platform.Refused)
        {
            program.Add(new(JumpIfEqual, 0, 1, refused));
            program.Add(new(Return, 0, 0, NotPermitted));
        }
        program.AddRange(
        [
            new(JumpIfEqual, 0, 3, platform.CloneCall),
            new(LoadWord, 0, 0, FirstArgumentOffset),
            new(JumpIfAnyBit, 1, 0, CloneThread),
            new(Return, 0, 0, NotPermitted),
            new(Return, 0, 0, Allow),
        ]);
        return [.. program];
    }

    /// <summary>
    /// Refused: socket, connect, accept, sendto, bind, listen, accept4; fork, vfork, execve, execveat; kill, ptrace, process_vm_readv,
    /// process_vm_writev, pidfd_open, pidfd_send_signal; unshare, setns, mount, chroot, pivot_root; bpf, perf_event_open, userfaultfd, keyctl, add_key,
    /// request_key, io_uring_setup; init_module, finit_module, kexec_load.
    /// </summary>
    internal sealed record Platform(uint Audit, uint Seccomp, uint CloneCall, uint Clone3Call, uint[] Refused)
    {
        internal static Platform X64 { get; } = new(
            0xC000003E, 317, 56, 435,
            [
                41, 42, 43, 44, 49, 50, 288, 57, 58, 59, 322, 62, 101, 310, 311, 434, 424, 272, 308, 165, 161, 155, 321, 298, 323, 250, 248,
                249, 425, 175, 313, 246,
            ]);

        internal static Platform Arm64 { get; } = new(
            0xC00000B7, 277, 220, 435,
            [
                198, 203, 202, 206, 200, 201, 242, 221, 281, 129, 117, 270, 271, 434, 424, 97, 268, 40, 51, 41, 280, 241, 282, 219, 217,
                218, 425, 105, 273, 104,
            ]);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        internal ushort Length;
        internal Instruction* First;
    }

    // Both are variadic in C, but Linux on x64 and arm64 passes variadic integers as it passes any others.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nuint number, nuint operation, nuint flags, nuint argument);
}
