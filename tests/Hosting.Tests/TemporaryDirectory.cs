namespace ImageRights.Hosting.Tests;

/// <summary>A folder that goes away with the test. Other users can enter it: servers run as theirs when the tests run as root.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"hosting-tests-{Guid.NewGuid():N}");

    internal TemporaryDirectory() => Directory.CreateDirectory(Path);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class Eventually
{
    /// <summary>Polls until the condition holds; fails the test after the deadline.</summary>
    internal static async Task HoldsAsync(Func<Task<bool>> condition, string what, int seconds = 30)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(seconds);
        while (!await condition())
        {
            if (DateTimeOffset.UtcNow > deadline) throw new TimeoutException($"Not within {seconds} s: {what}");
            await Task.Delay(50);
        }
    }

    internal static Task HoldsAsync(Func<bool> condition, string what, int seconds = 30) => HoldsAsync(() => Task.FromResult(condition()), what, seconds);
}
