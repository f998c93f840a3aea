using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.Notification.Letters;
using ImageRights.Notification.Mailing;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;

namespace ImageRights.Notification.Features.HearingMessages;

/// <summary>Puts a message for a party into its inbox; from there it is mailed. Who has no account has no inbox either, and follows by the case's number.</summary>
public sealed class PartyMessageSentConsumer(DocumentStore store, MailOptions mail, TimeProvider clock) : IConsumer<PartyMessageSent>
{
    private const int LongestId = 200;

    /// <inheritdoc />
    public async Task Consume(ConsumeContext<PartyMessageSent> context)
    {
        var message = context.Message;
        if (string.IsNullOrEmpty(message.AccountId)) return;
        if (message.MessageId is not { Length: > 0 and <= LongestId } letterId || letterId.Any(letter => letter is <= ' ' or > '~')) throw new MalformedMessageException(nameof(message.MessageId), "1 to 200 visible ASCII characters");
        if (message.Texts is not { Count: > 0 } texts || texts.Any(text => text?.Language is null || text.Subject is null || text.Body is null)) throw new MalformedMessageException(nameof(message.Texts), "at least one text");
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<Letter>(Letter.StreamOf(letterId), context.CancellationToken);
        var decision = Letter.Decide(stream.Aggregate, new LetterCommand.Receive(new LetterEvent.Received(
            letterId, message.AccountId, message.Party, message.Fact, message.CaseId, message.NoticeId, message.Codes ?? [], message.DueAt,
            [.. texts.Select(text => new LetterText(text.Language, text.Subject, text.Body))], mail.IsOn, message.SentAt, clock.GetUtcNow())));
        if (decision.Events.Count == 0) return;
        stream.AppendMany(decision.Events);
        await session.SaveChangesAsync(context.CancellationToken);
    }
}

/// <summary>A message that its publisher must not send.</summary>
public sealed class MalformedMessageException(string field, string expected) : Exception($"{field} is not {expected}.");
