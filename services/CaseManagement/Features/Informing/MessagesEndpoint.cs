using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.Reporters;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.Informing;

/// <summary>A message as it was sent.</summary>
/// <param name="Fact">Name of the fact that it tells of.</param>
/// <param name="AccountId">Who was written to; null for somebody without an account.</param>
/// <param name="Codes">Codes that it gives as reasons.</param>
/// <param name="Due">The first instant at which a term of the addressee closes.</param>
public sealed record MessageAnswer(
    string MessageId, string Fact, Party Party, string? AccountId, IReadOnlyList<string> Codes, DateTimeOffset? Due, string Language, string Subject, string Body, DateTimeOffset SentAt);

/// <summary>Reading what parties were told.</summary>
internal static class MessagesEndpoint
{
    /// <summary><c>GET /v1/cases/{id}/messages</c>, <c>GET /v1/notices/{id}/messages</c>, <c>GET /v1/reporters/{accountId}/messages</c>.</summary>
    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/cases/{id}/messages", OfCaseAsync).Requires(Permission.CasesRead).OfAccount(CaseCodes.NotFound, Belonging.CaseAsync).WithTags("Messages").WithName("ListCaseMessages").WithSummary("What the parties of a case were told, word for word, in English or Chinese");
        app.MapGet("/v1/notices/{id}/messages", OfNoticeAsync).Requires(Permission.CasesRead).OfAccount(RegimeCodes.NoticeNotFound, Belonging.NoticeAsync).WithTags("Messages").WithName("ListNoticeMessages").WithSummary("What who gave a notice was told of it");
        app.MapGet("/v1/reporters/{accountId}/messages", OfReporterAsync).Requires(Permission.ReportersRead).WithTags("Messages").WithName("ListReporterMessages").WithSummary("What a reporter was told of warnings, suspensions and lanes");
    }

    private static async Task<IResult> OfCaseAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!CaseId.TryParse(id, out var caseId) || await session.LoadAsync<CaseView>(caseId.Value, context.RequestAborted) is null) return context.Problem(new Rejection(CaseCodes.NotFound));
        return await ListAsync(context, session, caseId.Value);
    }

    private static async Task<IResult> OfNoticeAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (Fields.Id(id, "/id", required: true) is not null || await session.LoadAsync<NoticeView>(id, context.RequestAborted) is null) return context.Problem(new Rejection(RegimeCodes.NoticeNotFound));
        return await ListAsync(context, session, id);
    }

    private static async Task<IResult> OfReporterAsync(string accountId, HttpContext context, DocumentStore store)
    {
        if (Fields.Id(accountId, "/accountId", required: true) is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        return await ListAsync(context, session, Reporter.StreamPrefix + accountId);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentSession session, string about)
    {
        if (!Languages.TryRead(context, out var language, out var invalid)) return context.Problem(invalid!);
        Party? party = null;
        if (context.Request.Query.TryGetValue("party", out var given))
        {
            if (!Fields.TryChoice<Party>(given.ToString(), "/party", out var chosen, out var wrong)) return context.Problem(wrong!);
            party = chosen;
        }
        // A party is shown what it was told itself.
        var account = context.PartyAccount() ?? context.Request.Query["accountId"].ToString();
        var messages = await Told.MessagesAsync(session, about, context.RequestAborted);
        return TypedResults.Ok(messages
            .Where(message => (party is null || message.Party == party) && (account.Length == 0 || message.AccountId == account))
            .Select(message => (Message: message, Text: message.Texts.First(text => text.Language == language)))
            .Select(pair => new MessageAnswer(
                pair.Message.MessageId, pair.Message.Fact, pair.Message.Party, pair.Message.AccountId, pair.Message.Codes, pair.Message.Due, language, pair.Text.Subject, pair.Text.Body, pair.Message.At))
            .ToList());
    }
}
