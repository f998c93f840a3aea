using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Sending;

namespace ImageRights.Notification.UnitTests;

public sealed class LaneTests : IDisposable
{
    private static readonly TimeSpan Promptly = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Slowly = TimeSpan.FromSeconds(5);

    private readonly Lane lane = new(new WebhookOptions { InFlightPerEndpoint = 2, ClaimedPerEndpoint = 4 });

    [Fact]
    public void Nothing_is_taken_before_a_claim_has_seen_that_nothing_waits()
    {
        lane.TryHold().ShouldBeFalse();
        lane.HasBacklog = false;
        lane.TryHold().ShouldBeTrue();
    }

    [Fact]
    public void What_finds_no_room_goes_before_all_that_comes_later()
    {
        lane.HasBacklog = false;
        lane.TryHold().ShouldBeTrue();
        lane.TryHold().ShouldBeTrue();
        lane.TryHold().ShouldBeFalse();
        lane.Leave();
        lane.Leave();
        lane.TryHold().ShouldBeFalse("the third one waits");
        lane.HasBacklog = false;
        lane.TryHold().ShouldBeTrue();
    }

    [Fact]
    public void Prompt_successes_earn_room_slow_ones_do_not_and_a_failure_loses_it()
    {
        Learn(AttemptOutcome.Succeeded, Slowly, times: 5);
        lane.Room(failing: false).ShouldBe(2);
        Learn(AttemptOutcome.Succeeded, Promptly, times: 5);
        lane.Room(failing: false).ShouldBe(4, "the most that it may have");
        Learn(AttemptOutcome.TimedOut, Slowly, times: 1);
        lane.Room(failing: false).ShouldBe(2);
    }

    public void Dispose() => lane.Dispose();

    private void Learn(AttemptOutcome outcome, TimeSpan sinceClaim, int times)
    {
        for (var time = 0; time < times; time++) lane.Learn(outcome, sinceClaim);
    }
}
