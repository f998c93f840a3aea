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
    public sealed record OpenCase(Dispute Dispute, Origin Origin, Location Location, string? ReportId, Finding? Finding, Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Report;
    }

    /// <summary>Adds a complaint of the same picture and work to the open case.</summary>
    /// <param name="ReportId">The report; null for a finding of matching.</param>
    public sealed record JoinComplaint(string? ReportId, string? ComplainantAccountId, Finding? Finding, Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.Report;
    }

    /// <summary>Takes the picture down.</summary>
    /// <param name="MeasureId">Identity for the measure, if it is applied.</param>
    public sealed record TakeDown(string MeasureId, Act Act) : CaseCommand
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
    public sealed record CounterNotice(Act Act) : CaseCommand
    {
        /// <inheritdoc />
        public override CaseStep Step => CaseStep.CounterNotice;
    }

    /// <summary>Ends the measure.</summary>
    public sealed record Reinstate(Act Act) : CaseCommand
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
}
