using System.Text.Json;
using Shouldly;

namespace ImageRights.TestKit;

/// <summary>Given events, when a command, then events or a rejection code. Facts are compared by their JSON, so that lists inside compare by value.</summary>
/// <typeparam name="TState">State of the aggregate.</typeparam>
/// <typeparam name="TCommand">Closed hierarchy of commands.</typeparam>
public sealed class DeciderSpec<TState, TCommand>(
    TState initial, Func<TState, object, TState> evolve, Func<TState, TCommand, (IReadOnlyList<object> Events, string? RejectionCode)> decide)
{
    /// <summary>What happened before.</summary>
    public Before Given(params object[] events) => new(this, events);

    /// <summary>A history that a command meets.</summary>
    public sealed class Before(DeciderSpec<TState, TCommand> spec, object[] history)
    {
        /// <summary>The command under test.</summary>
        public After When(TCommand command)
        {
            var state = history.Aggregate(spec.State(), spec.Evolve);
            return new After(spec, state, command, spec.Decide(state, command));
        }
    }

    /// <summary>The decision.</summary>
    public sealed class After(DeciderSpec<TState, TCommand> spec, TState state, TCommand command, (IReadOnlyList<object> Events, string? RejectionCode) decision)
    {
        /// <summary>Exactly these events; and the same command again writes nothing.</summary>
        public void Then(params object[] expected)
        {
            decision.RejectionCode.ShouldBeNull();
            decision.Events.Select(Describe).ShouldBe(expected.Select(Describe));
            spec.Decide(decision.Events.Aggregate(state, spec.Evolve), command).Events.ShouldBeEmpty("the same command twice must write nothing the second time");
        }

        /// <summary>Refused with this code, and nothing written.</summary>
        public void ThenRejected(string code)
        {
            decision.RejectionCode.ShouldBe(code);
            decision.Events.ShouldBeEmpty();
        }
    }

    private TState State() => initial;
    private TState Evolve(TState state, object fact) => evolve(state, fact);
    private (IReadOnlyList<object> Events, string? RejectionCode) Decide(TState state, TCommand command) => decide(state, command);
    private static string Describe(object fact) => $"{fact.GetType().Name} {JsonSerializer.Serialize(fact, fact.GetType())}";
}
