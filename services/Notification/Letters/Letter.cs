using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.Letters;

/// <summary>A message for a party, as far as decisions need it.</summary>
/// <param name="IsMailPending">Whether another attempt to mail it is due.</param>
public sealed record Letter(bool IsReceived, string AccountId, bool IsRead, bool IsMailPending, int Attempts)
{
    /// <summary>Before it came.</summary>
    public static readonly Letter Initial = new(false, "", false, false, 0);

    /// <summary>Begin of a letter's stream key.</summary>
    public const string StreamPrefix = "letter-";

    /// <summary>Time within which an account is mailed once of a rationed fact.</summary>
    public static readonly TimeSpan Ration = TimeSpan.FromDays(1);

    /// <summary>Whether an account is mailed of such a fact once within <see cref="Ration"/> and finds the rest in its inbox: one search may find a work in hundreds of pictures.</summary>
    public static bool IsRationed(string fact) => fact == "WorkFound";

    /// <summary>Key of a letter's stream.</summary>
    public static string StreamOf(string letterId) => StreamPrefix + letterId;

    /// <summary>State after one more fact.</summary>
    public static Letter Evolve(Letter state, object fact) => fact switch
    {
        LetterEvent.Received received => new(true, received.AccountId, false, received.IsMailed, 0),
        LetterEvent.Read => state with { IsRead = true },
        LetterEvent.Mailed mailed => state with { Attempts = mailed.Attempt, IsMailPending = mailed.NextAttemptAt is not null },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact.GetType().Name, "No fact of a letter."),
    };

    /// <summary>Facts that the command leads to, or the code that refuses it.</summary>
    public static Decision Decide(Letter state, LetterCommand command) => command switch
    {
        LetterCommand.Receive when state.IsReceived => Decision.Nothing,
        LetterCommand.Receive receive => Decision.Accept(receive.Letter),
        _ when !state.IsReceived => Decision.Reject("Letter_Not_Found"),
        LetterCommand.Open open when open.AccountId != state.AccountId => Decision.Reject("Letter_Not_Found"),
        LetterCommand.Open when state.IsRead => Decision.Nothing,
        LetterCommand.Open open => Decision.Accept(new LetterEvent.Read(open.At)),
        LetterCommand.RecordMail record when !state.IsMailPending || record.Attempt != state.Attempts + 1 => Decision.Nothing,
        LetterCommand.RecordMail record => Decision.Accept(new LetterEvent.Mailed(
            record.Attempt, record.Outcome, record.Reply, record.Language, record.StartedAt,
            (int)Math.Clamp((record.FinishedAt - record.StartedAt).TotalMilliseconds, 0, int.MaxValue), record.FinishedAt + Delay(record))),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No command for a letter."),
    };

    // Who refused for good, or has no address, is not asked again.
    private static TimeSpan? Delay(LetterCommand.RecordMail record) =>
        record.Outcome is MailOutcome.Deferred or MailOutcome.Unreachable ? record.Policy.DelayAfter(record.Attempt, record.Draw) : null;
}

/// <summary>What can be asked of a letter.</summary>
public abstract record LetterCommand
{
    private LetterCommand()
    {
    }

    /// <summary>Puts it into the inbox.</summary>
    public sealed record Receive(LetterEvent.Received Letter) : LetterCommand;

    /// <summary>Marks it as read by its addressee.</summary>
    public sealed record Open(string AccountId, DateTimeOffset At) : LetterCommand;

    /// <summary>Tells how an attempt to mail it went.</summary>
    /// <param name="Draw">Random number in [0, 1) that places the next attempt within the jitter.</param>
    public sealed record RecordMail(
        int Attempt, MailOutcome Outcome, int? Reply, string? Language, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, RetryPolicy Policy, double Draw) : LetterCommand;
}
