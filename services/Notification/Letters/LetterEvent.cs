namespace ImageRights.Notification.Letters;

// These are the stored form: a change here needs a new stored name and an upcast.

/// <summary>How an attempt to mail a letter ended.</summary>
public enum MailOutcome
{
    /// <summary>The mail server took it.</summary>
    Sent,

    /// <summary>The mail server refused it for good (5xx).</summary>
    Refused,

    /// <summary>The mail server asked to come again (4xx).</summary>
    Deferred,

    /// <summary>The mail server, or who knows the address, did not answer.</summary>
    Unreachable,

    /// <summary>No address is known.</summary>
    NoAddress,

    /// <summary>It was not tried: the account was mailed of such a fact within the day (<see cref="Letter.IsRationed"/>).</summary>
    Rationed,
}

/// <summary>A letter in one language.</summary>
/// <param name="Body">Paragraphs, separated by an empty line.</param>
public sealed record LetterText(string Language, string Subject, string Body);

/// <summary>What happens to a message for a party: it lies in the inbox, is read there, and is mailed. Addresses are in no fact.</summary>
public abstract record LetterEvent
{
    private LetterEvent()
    {
    }

    /// <summary>It lies in the inbox.</summary>
    /// <param name="Fact">Name of the fact that it tells of.</param>
    /// <param name="Party"><c>Complainant</c> or <c>Respondent</c>.</param>
    /// <param name="Codes">Codes that it gives as reasons.</param>
    /// <param name="DueAt">When a term of the addressee closes.</param>
    /// <param name="IsMailed">Whether it is mailed too.</param>
    public sealed record Received(
        string LetterId, string AccountId, string Party, string Fact, string? CaseId, string? NoticeId, IReadOnlyList<string> Codes, DateTimeOffset? DueAt,
        IReadOnlyList<LetterText> Texts, bool IsMailed, DateTimeOffset SentAt, DateTimeOffset ReceivedAt) : LetterEvent;

    /// <summary>The addressee opened it.</summary>
    public sealed record Read(DateTimeOffset ReadAt) : LetterEvent;

    /// <summary>It was given to the mail server, or could not be.</summary>
    /// <param name="Attempt">1-based count.</param>
    /// <param name="Reply">SMTP status of three digits, where there was one.</param>
    /// <param name="Language">Language in which it went.</param>
    /// <param name="NextAttemptAt">When it is tried again; null when this was the last word.</param>
    public sealed record Mailed(
        int Attempt, MailOutcome Outcome, int? Reply, string? Language, DateTimeOffset StartedAt, int DurationMilliseconds, DateTimeOffset? NextAttemptAt) : LetterEvent;
}
