using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImageRights.Fingerprint.Decoding;

/// <summary>Finds the native picture libraries: libvips beside the program, libturbojpeg in the system.</summary>
internal static class NativeLibraries
{
    internal const string Vips = "vips";
    internal const string TurboJpeg = "turbojpeg";

    // DllImport resolution has to be in place before the first call of any of the classes that import.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        Vips => LoadVips(),
        TurboJpeg => NativeLibrary.TryLoad("libturbojpeg.so.0", out var handle) ? handle : 0,
        _ => 0,
    };

    private static nint LoadVips()
    {
        var platform = $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        var file = Path.Combine(AppContext.BaseDirectory, "runtimes", platform, "native", "libvips-cpp.so");
        if (!File.Exists(file))
            throw new DllNotFoundException($"libvips is not at {file}: run 'npm ci' in the repository's root folder and build again.");
        return NativeLibrary.Load(file);
    }
}
