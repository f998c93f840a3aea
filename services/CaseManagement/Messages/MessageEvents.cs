namespace ImageRights.CaseManagement.Messages;

/// <summary>The facts of what parties were told, word for word. These records are the stored format: a change is a new version beside the old one.</summary>
public abstract record MessageEvent
{
    private MessageEvent()
    {
    }

    /// <summary>A party was written to. It is made from a fact that is recorded, never before it.</summary>
    /// <param name="MessageId">Identity; the same for the same fact, party and account.</param>
    /// <param name="Fact">Name of the fact that it tells of.</param>
    /// <param name="FactId">Identity of that fact's event.</param>
    /// <param name="AccountId">Who is written to; null for somebody without an account, who follows by the case's or the notice's number.</param>
    /// <param name="Codes">Codes that it gives as reasons.</param>
    /// <param name="Due">The first instant at which a term of the addressee closes; null when none runs.</param>
    /// <param name="At">When the fact was.</param>
    public sealed record MessageSent(
        string MessageId, string Fact, Guid FactId, Party Party, string? AccountId, string? CaseId, string? NoticeId, IReadOnlyList<string> Codes, DateTimeOffset? Due,
        IReadOnlyList<MessageText> Texts, DateTimeOffset At) : MessageEvent;
}
