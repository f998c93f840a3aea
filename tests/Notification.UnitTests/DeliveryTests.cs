using ImageRights.Notification.Deliveries;
using ImageRights.TestKit;

namespace ImageRights.Notification.UnitTests;

public sealed class DeliveryTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddMilliseconds(250);
    private static readonly Guid EventId = Guid.Parse("01955000-0000-7000-8000-000000000001");
    private const string Id = "dlv_0195500000005000800000000000000b";
    private const string EndpointId = "whe_0195500000007000800000000000000a";
    private const string Type = "imagerights.case.opened.v1";
    private const string Url = "https://shop.example/hooks";
    private static readonly RetryPolicy Twice = new([TimeSpan.Zero, TimeSpan.FromSeconds(10)], 0.1, TimeSpan.FromHours(1));

    internal static readonly DeliveryEvent.Scheduled Scheduled = new(Id, EndpointId, EventId, Type, "case_1", At);
    internal static readonly DeliveryEvent.Delivered Delivered = new(Id, EndpointId, EventId, Type, "case_1", At, Attempt(1), Url, At, 250, 204);

    internal static DeciderSpec<Delivery, DeliveryCommand> Spec => new(
        Delivery.Initial, Delivery.Evolve, (state, command) => Delivery.Decide(state, command) is var decision ? (decision.Events, decision.RejectionCode) : default);

    [Fact]
    public void A_first_attempt_that_succeeds_is_all_there_is() => Spec
        .Given()
        .When(Record(1, new AttemptResult(AttemptOutcome.Succeeded, 204)))
        .Then(Delivered);

    [Fact]
    public void A_first_attempt_that_fails_begins_a_delivery() => Spec
        .Given()
        .When(Record(1, new AttemptResult(AttemptOutcome.Refused, 500)))
        .Then(Scheduled, Attempted(1, 1, AttemptOutcome.Refused, 500, Later.AddSeconds(10)));

    [Fact]
    public void What_was_delivered_can_be_replayed()
    {
        Spec.Given(Delivered).When(Record(1, new AttemptResult(AttemptOutcome.Succeeded, 204))).Then();
        Spec.Given(Delivered).When(new DeliveryCommand.Replay(Later)).Then(new DeliveryEvent.Replayed(Later));
        Spec.Given(Delivered, new DeliveryEvent.Replayed(At)).When(Record(2, new AttemptResult(AttemptOutcome.Succeeded, 200))).Then(Attempted(2, 2, AttemptOutcome.Succeeded, 200));
    }

    [Fact]
    public void A_success_ends_it() => Spec
        .Given(Scheduled)
        .When(Record(1, new AttemptResult(AttemptOutcome.Succeeded, 204)))
        .Then(Attempted(1, 1, AttemptOutcome.Succeeded, 204));

    [Fact]
    public void A_failure_says_when_the_next_attempt_is_due() => Spec
        .Given(Scheduled)
        .When(Record(1, new AttemptResult(AttemptOutcome.Refused, 500)))
        .Then(Attempted(1, 1, AttemptOutcome.Refused, 500, Later.AddSeconds(10)));

    [Fact]
    public void A_throttled_attempt_waits_as_long_as_the_receiver_asks() => Spec
        .Given(Scheduled)
        .When(Record(1, new AttemptResult(AttemptOutcome.Throttled, 429, RetryAfter: TimeSpan.FromMinutes(3))))
        .Then(Attempted(1, 1, AttemptOutcome.Throttled, 429, Later.AddMinutes(3)));

    [Fact]
    public void The_last_failure_exhausts_it() => Spec
        .Given(Scheduled, Attempted(1, 1, AttemptOutcome.Refused, 500, At))
        .When(Record(2, new AttemptResult(AttemptOutcome.TimedOut, Error: "Timeout")))
        .Then(
            new DeliveryEvent.Attempted(Attempt(2), 2, Url, At, 250, AttemptOutcome.TimedOut, null, "Timeout", null),
            new DeliveryEvent.Exhausted(Id, EndpointId, Type, 2, "Timeout", Later));

    [Fact]
    public void A_receiver_that_is_gone_gets_no_further_attempt() => Spec
        .Given(Scheduled)
        .When(Record(1, new AttemptResult(AttemptOutcome.Gone, 410)))
        .Then(Attempted(1, 1, AttemptOutcome.Gone, 410), new DeliveryEvent.Exhausted(Id, EndpointId, Type, 1, "HTTP 410", Later));

    [Fact]
    public void A_replay_gives_it_all_attempts_again()
    {
        var exhausted = new object[]
        {
            Scheduled, Attempted(1, 1, AttemptOutcome.Refused, 500, At), Attempted(2, 2, AttemptOutcome.Refused, 500), new DeliveryEvent.Exhausted(Id, EndpointId, Type, 2, "HTTP 500", At),
        };
        Spec.Given(exhausted).When(new DeliveryCommand.Replay(Later)).Then(new DeliveryEvent.Replayed(Later));
        Spec.Given([.. exhausted, new DeliveryEvent.Replayed(At)])
            .When(Record(3, new AttemptResult(AttemptOutcome.Refused, 500)))
            .Then(Attempted(3, 3, AttemptOutcome.Refused, 500, Later.AddSeconds(10)));
    }

    [Fact]
    public void What_is_pending_is_not_replayed() => Spec.Given(Scheduled).When(new DeliveryCommand.Replay(Later)).Then();

    [Fact]
    public void An_attempt_that_reports_late_is_recorded_and_schedules_nothing()
    {
        var succeeded = new object[] { Scheduled, Attempted(1, 1, AttemptOutcome.Succeeded, 200) };
        Spec.Given(succeeded).When(Record(2, new AttemptResult(AttemptOutcome.Refused, 500))).Then(Attempted(2, 2, AttemptOutcome.Refused, 500));
        // As older histories have it.
        Spec.Given([.. succeeded, new DeliveryEvent.Succeeded(1, At)]).When(Record(2, new AttemptResult(AttemptOutcome.Refused, 500))).Then(Attempted(2, 2, AttemptOutcome.Refused, 500));
    }

    [Fact]
    public void A_success_that_reports_late_still_counts() => Spec
        .Given(Scheduled, Attempted(1, 1, AttemptOutcome.Refused, 500), new DeliveryEvent.Exhausted(Id, EndpointId, Type, 1, "HTTP 500", At))
        .When(Record(2, new AttemptResult(AttemptOutcome.Succeeded, 200)))
        .Then(Attempted(2, 2, AttemptOutcome.Succeeded, 200));

    [Fact]
    public void What_was_never_attempted_is_not_found() => Spec.Given().When(new DeliveryCommand.Replay(At)).ThenRejected("Delivery_Not_Found");

    [Fact]
    public void Event_and_endpoint_make_the_id()
    {
        DeliveryId.Of(EventId, EndpointId).ShouldBe(DeliveryId.Of(EventId, EndpointId));
        DeliveryId.Of(EventId, EndpointId).ShouldNotBe(DeliveryId.Of(EventId, "whe_0195500000007000800000000000000b"));
        DeliveryId.IsWellFormed(DeliveryId.Of(EventId, EndpointId)).ShouldBeTrue();
        DeliveryId.IsWellFormed("dlv_1").ShouldBeFalse();
    }

    private static Guid Attempt(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static DeliveryCommand.RecordAttempt Record(int number, AttemptResult result) => new(Scheduled, Attempt(number), Url, result, At, Later, Twice, 0.5);

    private static DeliveryEvent.Attempted Attempted(int id, int number, AttemptOutcome outcome, int status, DateTimeOffset? next = null) =>
        new(Attempt(id), number, Url, At, 250, outcome, status, null, next);
}
