using ImageRights.TestKit;

namespace ImageRights.EventStore.Tests;

/// <summary>Eventually, for assertions that need no await.</summary>
internal static class Soon
{
    public static Task HoldsAsync(Action assertions, TimeSpan? timeout = null, string? what = null) => Eventually.HoldsAsync(
        () =>
        {
            assertions();
            return Task.CompletedTask;
        },
        timeout, what);
}
