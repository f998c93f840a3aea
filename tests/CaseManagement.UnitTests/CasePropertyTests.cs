using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Samples;
using Outcome = ImageRights.CaseManagement.Cases.Outcome;

namespace ImageRights.CaseManagement.UnitTests;

/// <summary>Properties over generated command sequences. A failure prints FsCheck's seed; give it to <see cref="Config.WithReplay(ulong, ulong)"/> to see it again.</summary>
public class CasePropertyTests
{
    private static readonly HashSet<(CaseStatus From, CaseStatus To)> LawfulMoves =
    [
        (CaseStatus.None, CaseStatus.Open),
        (CaseStatus.Open, CaseStatus.Open), (CaseStatus.Open, CaseStatus.TakenDown), (CaseStatus.Open, CaseStatus.Closed),
        (CaseStatus.TakenDown, CaseStatus.TakenDown), (CaseStatus.TakenDown, CaseStatus.CounterNoticed), (CaseStatus.TakenDown, CaseStatus.Reinstated),
        (CaseStatus.TakenDown, CaseStatus.Settled), (CaseStatus.TakenDown, CaseStatus.Closed),
        (CaseStatus.CounterNoticed, CaseStatus.CounterNoticed), (CaseStatus.CounterNoticed, CaseStatus.Reinstated), (CaseStatus.CounterNoticed, CaseStatus.Settled),
        (CaseStatus.Reinstated, CaseStatus.Reinstated), (CaseStatus.Reinstated, CaseStatus.Closed),
        (CaseStatus.Settled, CaseStatus.Settled), (CaseStatus.Settled, CaseStatus.Closed),
    ];

    private static readonly Gen<Act> Acts =
        from actor in Gen.Elements(Respondent, Complainant, Reviewer, "reviewer-jo", "stranger", "")
        from reason in Gen.Elements("Copyright", "Own_Work", "")
        from statement in Gen.Elements("Because.", "Because of that.", " ")
        from minutes in Gen.Choose(0, 100_000)
        select new Act(actor, reason, statement, Noon.AddMinutes(minutes));

    private static readonly Gen<string?> Accounts = Gen.Elements<string?>(Respondent, Complainant, "author-weber", null);
    private static readonly Gen<string?> Reports = Gen.Elements<string?>("rpt_1", "rpt_2", "rpt_3", null);

    private static readonly Gen<CaseCommand> Commands = Gen.OneOf(
        from act in Acts from report in Reports from account in Accounts from origin in Gen.Elements(Enum.GetValues<Origin>())
        select (CaseCommand)new OpenCase(TheDispute with { ComplainantAccountId = account }, origin, Place, report, null, act),
        from act in Acts from report in Reports from account in Accounts select (CaseCommand)new JoinComplaint(report, account, null, act),
        from act in Acts from number in Gen.Choose(1, 3) select (CaseCommand)new TakeDown($"msr_{number}", act),
        from act in Acts select (CaseCommand)new Dismiss(act),
        from act in Acts select (CaseCommand)new CounterNotice(act),
        from act in Acts select (CaseCommand)new Reinstate(act),
        from act in Acts
        from agreed in Gen.Elements<string[]>([Respondent, Complainant], [Respondent, Complainant, "author-weber"], [Respondent, "author-weber"], [Respondent], [])
        from amount in Gen.Elements(0m, 4800m, 0.001m, -1m)
        from currency in Gen.Elements("USD", "CNY", "???")
        from stays in Gen.Elements(true, false)
        select (CaseCommand)new Settle(agreed, amount, currency, stays, act),
        from act in Acts from outcome in Gen.Elements(Enum.GetValues<Outcome>()) select (CaseCommand)new Close(outcome, act));

    /// <summary>Half of the runs begin in a state that blind luck reaches seldom.</summary>
    private static readonly Arbitrary<(CaseStatus Start, CaseCommand[] Commands)> Runs = Arb.From(
        from start in Gen.Frequency((1, Gen.Constant(CaseStatus.None)), (1, Gen.Elements(Histories.Keys.Except([CaseStatus.Dismissed]).ToArray())))
        from length in Gen.Choose(1, 25)
        from commands in Commands.ArrayOf(length)
        select (start, commands),
        run => Enumerable.Range(0, run.commands.Length).Select(gone => (run.start, run.commands.Where((_, index) => index != gone).ToArray())));

    [Fact]
    public void No_sequence_reaches_a_forbidden_state() => Holds((_, before, decision, after) =>
    {
        if (decision.Events.Count > 0) LawfulMoves.ShouldContain((before.Status, after.Status));
        else Json(after).ShouldBe(Json(before));
        if (decision.Code is not null) decision.Events.ShouldBeEmpty();
        if (after.CounterNotice is not null) after.CounterNotice.Act.By.ShouldBe(Respondent);
        if (after.Lift is not null) after.Lift.MeasureId.ShouldBe(after.Measure!.MeasureId);
        if (after.Dismissal is not null) after.Measure.ShouldBeNull();
        if (after.Settlement is not null) (after.Lift is not null).ShouldBe(after.Settlement.ImageStays);
        if (after.Closure is { } closure)
        {
            closure.Outcome.ShouldBe(
                after.Dismissal is not null ? Outcome.Dismissed : after.Settlement is not null ? Outcome.Settled : after.Lift is not null ? Outcome.Reinstated : Outcome.Upheld);
            // An objection has its answer before the case ends.
            if (after.CounterNotice is not null) (after.Lift is not null || after.Settlement is not null).ShouldBeTrue();
        }
    });

    [Fact]
    public void The_second_run_of_any_command_writes_nothing() => Holds((command, _, decision, after) =>
    {
        var again = CaseDecider.Decide(after, command);
        again.Events.ShouldBeEmpty();
        if (decision.Code is null) again.Code.ShouldBeNull("what was done is no error when it is asked for again");
    });

    [Fact]
    public void Replaying_the_stored_facts_gives_the_state_that_was_live()
    {
        var history = new List<CaseEvent>();
        Holds(
            (_, _, decision, _) => history.AddRange(decision.Events),
            beforeRun: history.Clear,
            afterRun: (start, live) => Json(Fold(Histories[start].Concat(history).Select(Stored))).ShouldBe(Json(live)));

        static CaseEvent Stored(CaseEvent fact) =>
            (CaseEvent)JsonSerializer.Deserialize(JsonSerializer.Serialize(fact, fact.GetType(), StoreOptions.Json), fact.GetType(), StoreOptions.Json)!;
    }

    [Fact]
    public void The_read_model_never_disagrees_with_the_state_that_decides() => Holds((_, before, decision, after) =>
    {
        if (before.Opened is null && decision.Events.Count == 0) return;
        var view = decision.Events.Aggregate(Project(before), (current, fact) => CaseView.Evolve(current, Id, (current?.Version ?? 0) + 1, fact))!;
        view.State.ShouldBe(after.Status);
        view.Outcome.ShouldBe(after.Closure?.Outcome);
        view.Complaints.ShouldBe(after.Complaints.Count);
        view.ComplainantAccountIds.ShouldBe(after.Complaints.Select(complaint => complaint.AccountId).OfType<string>().Distinct());
        view.ComplainantAccountId.ShouldBe(after.Dispute!.ComplainantAccountId);
        view.MeasureId.ShouldBe(after.Measure?.MeasureId);
    });

    [Fact]
    public void Every_state_and_every_lawful_move_is_reached()
    {
        CaseCommand[] commands =
        [
            ToOpen, ToJoin, ToTakeDown, ToDismiss, ToObject, ToReinstate, ToSettle, ToSettle with { AgreedBy = [Respondent, Complainant, "author-weber"] },
            .. Enum.GetValues<Outcome>().Select(ToClose),
        ];
        var seen = new HashSet<(CaseStatus, CaseStatus)>();
        var states = new HashSet<CaseStatus> { CaseStatus.None };
        var known = new HashSet<string>();
        var frontier = new Queue<CaseState>([CaseState.Initial]);
        while (frontier.TryDequeue(out var state))
        {
            foreach (var command in commands)
            {
                var after = state;
                foreach (var fact in CaseDecider.Decide(state, command).Events)
                {
                    after = CaseState.Evolve(after, fact);
                    states.Add(after.Status);
                }
                if (ReferenceEquals(after, state)) continue;
                seen.Add((state.Status, after.Status));
                if (known.Add(Json(after))) frontier.Enqueue(after);
            }
        }
        states.ShouldBe(Enum.GetValues<CaseStatus>().Except([CaseStatus.LitigationHold]), ignoreOrder: true);
        seen.ShouldBe(LawfulMoves, ignoreOrder: true);
    }

    private static void Holds(
        Action<CaseCommand, CaseState, Decision, CaseState> property, Action<CaseStatus, CaseState>? afterRun = null, Action? beforeRun = null) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(1000), Prop.ForAll(Runs, run =>
        {
            beforeRun?.Invoke();
            var state = Fold(Histories[run.Start]);
            foreach (var command in run.Commands)
            {
                var decision = CaseDecider.Decide(state, command);
                var after = decision.Events.Aggregate(state, CaseState.Evolve);
                property(command, state, decision, after);
                state = after;
            }
            afterRun?.Invoke(run.Start, state);
        }));

    private static CaseView? Project(CaseState state)
    {
        // The view of a state is folded from the facts that the state holds, in the order of the procedure.
        IEnumerable<CaseEvent?> facts =
        [
            state.Opened,
            .. state.Complaints.Skip(1).Select(complaint => new ComplainantJoined(state.Dispute!, complaint.ReportId, complaint.AccountId, null, complaint.Act)),
            state.Dismissal, state.Measure, state.CounterNotice, state.Settlement, state.Lift, state.Closure,
        ];
        return facts.OfType<CaseEvent>().Aggregate((CaseView?)null, (view, fact) => CaseView.Evolve(view, Id, (view?.Version ?? 0) + 1, fact));
    }
}
