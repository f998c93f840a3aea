namespace ImageRights.EndToEnd.Tests;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>A path in it.</summary>
    public static string Path(params string[] parts)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "ImageRights.sln"))) directory = directory.Parent!;
        return System.IO.Path.Combine([directory.FullName, .. parts]);
    }
}
