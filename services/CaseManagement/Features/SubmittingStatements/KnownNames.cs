using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>Names and contacts that a case knows and that must not leave the house in free text.</summary>
internal static class KnownNames
{
    private const int LongestName = 80;

    /// <summary>Accounts of the parties, and what notices of this picture say in their erasable papers.</summary>
    public static async Task<IReadOnlyCollection<string>> OfAsync(DocumentSession session, StatementOfReasons statement, CancellationToken cancellationToken)
    {
        var names = new HashSet<string> { statement.Reasons.RespondentAccountId };
        if (await session.LoadAsync<CaseView>(statement.Reasons.CaseId, cancellationToken) is { } view) names.UnionWith(view.ComplainantAccountIds);
        var notices = await session.QueryAsync<NoticeView>("where data -> 'items' @> jsonb_build_array(?::text) limit 50", [statement.Reasons.ImageId], cancellationToken);
        // The objection's papers are kept under the case's own identity.
        foreach (var id in notices.Select(notice => notice.NoticeId).Append(statement.Reasons.CaseId))
        {
            if (await session.LoadAsync<NoticePapers>(id, cancellationToken) is { } papers)
                names.UnionWith(papers.Elements.Values.SelectMany(words => words.Split([',', ';', '\n', '|', '<', '>'], StringSplitOptions.TrimEntries)).Where(part => part.Length is > 1 and <= LongestName));
        }
        return names;
    }
}
