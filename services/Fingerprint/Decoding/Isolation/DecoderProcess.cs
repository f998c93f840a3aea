using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>One decoder process, seen from the service. Takes one picture at a time.</summary>
internal sealed class DecoderProcess : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    // Exit codes of a process that a signal ended are 128 + the signal's number; SIGXCPU is 24.
    private const int EndedByCpuLimit = 128 + 24;

    private readonly Process process;
    private readonly DecoderPoolOptions options;
    private int pictures;
    private bool broken;

    private DecoderProcess(Process process, DecoderPoolOptions options) => (this.process, this.options) = (process, options);

    internal int Id => process.Id;

    /// <summary>False once it has ended, lost step with the protocol, or has had its share of pictures.</summary>
    internal bool Usable => !broken && pictures < options.PicturesPerWorker && !process.HasExited;

    internal static async Task<DecoderProcess> StartAsync(DecoderPoolOptions options, CancellationToken cancellation)
    {
        Process started;
        try
        {
            started = Process.Start(StartInfo(options))!;
        }
        catch (Win32Exception failure)
        {
            throw new DecoderUnavailableException("The decoder process does not start.", failure);
        }
        var decoder = new DecoderProcess(started, options);
        try
        {
            using var limit = decoder.KillWhenCancelled(StartTimeout, cancellation, out var timeout);
            await WorkerProtocol.ReadHelloAsync(started.StandardOutput.BaseStream);
            return decoder;
        }
        catch (Exception failure) when (failure is EndOfStreamException or IOException or InvalidDataException)
        {
            decoder.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw new DecoderUnavailableException($"The decoder process {started.StartInfo.FileName} did not become ready.", failure);
        }
    }

    /// <param name="read">Reads the answer to <paramref name="task"/> from the process's output.</param>
    internal async Task<Outcome<T>> AskAsync<T>(
        WorkerTask task, ReadOnlyMemory<byte> bytes, int maxSide, Func<Stream, Task<Outcome<T>>> read, CancellationToken cancellation) where T : class
    {
        pictures++;
        using var limit = KillWhenCancelled(options.Timeout, cancellation, out var timeout);
        try
        {
            await WorkerProtocol.WriteRequestAsync(process.StandardInput.BaseStream, task, bytes, maxSide);
            return await read(process.StandardOutput.BaseStream);
        }
        catch (Exception failure) when (failure is EndOfStreamException or IOException or InvalidDataException)
        {
            broken = true;
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
                return new ImageRefusal(RefusalCodes.DecodeTimeout, $"not decoded within {options.Timeout.TotalSeconds:0.#} s");
            return process.ExitCode == EndedByCpuLimit
                ? new ImageRefusal(RefusalCodes.DecodeTimeout, $"not decoded within {options.CpuSeconds} s of processor time")
                : new ImageRefusal(RefusalCodes.DecoderCrashed, $"the decoder process ended with exit code {process.ExitCode}");
        }
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    // Reading from a pipe cannot be cancelled; killing the process at its other end can.
    private Registration KillWhenCancelled(TimeSpan limit, CancellationToken cancellation, out CancellationToken timeout)
    {
        var timer = new CancellationTokenSource(limit);
        timeout = timer.Token;
        var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var kill = either.Token.Register(() =>
        {
            broken = true;
            process.Kill();
        });
        return new Registration(kill, either, timer);
    }

    private readonly record struct Registration(CancellationTokenRegistration Kill, CancellationTokenSource Either, CancellationTokenSource Timer) : IDisposable
    {
        public void Dispose()
        {
            Kill.Dispose();
            Either.Dispose();
            Timer.Dispose();
        }
    }

    private static ProcessStartInfo StartInfo(DecoderPoolOptions options)
    {
        // The program's own launcher stands beside it; where only the assembly was deployed, the runtime's launcher starts that.
        var assembly = typeof(DecoderProcess).Assembly.Location;
        var launcher = Path.ChangeExtension(assembly, null);
        // …/shared/Microsoft.NETCore.App/10.0.x/ → the folder of the dotnet executable.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var start = File.Exists(launcher)
            ? new ProcessStartInfo(launcher)
            : new ProcessStartInfo(Path.Combine(dotnet, "dotnet")) { ArgumentList = { "exec", assembly } };
        start.ArgumentList.Add(DecodeWorker.Switch);
        start.ArgumentList.Add(JsonSerializer.Serialize(options));
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.UseShellExecute = false;

        // Connection strings and keys are in the service's environment; untrusted pictures must not meet them.
        start.Environment.Clear();
        start.Environment["DOTNET_ROOT"] = dotnet;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        // Managed memory is the request and the result; the rest of the allowance is for the native libraries.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x" + (options.MemoryBytes / 4).ToString("x");
        // glibc otherwise keeps an arena a thread and gives little of it back.
        start.Environment["MALLOC_ARENA_MAX"] = "2";
        return start;
    }
}
