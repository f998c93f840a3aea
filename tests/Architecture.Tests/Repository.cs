using System.Diagnostics;

namespace ImageRights.Architecture.Tests;

internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static IReadOnlyList<string> Services { get; } = ["Ingestion", "Fingerprint", "Matching", "CaseManagement", "Notification", "Console"];

    /// <summary>Files that git tracks, relative to the root.</summary>
    public static IReadOnlyList<string> TrackedFiles { get; } = ListTrackedFiles();

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static IReadOnlyList<string> ListTrackedFiles()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "-c", "safe.directory=*", "ls-files"]) { RedirectStandardOutput = true })!;
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. files.Where(file => File.Exists(Path.Combine(Root, file)))];
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ImageRights.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
