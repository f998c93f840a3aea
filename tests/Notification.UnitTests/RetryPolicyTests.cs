using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.UnitTests;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Policy = RetryPolicy.Standard;

    [Fact]
    public void The_standard_makes_ten_attempts_over_75_hours_and_35_minutes()
    {
        Policy.Delays.Count.ShouldBe(10);
        Policy.Delays.Aggregate((sum, delay) => sum + delay).ShouldBe(new TimeSpan(75, 35, 5));
    }

    [Fact]
    public void In_the_middle_of_the_jitter_every_wait_is_that_of_the_schedule()
    {
        for (var made = 0; made < 10; made++) Policy.DelayAfter(made, 0.5).ShouldBe(Policy.Delays[made]);
    }

    [Fact]
    public void After_the_last_attempt_there_is_no_wait()
    {
        Policy.DelayAfter(10, 0.5).ShouldBeNull();
        Policy.DelayAfter(10, 0.5, TimeSpan.FromMinutes(1)).ShouldBeNull("Retry-After does not add attempts");
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.75)]
    [InlineData(0.9999999)]
    public void Jitter_stays_within_a_tenth_both_ways(double draw)
    {
        for (var made = 1; made < 10; made++)
        {
            var delay = Policy.DelayAfter(made, draw)!.Value;
            delay.ShouldBeInRange(Policy.Delays[made] * 0.9, Policy.Delays[made] * 1.1);
            if (draw < 0.5) delay.ShouldBeLessThan(Policy.Delays[made]);
            else delay.ShouldBeGreaterThan(Policy.Delays[made]);
        }
    }

    [Fact]
    public void The_ends_of_the_jitter_are_a_tenth_away()
    {
        Policy.DelayAfter(2, 0)!.Value.ShouldBe(TimeSpan.FromMinutes(4.5));
        Policy.DelayAfter(2, 1 - 1e-12)!.Value.ShouldBe(TimeSpan.FromMinutes(5.5), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_longer_retry_after_counts_a_shorter_one_does_not_and_none_is_longer_than_allowed()
    {
        Policy.DelayAfter(1, 0.5, TimeSpan.FromMinutes(2)).ShouldBe(TimeSpan.FromMinutes(2));
        Policy.DelayAfter(1, 0.5, TimeSpan.FromSeconds(1)).ShouldBe(TimeSpan.FromSeconds(5));
        Policy.DelayAfter(1, 0.5, TimeSpan.FromDays(400)).ShouldBe(TimeSpan.FromHours(24));
        Policy.DelayAfter(1, 0.5, TimeSpan.FromSeconds(-30)).ShouldBe(TimeSpan.FromSeconds(5));
    }
}
