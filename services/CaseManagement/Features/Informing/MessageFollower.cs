using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.SubmittingStatements;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.Informing;

/// <summary>Follows every fact and writes to the parties who must hear of it. A message is made from a committed fact, never before it, and commits with the follower's progress, so that
/// nobody is told twice and nobody of what did not happen.</summary>
internal sealed class MessageFollower(Correspondence correspondence, MessageBook book) : ISubscription
{
    public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        foreach (var @event in page.Events)
        {
            var letters = await LettersAsync(page, @event, cancellationToken);
            if (letters.Count == 0) continue;
            var session = page.CausedBy(@event);
            for (var number = 0; number < letters.Count; number++)
            {
                var (account, values) = letters[number];
                if (book.Write(values) is not { } texts) continue;
                var due = values.Terms.Select(term => term.Closes?.At).Append(values.Until?.At).Where(at => at is not null).Min();
                var message = new MessageEvent.MessageSent(
                    $"pmg_{@event.Id:N}_{number + 1}", values.Fact, @event.Id, values.Party, account, values.CaseId, values.NoticeId, [.. values.Codes.Select(code => code.Code)], due?.ToUniversalTime(), texts, AtOf(@event));
                session.Events.Append(StreamOf(message), message);
            }
        }
    }

    /// <summary>Stream of the messages about a case, a notice or a reporter.</summary>
    public static string StreamOf(MessageEvent.MessageSent message) => $"messages-{message.CaseId ?? message.NoticeId ?? Reporter.StreamPrefix + message.AccountId}";

    private async Task<IReadOnlyList<Letter>> LettersAsync(EventPage page, RecordedEvent @event, CancellationToken cancellationToken)
    {
        switch (@event.Data)
        {
            case CaseEvent fact:
                var caseId = CaseId.OfStream(@event.StreamKey).Value;
                var letters = correspondence.Of(caseId, [.. (await HistoryAsync()).Select(each => (CaseEvent)each.Data)]);
                return fact is CaseEvent.MeasureApplied measure && await IsFitAsync(caseId, measure)
                    ? [.. letters.Select(letter => letter.Values.StatementId is null ? letter : letter with { Values = letter.Values with { Found = measure.Act.Statement } })]
                    : letters;
            case NoticeEvent:
                return correspondence.Of(@event.StreamKey[NoticeView.StreamPrefix.Length..], [.. (await HistoryAsync()).Select(each => (NoticeEvent)each.Data)]);
            case ReporterEvent fact:
                return correspondence.Of(fact);
            case PriorityEvent fact:
                return correspondence.Of(fact, (PriorityEvent.PriorityContradictionFound)(await HistoryAsync())[0].Data);
            default:
                return [];
        }

        // What a letter says cannot be erased; the statement of reasons that it names has the words in any case.
        async Task<bool> IsFitAsync(string caseId, CaseEvent.MeasureApplied measure) => PersonalDataSearch.Find(measure.Act.Statement, [.. await KnownNames.OfAsync(
            page.ForTenant(@event.TenantId), caseId, measure.Dispute.RespondentAccountId, measure.Dispute.ImageId, cancellationToken), measure.Act.By]) is null;

        Task<IReadOnlyList<RecordedEvent>> HistoryAsync() => page.ForTenant(@event.TenantId).Events.FetchStreamAsync(@event.StreamKey, @event.Version, cancellationToken: cancellationToken);
    }

    private static DateTimeOffset AtOf(RecordedEvent @event) => @event.Data switch
    {
        CaseEvent fact => fact.Act.At,
        NoticeEvent fact => fact.At,
        ReporterEvent fact => fact.At,
        PriorityEvent fact => fact.At,
        _ => @event.Timestamp,
    };
}
