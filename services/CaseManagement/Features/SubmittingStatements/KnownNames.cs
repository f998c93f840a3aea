using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>Names and contacts that a case knows and that must not leave the house in free text.</summary>
internal static class KnownNames
{
    private const int LongestName = 80;

    /// <summary>Accounts of the parties, and what notices of this picture say in their erasable papers.</summary>
    public static async Task<IReadOnlyCollection<string>> OfAsync(DocumentSession session, string caseId, string respondentAccountId, string imageId, CancellationToken cancellationToken)
    {
        var names = new HashSet<string> { respondentAccountId };
        if (await session.LoadAsync<CaseView>(caseId, cancellationToken) is { } view) names.UnionWith(view.ComplainantAccountIds);
        var notices = await session.QueryAsync<NoticeView>("where data -> 'items' @> jsonb_build_array(?::text) limit 50", [imageId], cancellationToken);
        // The objection's papers are kept under the case's own identity.
        foreach (var id in notices.Select(notice => notice.NoticeId).Append(caseId))
        {
            if (await session.LoadAsync<NoticePapers>(id, cancellationToken) is { } papers)
                names.UnionWith(papers.Elements.Values.SelectMany(words => words.Split([',', ';', '\n', '|', '<', '>'], StringSplitOptions.TrimEntries)).Where(part => part.Length is > 1 and <= LongestName));
        }
        return names;
    }
}
