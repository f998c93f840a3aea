namespace ImageRights.Matching.Screening;

/// <summary>What an uploader is told of what was found: whose portrait it was is not, nor by the other pictures of that account.</summary>
internal static class UploaderSight
{
    public static (IReadOnlyList<Match> Matches, IReadOnlyList<RelatedPicture> Related) Of(IReadOnlyList<Match> matches, IReadOnlyList<RelatedPicture> related)
    {
        const string Withheld = Contracts.Matching.V1.ScreeningMatch.Withheld;
        var hidden = matches.Where(match => match is { Bank: Bank.Portraits, Disposition: Disposition.Hit }).Select(match => match.OwnerAccountId).ToHashSet();
        return (
            [.. matches.Select(match => hidden.Contains(match.OwnerAccountId) ? match with { ReferenceId = Withheld, OwnerAccountId = Withheld, Evidence = null, CaseId = null } : match)],
            [.. related.Where(picture => picture.Bank != Bank.Portraits && !hidden.Contains(picture.OwnerAccountId))]);
    }
}
