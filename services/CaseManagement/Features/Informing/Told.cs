using ImageRights.CaseManagement.CaseFiles;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Messages;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.Informing;

/// <summary>Of what a party was told.</summary>
internal static class Told
{
    /// <summary>Messages about a case, in the order in which they were sent.</summary>
    public static async Task<IEnumerable<MessageEvent.MessageSent>> MessagesAsync(DocumentSession session, string about, CancellationToken cancellationToken) =>
        (await session.Events.FetchStreamAsync($"messages-{about}", cancellationToken: cancellationToken)).Select(@event => (MessageEvent.MessageSent)@event.Data);

    /// <summary>What the account is shown of the case.</summary>
    public static async Task<PartySight> SightAsync(DocumentSession session, CaseId caseId, string account, CancellationToken cancellationToken) =>
        new(account, (await MessagesAsync(session, caseId.Value, cancellationToken)).Where(message => message.AccountId == account).Select(message => message.FactId).ToHashSet());
}
