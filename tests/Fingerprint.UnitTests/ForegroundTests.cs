using ImageRights.Fingerprint.Computing;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class ForegroundTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_has_time_goes_on_when_nothing_is_in_work() => await new Foreground().LetPassAsync(Patience, CancellationToken.None).WaitAsync(Patience);

    [Fact]
    public async Task What_has_time_waits_until_the_last_picture_is_done()
    {
        var foreground = new Foreground();
        var (one, other) = (foreground.Enter(), foreground.Enter());
        var waiting = foreground.LetPassAsync(Patience, CancellationToken.None);
        one.Dispose();
        one.Dispose();
        waiting.IsCompleted.ShouldBeFalse();
        other.Dispose();
        await waiting.WaitAsync(Patience);
        using var next = foreground.Enter();
        foreground.LetPassAsync(Patience, CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Pictures_without_end_hold_up_what_has_time_for_so_long_only()
    {
        var foreground = new Foreground();
        using var endless = foreground.Enter();
        await foreground.LetPassAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None).WaitAsync(Patience);
    }

    [Fact]
    public async Task Waiting_ends_with_the_service()
    {
        var foreground = new Foreground();
        using var endless = foreground.Enter();
        using var stop = new CancellationTokenSource();
        var waiting = foreground.LetPassAsync(Patience, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }
}
