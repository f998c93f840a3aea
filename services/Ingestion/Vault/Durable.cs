using System.Runtime.InteropServices;

namespace ImageRights.Ingestion.Vault;

/// <summary>A new name survives a power cut only once its directory was flushed too; .NET has no call for that.</summary>
internal static partial class Durable
{
    /// <summary>Creates a directory and its missing parents, each name flushed.</summary>
    public static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory)) return;
        var parent = Path.GetDirectoryName(directory)!;
        CreateDirectory(parent);
        Directory.CreateDirectory(directory);
        FlushDirectory(parent);
    }

    /// <summary>Flushes the names in a directory to disk.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void FlushDirectory(string directory)
    {
        // NTFS journals names itself and refuses the call on a directory.
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(directory, 0);
        if (descriptor < 0) throw new IOException($"{directory} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (Flush(descriptor) != 0) throw new IOException($"{directory} cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
