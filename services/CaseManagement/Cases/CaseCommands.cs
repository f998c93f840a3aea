namespace ImageRights.CaseManagement.Cases;

/// <summary>What can be asked of a case. Ids and times come in as data.</summary>
public abstract record CaseCommand
{
    private CaseCommand()
    {
    }

    /// <summary>The step of the procedure that it is.</summary>
    public abstract CaseStep Step { get; }

    /// <summary>Who, why, when.</summary>
    public abstract Act Act { get; init; }

    /// <summary>Opens a case over a picture that no open case is about.</summary>
    /// <param name="Law">The regime and the effective notice; null for a hint, which the house regime answers.</param>
    public sealed record OpenCase(Dispute Dispute, Origin Origin, Location Location, string? ReportId, Finding? Finding, Act Act, UnderLaw? Law = null) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Report;
    }

    /// <summary>Adds a complaint of the same picture and work to the open case.</summary>
    /// <param name="ReportId">The report or notice; null for a finding of matching.</param>
    /// <param name="Law">The regime and the effective notice; null for a hint.</param>
    public sealed record JoinComplaint(string? ReportId, string? ComplainantAccountId, Finding? Finding, Act Act, UnderLaw? Law = null) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Report;
    }

    /// <summary>Takes the picture down.</summary>
    /// <param name="MeasureId">Identity for the measure, if it is applied.</param>
    /// <param name="Scope">Legal basis and territory; null for everywhere.</param>
    public sealed record TakeDown(string MeasureId, Act Act, MeasureScope? Scope = null) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Takedown;
    }

    /// <summary>Finds the complaint without ground and ends the case.</summary>
    public sealed record Dismiss(Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Dismissal;
    }

    /// <summary>The respondent objects to the measure.</summary>
    /// <param name="Elements">Names of the form's elements that are given.</param>
    public sealed record CounterNotice(Act Act, IReadOnlyCollection<string>? Elements = null) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.CounterNotice;
    }

    /// <summary>Ends the measure.</summary>
    /// <param name="MeasureId">One of several; null for all.</param>
    public sealed record Reinstate(Act Act, string? MeasureId = null) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Reinstatement;
    }

    /// <summary>Records what the parties agreed.</summary>
    public sealed record Settle(IReadOnlyList<string> AgreedBy, decimal Amount, string Currency, bool ImageStays, Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Settlement;
    }

    /// <summary>Ends the case with the outcome that it reached.</summary>
    public sealed record Close(Outcome Outcome, Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Closure;
    }

    /// <summary>Records a step that only regimes of law know.</summary>
    /// <param name="Fact">Name of the fact in the packs.</param>
    /// <param name="MeasureId">Identity for a measure, if one follows.</param>
    /// <param name="Automated">Whether a machine takes the step.</param>
    public sealed record TakeStep(CaseStep Step, string Fact, string MeasureId, Particulars Particulars, bool Automated, Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step { get; } = Step;
    }

    /// <summary>Makes a term longer.</summary>
    /// <param name="Rule">The clock.</param>
    /// <param name="Days">By so many days, of the kind that the regime says.</param>
    public sealed record Extend(string Rule, int Days, Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Extension;
    }

    /// <summary>Lets a term warn, act or run out that is due.</summary>
    /// <param name="Rule">The clock.</param>
    /// <param name="StartedAt">Which of its runs.</param>
    /// <param name="Kind">What is due.</param>
    /// <param name="Tolerance">Lateness that is not worth a fact.</param>
    public sealed record RunDeadline(string Rule, DateTimeOffset StartedAt, DueKind Kind, TimeSpan Tolerance, Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Deadline;
    }
}

/// <summary>A regime of law and the notice that brings it.</summary>
public sealed record UnderLaw(string Regime, ChosenSettings? Settings, NoticeReference Notice);

/// <summary>What a term can be due for.</summary>
public enum DueKind
{
    /// <summary>A warning.</summary>
    Warning,

    /// <summary>Its effect.</summary>
    Effect,

    /// <summary>Its end without an effect.</summary>
    End,
}
