using FsCheck;
using FsCheck.Fluent;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;

namespace ImageRights.Notification.UnitTests;

/// <summary>For any history and any command: the same command again writes nothing. A failure prints the seed that repeats it.</summary>
public sealed class IdempotencyTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Urls = ["https://a.example/", "https://b.example/"];
    private static readonly string[] Secrets = ["whs_1", "whs_2", "whs_3"];

    private static Gen<DateTimeOffset> Instants => Gen.Choose(0, 1_000_000).Select(seconds => Start.AddSeconds(seconds));

    private static Gen<EndpointCommand> EndpointCommands => Gen.OneOf<EndpointCommand>(
        from url in Gen.Elements(Urls)
        from secret in Gen.Elements(Secrets)
        from at in Instants
        select (EndpointCommand)new EndpointCommand.Register("whe_1", url, [], null, secret, at),
        from url in Gen.Elements([.. Urls, null!])
        from types in Gen.Elements<string[]?>(null, [], ["a"], ["a", "b"])
        from description in Gen.Elements(null, "", "x", "y")
        from enabled in Gen.Elements<bool?>(null, true, false)
        from at in Instants
        select (EndpointCommand)new EndpointCommand.Change(url, types, description, enabled, at),
        from secret in Gen.Elements(Secrets)
        from at in Instants
        select (EndpointCommand)new EndpointCommand.RotateSecret(secret, TimeSpan.FromDays(1), at),
        from reason in Gen.Elements(Enum.GetValues<DisableReason>())
        from at in Instants
        select (EndpointCommand)new EndpointCommand.Disable(reason, at));

    private static Gen<DeliveryCommand> DeliveryCommands => Gen.OneOf<DeliveryCommand>(
        from id in Gen.Choose(1, 6)
        from outcome in Gen.Elements(Enum.GetValues<AttemptOutcome>())
        from retryAfter in Gen.Choose(-10, 10_000)
        from at in Instants
        from duration in Gen.Choose(0, 20_000)
        from draw in Gen.Choose(0, 99)
        select (DeliveryCommand)new DeliveryCommand.RecordAttempt(
            new DeliveryEvent.Scheduled("dlv_1", "whe_1", Guid.Empty, "a", null, at), new Guid(id, 0, 0, new byte[8]), "https://a.example/", new AttemptResult(outcome, 500, null, TimeSpan.FromSeconds(retryAfter)), at, at.AddMilliseconds(duration),
            new RetryPolicy([TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)], 0.1, TimeSpan.FromHours(1)), draw / 100d),
        from at in Instants
        select (DeliveryCommand)new DeliveryCommand.Replay(at));

    [Fact]
    public void An_endpoint_takes_every_command_once() =>
        Holds(EndpointCommands, WebhookEndpoint.Initial, WebhookEndpoint.Evolve, WebhookEndpoint.Decide);

    [Fact]
    public void A_delivery_takes_every_command_once() =>
        Holds(DeliveryCommands, Delivery.Initial, Delivery.Evolve, Delivery.Decide);

    [Fact]
    public void A_delivery_is_exhausted_once_for_each_round_and_never_after_a_success_in_it()
    {
        Prop.ForAll(DeliveryCommands.ListOf().Select(commands => commands.ToList()).ToArbitrary(), commands =>
        {
            var (state, facts) = (Delivery.Initial, new List<object>());
            foreach (var command in commands)
            {
                var events = Delivery.Decide(state, command).Events;
                facts.AddRange(events);
                state = events.Aggregate(state, Delivery.Evolve);
            }
            var isOver = false;
            foreach (var fact in facts)
            {
                if (fact is DeliveryEvent.Replayed) isOver = false;
                if (fact is DeliveryEvent.Exhausted && isOver) return false;
                if (fact is DeliveryEvent.Exhausted or DeliveryEvent.Delivered or DeliveryEvent.Attempted { Outcome: AttemptOutcome.Succeeded }) isOver = true;
                if (fact is DeliveryEvent.Attempted { NextAttemptAt: not null } && isOver) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }

    private static void Holds<TState, TCommand>(Gen<TCommand> commands, TState initial, Func<TState, object, TState> evolve, Func<TState, TCommand, Decision> decide)
    {
        Prop.ForAll(commands.ListOf().Select(list => list.ToList()).ToArbitrary(), history =>
        {
            var state = initial;
            foreach (var command in history)
            {
                state = decide(state, command).Events.Aggregate(state, evolve);
                if (decide(state, command).Events.Count > 0) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }
}
