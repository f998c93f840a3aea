namespace ImageRights.CaseManagement.StatementsOfReasons;

/// <summary>What a measure restricts.</summary>
public enum Restriction
{
    /// <summary>The picture is removed.</summary>
    Removed,

    /// <summary>Access to the picture is disabled.</summary>
    Disabled,

    /// <summary>The picture is shown lower.</summary>
    Demoted,

    /// <summary>The picture carries a label.</summary>
    Labelled,

    /// <summary>Payments are suspended.</summary>
    PaymentsSuspended,

    /// <summary>New listings are suspended.</summary>
    ListingsFrozen,

    /// <summary>The account is suspended.</summary>
    AccountSuspended,

    /// <summary>The account is terminated.</summary>
    AccountTerminated,
}

/// <summary>What made the platform look.</summary>
public enum Impulse
{
    /// <summary>Somebody's notice under Regulation (EU) 2022/2065.</summary>
    Notice,

    /// <summary>A trusted flagger's notice.</summary>
    TrustedFlagger,

    /// <summary>An order, or another notification.</summary>
    Order,

    /// <summary>Nobody: the platform looked by itself.</summary>
    OwnInitiative,

    /// <summary>Somebody's notice under another regime.</summary>
    OtherNotice,

    /// <summary>Somebody's report, which is no notice.</summary>
    Report,
}

/// <summary>How far machines took part in the decision.</summary>
public enum Automation
{
    /// <summary>A person decided on what people said.</summary>
    None,

    /// <summary>A machine's finding prepared a person's decision.</summary>
    Partial,

    /// <summary>A machine decided.</summary>
    Full,
}

/// <summary>A restriction and the reasons for it, as they are stated to whom it restricts (Regulation (EU) 2022/2065, Article 17(3); Regulation (EU) 2019/1150, Article 4).
/// Its words are made of these fields in the reader's language.</summary>
/// <param name="Territories">ISO 3166-1 codes of the countries where it applies; empty where it applies everywhere.</param>
/// <param name="EndsOn">Last day; null when it is open.</param>
/// <param name="Subject">Kind of case, a key of the mapping table.</param>
/// <param name="Surface">Where the picture is shown.</param>
/// <param name="ContentOn">Day on which the picture was published.</param>
/// <param name="NotifiedOn">Day of the notice, report or order; of the finding when there was none.</param>
/// <param name="IsDetectedByMachine">Whether automated comparison found the picture before anybody named it.</param>
/// <param name="ContractClause">The clause of the terms that is relied on; null when law is.</param>
/// <param name="Statement">The ground in the words of who decided.</param>
/// <param name="Regime">Of the case; null in statements of before, which speak of Regulation (EU) 2022/2065 whatever the regime.</param>
/// <param name="LegalBasis">The law that is relied on, as who decided named it; null for that of the regime.</param>
/// <param name="IsUnlicensed">Whether no licence for this use was registered when the picture was compared with the work; null where they were not compared.</param>
public sealed record Reasons(
    string CaseId, string MeasureId, string RespondentAccountId, string ImageId, Restriction Restriction, IReadOnlyList<string> Territories, DateOnly AppliesFrom, DateOnly? EndsOn,
    string Subject, string Surface, DateOnly ContentOn, Impulse Impulse, DateOnly NotifiedOn, bool IsDetectedByMachine, Automation Automation, string? ContractClause, string Statement,
    string? Regime = null, string? LegalBasis = null, bool? IsUnlicensed = null);

/// <summary>The facts of a statement of reasons. These records are the stored format: a change is a new version beside the old one.</summary>
public abstract record StatementEvent
{
    private StatementEvent()
    {
    }

    /// <summary>When it was.</summary>
    public abstract DateTimeOffset At { get; init; }

    /// <summary>The reasons were stated, in the transaction of the measure.</summary>
    /// <param name="Supersedes">The statement of the same measure before it was changed; null for the first.</param>
    /// <param name="IsForDatabase">Whether it is owed to the Transparency Database (Article 24(5)).</param>
    public sealed record StatementIssued(Reasons Reasons, string? Supersedes, bool IsForDatabase, DateTimeOffset At) : StatementEvent;

    /// <summary>What the database is told was put right; the statement to the respondent stays as it was.</summary>
    /// <param name="ContentOn">Day on which the picture was published; null where it was right.</param>
    /// <param name="Statement">The ground without personal data; null where it was right.</param>
    public sealed record StatementCorrected(DateOnly? ContentOn, string? Statement, string By, string Why, DateTimeOffset At) : StatementEvent;

    /// <summary>The restriction ended.</summary>
    /// <param name="EndedOn">Its last day.</param>
    public sealed record StatementEnded(DateOnly EndedOn, string ReasonCode, DateTimeOffset At) : StatementEvent;
}

/// <summary>A statement as decisions and readers need it.</summary>
/// <param name="Version">Facts so far.</param>
/// <param name="Reasons">As they were stated.</param>
/// <param name="Reported">As the database is told them: with what was put right, and with the end.</param>
public sealed record StatementOfReasons(
    string StatementId, long Version, Reasons Reasons, Reasons Reported, string? Supersedes, bool IsForDatabase, DateTimeOffset IssuedAt, DateOnly? EndedOn, string? EndedFor)
{
    /// <summary>Streams of statements begin with this.</summary>
    public const string StreamPrefix = "statement-";

    /// <summary>Identity of the statement of a measure: the same for the same measure, and fit to be the database's puid.</summary>
    /// <param name="number">1 for the first, then one more for each change of the measure.</param>
    public static string IdOf(string measureId, int number) =>
        $"sor_{(measureId.StartsWith("msr_", StringComparison.Ordinal) ? measureId[4..] : measureId)}_{number}";

    /// <summary>Folds the next fact.</summary>
    public static StatementOfReasons Evolve(StatementOfReasons? statement, string id, long version, StatementEvent fact) => fact switch
    {
        StatementEvent.StatementIssued e => new StatementOfReasons(id, version, e.Reasons, e.Reasons, e.Supersedes, e.IsForDatabase, e.At, null, null),
        StatementEvent.StatementCorrected e => statement! with
        {
            Version = version,
            Reported = statement.Reported with { ContentOn = e.ContentOn ?? statement.Reported.ContentOn, Statement = e.Statement ?? statement.Reported.Statement },
        },
        StatementEvent.StatementEnded e => statement! with { Version = version, Reported = statement.Reported with { EndsOn = e.EndedOn }, EndedOn = e.EndedOn, EndedFor = e.ReasonCode },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a statement of reasons."),
    };
}

/// <summary>The rules of a statement. Pure.</summary>
public static class StatementDecider
{
    /// <summary>Puts right what the database is told. The same correction again asks for nothing.</summary>
    public static IReadOnlyList<StatementEvent> Correct(StatementOfReasons statement, DateOnly? contentOn, string? text, string by, string why, DateTimeOffset at)
    {
        var reported = statement.Reported;
        var (date, words) = (contentOn == reported.ContentOn ? null : contentOn, text == reported.Statement ? null : text);
        return date is null && words is null ? [] : [new StatementEvent.StatementCorrected(date, words, by, why, at)];
    }

    /// <summary>Ends the restriction; once.</summary>
    public static IReadOnlyList<StatementEvent> End(StatementOfReasons statement, DateOnly on, string reasonCode, DateTimeOffset at) =>
        statement.EndedOn is not null ? [] : [new StatementEvent.StatementEnded(on < statement.Reasons.AppliesFrom ? statement.Reasons.AppliesFrom : on, reasonCode, at)];
}
