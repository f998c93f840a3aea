using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests;

/// <summary>Every state with every command: allowed, or exactly which code.</summary>
public class StepTableTests
{
    private const string Table =
        """
        state          | OpenCase            JoinComplaint       TakeDown                Dismiss                 CounterNotice            Reinstate              Settle                 Close  TakeStep Extend
        None           | ok                  Case_Not_Found      Case_Not_Found          Case_Not_Found          Case_Not_Found           Case_Not_Found         Case_Not_Found         Case_Not_Found  Case_Not_Found Case_Not_Found
        Open           | Case_Already_Open   ok                  ok                      ok                      Counter_Before_Measure   Case_Not_Taken_Down    Case_Not_Taken_Down    Close_Case_Undecided  Step_Not_Provided Step_Not_Provided
        TakenDown      | Case_Already_Open   ok                  Case_Already_Taken_Down Dismissal_After_Measure ok                       ok                     ok                     ok  Step_Not_Provided Step_Not_Provided
        CounterNoticed | Case_Already_Open   ok                  Case_Already_Taken_Down Dismissal_After_Measure Counter_Already_Received ok                     ok                     Close_Counter_Open  Step_Not_Provided Step_Not_Provided
        Reinstated     | Case_Already_Open   ok                  Measure_Already_Lifted  Dismissal_After_Measure Measure_Already_Lifted   Measure_Already_Lifted Measure_Already_Lifted ok  Step_Not_Provided Step_Not_Provided
        Settled        | Case_Already_Open   ok                  Case_Already_Settled    Dismissal_After_Measure Case_Already_Settled     Case_Already_Settled   Case_Already_Settled   ok  Step_Not_Provided Step_Not_Provided
        Dismissed      | Case_Already_Closed Case_Already_Closed Case_Already_Closed     Case_Already_Closed     Case_Already_Closed      Case_Already_Closed    Case_Already_Closed    Case_Already_Closed  Case_Already_Closed Case_Already_Closed
        Closed         | Case_Already_Closed Case_Already_Closed Case_Already_Closed     Case_Already_Closed     Case_Already_Closed      Case_Already_Closed    Case_Already_Closed    Case_Already_Closed  Case_Already_Closed Case_Already_Closed
        """;

    /// <summary>Said by somebody else than in <see cref="Histories"/>, so that no command repeats a recorded act.</summary>
    private static readonly IReadOnlyDictionary<string, Func<CaseStatus, CaseCommand>> Commands = new Dictionary<string, Func<CaseStatus, CaseCommand>>
    {
        ["OpenCase"] = _ => ToOpen with { ReportId = "rpt_9", Act = By("author-kim") },
        ["JoinComplaint"] = _ => ToJoin with { ReportId = "rpt_9", ComplainantAccountId = "author-kim", Act = By("author-kim") },
        ["TakeDown"] = _ => ToTakeDown with { Act = By("reviewer-jo") },
        ["Dismiss"] = _ => ToDismiss with { Act = By("reviewer-jo") },
        ["CounterNotice"] = _ => ToObject with { Act = By(Respondent, "In other words.") },
        ["Reinstate"] = _ => ToReinstate with { Act = By("reviewer-jo") },
        ["Settle"] = _ => ToSettle with { Act = By("reviewer-jo") },
        ["TakeStep"] = _ => new CaseCommand.TakeStep(CaseStep.CourtAction, "CourtActionNotified", "msr_9", new Particulars("1:26-cv-1", "S.D.N.Y."), false, By("reviewer-jo")),
        ["Extend"] = _ => new CaseCommand.Extend("EU-08", 1, By("reviewer-jo")),
        ["Close"] = status => ToClose(HouseRegime.Reached(status) ?? Outcome.Upheld) with { Act = By("reviewer-jo") },
    };

    public static TheoryData<CaseStatus, string, string> Pairs()
    {
        var rows = Table.Split('\n').Select(line => line.Split([' ', '|', '\r'], StringSplitOptions.RemoveEmptyEntries)).ToList();
        var pairs = new TheoryData<CaseStatus, string, string>();
        foreach (var row in rows.Skip(1))
        {
            for (var column = 1; column < row.Length; column++) pairs.Add(Enum.Parse<CaseStatus>(row[0]), rows[0][column], row[column]);
        }
        return pairs;
    }

    [Fact]
    public void The_table_names_every_state_with_every_command()
    {
        var commands = typeof(CaseCommand).GetNestedTypes().Select(type => type.Name).Except([nameof(CaseCommand.RunDeadline)]);
        Pairs().Select(pair => $"{pair[0]} {pair[1]}").ShouldBe(
            Histories.Keys.SelectMany(status => commands.Select(command => $"{status} {command}")), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_pair_is_allowed_or_refused_with_its_code(CaseStatus status, string command, string expected)
    {
        var state = Fold(Histories[status]);
        state.Status.ShouldBe(status);
        var decision = CaseDecider.Decide(state, Commands[command](status));
        (decision.Code ?? "ok").ShouldBe(expected);
        decision.Events.Count.ShouldBe(expected != "ok" ? 0 : command == "Dismiss" ? 2 : 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void What_is_offered_next_is_what_is_allowed(CaseStatus status, string command, string expected)
    {
        // Opening is refused where joining is offered: both are the report of somebody who need not know which it will be.
        if (command is "OpenCase" && status is not CaseStatus.None) return;
        if (command is "JoinComplaint" && status is CaseStatus.None) return;
        var offered = Enum.GetValues<Role>().SelectMany(role => HouseRegime.NextSteps(status, role)).ToHashSet();
        offered.Contains(Commands[command](status).Step).ShouldBe(expected == "ok");
    }

    [Fact]
    public void Each_part_is_offered_its_own_steps_only()
    {
        HouseRegime.NextSteps(CaseStatus.TakenDown, Role.Complainant).ShouldBe([CaseStep.Report, CaseStep.Settlement]);
        HouseRegime.NextSteps(CaseStatus.TakenDown, Role.Respondent).ShouldBe([CaseStep.CounterNotice, CaseStep.Settlement]);
        HouseRegime.NextSteps(CaseStatus.TakenDown, Role.Reviewer).ShouldBe([CaseStep.Reinstatement, CaseStep.Closure]);
        HouseRegime.NextSteps(CaseStatus.Open, Role.Respondent).ShouldBeEmpty();
        Enum.GetValues<Role>().SelectMany(role => HouseRegime.NextSteps(CaseStatus.Closed, role)).ShouldBeEmpty();
    }

    [Fact]
    public void Each_step_has_an_address_of_its_own() =>
        Enum.GetValues<CaseStep>().Select(NextSteps.Noun).Distinct().Count().ShouldBe(Enum.GetValues<CaseStep>().Length);
}
