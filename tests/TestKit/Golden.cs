using System.Runtime.CompilerServices;
using Shouldly;

namespace ImageRights.TestKit;

/// <summary>Compares with a file kept beside the test. A difference means that something stored or published changed: decide, then run once with <c>UPDATE_GOLDEN=1</c>.</summary>
public static class Golden
{
    /// <summary>Compares <paramref name="text"/> with <c>Golden/{name}</c> beside the calling test.</summary>
    public static void Matches(string name, string text, [CallerFilePath] string caller = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(caller)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text.TrimEnd() + "\n");
        }
        File.Exists(file).ShouldBeTrue($"{file} does not exist; run once with UPDATE_GOLDEN=1");
        text.TrimEnd().ShouldBe(File.ReadAllText(file).TrimEnd(), $"differs from {name}");
    }
}
