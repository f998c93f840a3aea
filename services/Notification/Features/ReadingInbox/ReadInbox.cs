using ImageRights.EventStore;
using ImageRights.Notification.Letters;
using ImageRights.Notification.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Notification.Features.ReadingInbox;

/// <summary>A message in the inbox, in one language.</summary>
/// <param name="Status"><c>unread</c> or <c>read</c>.</param>
/// <param name="Fact">Name of the fact that it tells of.</param>
/// <param name="Party">In which part the account is written to: <c>Complainant</c> or <c>Respondent</c>.</param>
/// <param name="Codes">Codes that it gives as reasons.</param>
/// <param name="DueAt">When a term of the addressee closes.</param>
public sealed record InboxItem(
    string LetterId, string AccountId, string Status, string Party, string Fact, string? CaseId, string? NoticeId, IReadOnlyList<string> Codes, DateTimeOffset? DueAt,
    string Language, string Subject, string Body, DateTimeOffset SentAt, DateTimeOffset? ReadAt, MailState Mail)
{
    /// <summary>The letter in a language.</summary>
    public static InboxItem Of(LetterView letter, string? language)
    {
        var text = letter.TextIn(language);
        return new InboxItem(
            letter.LetterId, letter.AccountId, letter.ReadAt is null ? "unread" : "read", letter.Party, letter.Fact, letter.CaseId, letter.NoticeId, letter.Codes, letter.DueAt,
            text.Language, text.Subject, text.Body, letter.SentAt, letter.ReadAt, letter.Mail);
    }
}

/// <summary>The course of a letter's mail; neither text nor address.</summary>
public sealed record MailItem(
    string LetterId, string AccountId, string Fact, string? CaseId, MailState Status, DateTimeOffset SentAt, DateTimeOffset? NextAttemptAt, IReadOnlyList<MailAttempt> Attempts);

internal static class ReadInbox
{
    public static readonly ListShape<LetterView> Inbox = new ListShape<LetterView>(letter => letter.LetterId)
        .Sorted("unread", LetterView.OrderSql, letter => letter.Order)
        .Sorted("createdAt", "sentAt", letter => letter.SentAt)
        .Owned("data ->> 'accountId' = ?")
        .By("accountId", "Whose inbox; required.")
        .By("status", "Takes", ["unread", "read"], "(case when data ->> 'readAt' is null then 'unread' else 'read' end) = ?")
        .By("caseId", "Only messages about this case.");

    public static readonly ListShape<LetterView> Mails = new ListShape<LetterView>(letter => letter.LetterId)
        .Sorted("createdAt", "sentAt", letter => letter.SentAt)
        .By("status", "Takes", Enum.GetNames<MailState>(), "data ->> 'mail' = ?")
        .By("accountId", "Only mail to this account.")
        .By("caseId", "Only mail about this case.");

    private const int MostTries = 5;

    public static void Map(RouteGroupBuilder api)
    {
        var inbox = api.MapGroup("/inbox").WithTags("Inbox").Requires(Permission.InboxRead);
        inbox.MapGet("", ListAsync).HoldsToAccount().WithName("ListInbox").WithSummary("Messages for an account, unread first, then newest first; in the language of Accept-Language");
        inbox.MapPost("/{letterId}/reads", OpenAsync).Requires(Permission.InboxOpen).HoldsToAccount().WithName("OpenLetter").WithSummary("Marks a message as read by its addressee; once is enough");
        api.MapGet("/mails", ListMailsAsync).Requires(Permission.MailsRead).WithTags("Inbox").WithName("ListMails").WithSummary("What was mailed, with every attempt; neither text nor address");
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store)
    {
        // Without it the answer would be everybody's letters.
        if (context.Request.Query["accountId"] is not [{ } accountId]) return context.Problem(new Rejection("Request_Invalid", "accountId is required, once.", "/accountId"));
        if (context.CheckAccount(accountId, "/accountId") is not null) return context.Problem(new Rejection("Letter_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var (page, rejection) = await Inbox.ReadAsync(context, session);
        var language = context.PreferredLanguage();
        return page is null ? context.Problem(rejection!) : TypedResults.Ok(new Page<InboxItem>([.. page.Items.Select(letter => InboxItem.Of(letter, language))], page.Next));
    }

    private static async Task<IResult> ListMailsAsync(HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var (page, rejection) = await Mails.ReadAsync(context, session);
        return page is null ? context.Problem(rejection!) : TypedResults.Ok(new Page<MailItem>([.. page.Items.Select(letter => new MailItem(
            letter.LetterId, letter.AccountId, letter.Fact, letter.CaseId, letter.Mail, letter.SentAt, letter.NextMailAt, letter.MailAttempts))], page.Next));
    }

    private static async Task<IResult> OpenAsync(string letterId, HttpContext context, DocumentStore store, TimeProvider clock, string? accountId = null)
    {
        if (string.IsNullOrEmpty(accountId)) return context.Problem(new Rejection("Request_Invalid", "accountId is required.", "/accountId"));
        if (context.CheckAccount(accountId, "/accountId") is not null || letterId.Length > 200 || letterId.Any(letter => letter is <= ' ' or > '~')) return context.Problem(new Rejection("Letter_Not_Found"));
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(context.Tenant());
            var stream = await session.Events.FetchForWriting<Letter>(Letter.StreamOf(letterId), context.RequestAborted);
            var decision = Letter.Decide(stream.Aggregate, new LetterCommand.Open(accountId, clock.GetUtcNow()));
            if (decision.RejectionCode is { } code) return context.Problem(new Rejection(code));
            stream.AppendMany(decision.Events);
            try
            {
                await session.SaveChangesAsync(context.RequestAborted);
                return TypedResults.Ok(InboxItem.Of((await session.LoadAsync<LetterView>(letterId, context.RequestAborted))!, context.PreferredLanguage()));
            }
            catch (ConcurrencyException) when (attempt < MostTries)
            {
                // Its mail went out at this moment.
            }
        }
    }
}
