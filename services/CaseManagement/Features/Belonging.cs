using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features;

/// <summary>Whose a thing is.</summary>
internal static class Belonging
{
    /// <summary>Condition on rows of cases that are an account's, which is given twice.</summary>
    public const string CasesOf = "(data ->> 'respondentAccountId' = ? or data -> 'complainantAccountIds' @> jsonb_build_array(?::text))";

    /// <summary>A case is its respondent's and its complainants'.</summary>
    public static async Task<bool> CaseAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        await FindAsync(session, id, cancellationToken) is { } found && (found.RespondentAccountId == account || found.ComplainantAccountIds.Contains(account));

    /// <summary>What a case holds for the respondent alone.</summary>
    public static async Task<bool> AccusationAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        (await FindAsync(session, id, cancellationToken))?.RespondentAccountId == account;

    /// <summary>A notice is of who gave it.</summary>
    public static async Task<bool> NoticeAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        Fields.Id(id, "/id", required: true) is null && (await session.LoadAsync<NoticeView>(id, cancellationToken))?.ComplainantAccountId == account;

    /// <summary>A picture is of who uploaded it.</summary>
    public static async Task<bool> ImageAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        Fields.Id(id, "/id", required: true) is null && (await session.LoadAsync<KnownImage>(id, cancellationToken))?.AccountId == account;

    private static async Task<CaseView?> FindAsync(DocumentSession session, string id, CancellationToken cancellationToken) =>
        CaseId.TryParse(id, out var caseId) ? await session.LoadAsync<CaseView>(caseId.Value, cancellationToken) : null;
}
