using ImageRights.Notification.Sending;

namespace ImageRights.Notification.UnitTests;

public sealed class GatheringTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_comes_during_a_write_is_written_together_up_to_the_most()
    {
        var gate = new TaskCompletionSource();
        var sizes = new List<int>();
        var gathering = new Gathering<int>(4, async items =>
        {
            sizes.Add(items.Count);
            if (items.Contains(0)) await gate.Task;
        });
        var first = gathering.AddAsync(0);
        await Task.Yield();
        // The first write is under way once it has been seen.
        await TestKit.Eventually.HoldsAsync(() => Task.FromResult(Seen(sizes)));
        var others = Enumerable.Range(1, 6).Select(gathering.AddAsync).ToList();
        gate.SetResult();
        await Task.WhenAll([first, .. others]).WaitAsync(Limit);
        sizes.ShouldBe([1, 4, 2]);
    }

    private static int Seen(List<int> sizes)
    {
        sizes.Count.ShouldBe(1);
        return 1;
    }

    [Fact]
    public async Task A_write_that_fails_is_told_to_those_in_it_and_the_next_goes_on()
    {
        var gathering = new Gathering<int>(4, items => items[0] == 1 ? throw new InvalidOperationException("no") : Task.CompletedTask);
        await Should.ThrowAsync<InvalidOperationException>(() => gathering.AddAsync(1).WaitAsync(Limit));
        await gathering.AddAsync(2).WaitAsync(Limit);
    }
}
