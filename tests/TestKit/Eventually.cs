using System.Diagnostics;

namespace ImageRights.TestKit;

/// <summary>Waits for what happens asynchronously: asks again until it holds, and at the deadline fails with the last reason.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Repeats <paramref name="attempt"/> until it neither throws nor gives null.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> attempt, TimeSpan? timeout = null, string? what = null)
    {
        var limit = timeout ?? TimeSpan.FromSeconds(30);
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        while (watch.Elapsed < limit)
        {
            try
            {
                if (await attempt() is { } result) return result;
            }
#pragma warning disable CA1031 // The last failure is the reason given at the deadline.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                last = failure;
            }
            await Task.Delay(Pause);
        }
        throw new TimeoutException($"{what ?? "It"} did not happen within {limit.TotalSeconds:0} s. {last?.Message}", last);
    }

    /// <summary>Repeats the assertions until they hold.</summary>
    public static Task HoldsAsync(Func<Task> assertions, TimeSpan? timeout = null, string? what = null) =>
        GetAsync<object>(async () =>
        {
            await assertions();
            return true;
        }, timeout, what);
}
