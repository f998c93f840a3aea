using System.Globalization;
using ImageRights.EventStore;
using ImageRights.Notification.Letters;

namespace ImageRights.Notification.Projections;

/// <summary>Where the mail of a letter stands.</summary>
public enum MailState
{
    /// <summary>It is not mailed; the inbox alone has it.</summary>
    Off,

    /// <summary>An attempt is due or will be.</summary>
    Pending,

    /// <summary>The mail server has it.</summary>
    Sent,

    /// <summary>It could not be mailed; the last attempt says why.</summary>
    Failed,
}

/// <summary>One attempt to mail a letter.</summary>
/// <param name="Reply">SMTP status, where there was one.</param>
public sealed record MailAttempt(int Attempt, MailOutcome Outcome, int? Reply, string? Language, DateTimeOffset StartedAt, int DurationMilliseconds);

/// <summary>A letter in all languages, with the course of its mail.</summary>
/// <param name="Order">Place in the inbox: unread ones sort after read ones, later after earlier.</param>
public sealed record LetterView(
    string LetterId, string AccountId, string Party, string Fact, string? CaseId, string? NoticeId, IReadOnlyList<string> Codes, DateTimeOffset? DueAt, IReadOnlyList<LetterText> Texts,
    DateTimeOffset SentAt, DateTimeOffset? ReadAt, MailState Mail, DateTimeOffset? NextMailAt, IReadOnlyList<MailAttempt> MailAttempts, string Order)
{
    /// <summary>SQL expression of <see cref="Order"/>, compared byte by byte.</summary>
    public const string OrderSql = "((data ->> 'order') collate \"C\")";

    /// <summary>SQL expressions that lists filter by.</summary>
    public static readonly string[] Indexes = [$"(data ->> 'accountId'), {OrderSql}", "(data ->> 'nextMailAt')", "(data ->> 'mail'), id", "(data ->> 'accountId'), (data ->> 'fact'), (data ->> 'mail')"];

    /// <summary>The text in a language, or else in English, or else whichever there is.</summary>
    public LetterText TextIn(string? language) =>
        Texts.FirstOrDefault(text => language is not null && language.StartsWith(text.Language, StringComparison.OrdinalIgnoreCase)) ?? Texts.FirstOrDefault(text => text.Language == "en") ?? Texts[0];

    /// <summary>View after one more fact.</summary>
    public static LetterView? Evolve(LetterView? view, RecordedEvent @event) => (@event.Data, view) switch
    {
        (LetterEvent.Received it, _) => new(
            it.LetterId, it.AccountId, it.Party, it.Fact, it.CaseId, it.NoticeId, it.Codes, it.DueAt, it.Texts, it.SentAt, null,
            it.IsMailed ? MailState.Pending : MailState.Off, it.IsMailed ? it.ReceivedAt : null, [], Place(isRead: false, it.SentAt)),
        (LetterEvent.Read it, { } at) => at with { ReadAt = it.ReadAt, Order = Place(isRead: true, at.SentAt) },
        (LetterEvent.Mailed it, { } at) => at with
        {
            Mail = it.Outcome switch
            {
                MailOutcome.Sent => MailState.Sent,
                MailOutcome.Rationed => MailState.Off,
                _ => it.NextAttemptAt is null ? MailState.Failed : MailState.Pending,
            },
            NextMailAt = it.NextAttemptAt,
            MailAttempts = [.. at.MailAttempts, new MailAttempt(it.Attempt, it.Outcome, it.Reply, it.Language, it.StartedAt, it.DurationMilliseconds)],
        },
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.EventTypeName, "No fact of a letter."),
    };

    private static string Place(bool isRead, DateTimeOffset sentAt) => (isRead ? "0" : "1") + sentAt.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);
}
