namespace ImageRights.Matching.Screening;

/// <summary>A known picture within the threshold of the one that is asked about.</summary>
/// <param name="Turn">How the picture that is asked about has to be turned or mirrored to look like this one.</param>
/// <param name="OccurredAt">When the known picture was received or registered.</param>
/// <param name="Evidence">How it was recognised, with the picture that is asked about as the upload; null where PDQ hashes alone were compared.</param>
/// <param name="RemovedIn">Case in which the known picture was taken down; null: it was not, or is back.</param>
/// <param name="IsWithdrawn">Whether it is published no more, and is found only because it was taken down.</param>
/// <param name="IsPortrait">Whether it is a registered portrait.</param>
public readonly record struct Neighbour(
    string Id, string AccountId, Surface? Surface, string? ListingId, DateTimeOffset OccurredAt, int Distance, Orientation Turn,
    Evidence? Evidence = null, string? RemovedIn = null, bool IsWithdrawn = false, bool IsPortrait = false)
{
    /// <summary>Whether the picture that is asked about is a copy of this one, and not another photograph of the same scene.</summary>
    public bool IsCopy => Evidence?.Class != MatchClass.SameScene;
}

/// <summary>Finds the licence for a work that covers a use by an account at an instant; null when none does.</summary>
public delegate string? LicenceLookup(string workId, string accountId, DateTimeOffset at);

/// <summary>Counts the owners of some accounts, each of them named once.</summary>
public delegate int OwnerCount(IReadOnlyCollection<string> accounts);

/// <summary>What a finding means. Pure: the same neighbours and licences give the same judgement.</summary>
public static class Judgement
{
    /// <summary>Matches that a screening lists.</summary>
    public const int MostMatches = 50;

    /// <summary>Pictures of the same scene that a screening lists.</summary>
    public const int MostRelated = 10;

    /// <summary>Judges an upload by its neighbours in both banks, each in log order, of which it is a copy.</summary>
    /// <remarks>The verdict rests on all neighbours. When there are more than <see cref="MostMatches"/>, hits are listed before what the uploader may use, and
    /// in the order of the banks: a seller's own many near-identical pictures must not push the work they were taken from off the list.</remarks>
    public static (Verdict Verdict, IReadOnlyList<Match> Matches) Judge(
        string? accountId, DateTimeOffset at, IReadOnlyList<Neighbour> works, IReadOnlyList<Neighbour> uploads, LicenceLookup licences,
        Thresholds? thresholds = null)
    {
        var rights = RightsOf(accountId, at, [.. works.Select(work => (work.Id, work.AccountId))], licences);
        var matches = new List<Match>(works.Count + uploads.Count);
        foreach (var work in works)
        {
            var (disposition, licence) = RightsOf(accountId, at, [(work.Id, work.AccountId)], licences);
            matches.Add(work.IsPortrait
                ? ToMatch(Bank.Portraits, work, disposition, licence, thresholds?.Portraits)
                : ToMatch(Bank.Works, work, disposition, licence, thresholds?.Works));
        }
        foreach (var upload in uploads)
        {
            // Who owns or licensed the work may use it, whoever else uploaded it before.
            // What was taken down is not its uploader's to publish again.
            var isRemoved = upload.RemovedIn is not null;
            var (disposition, licence) = upload.AccountId == accountId && !isRemoved ? (Disposition.Own, null) : rights;
            matches.Add(isRemoved
                ? ToMatch(Bank.Removed, upload, disposition, licence, thresholds?.Removed)
                : ToMatch(Bank.Uploads, upload, disposition, licence, thresholds?.Uploads));
        }
        var verdict = matches.Exists(match => match.Disposition == Disposition.Hit) ? Verdict.Match : Verdict.Clear;
        return (verdict,
        [
            // LINQ's sort is stable: of equally close pictures of a bank hits come first, and of those the earliest.
            .. matches
                .OrderBy(match => match.Disposition == Disposition.Hit ? 0 : 1).ThenBy(match => match.Bank).ThenBy(match => match.Distance)
                .Take(MostMatches)
                .OrderBy(match => match.Distance).ThenBy(match => match.Bank),
        ]);
    }

    /// <summary>Band of the surest hit; null when there is none.</summary>
    public static Band? BandOf(IEnumerable<Match> matches)
    {
        var bands = matches.Where(match => match is { Disposition: Disposition.Hit, Band: not null }).Select(match => match.Band!.Value).ToList();
        return bands.Count == 0 ? null : bands.Min();
    }

    /// <summary>Other accounts' pictures of the same scene, the most alike first.</summary>
    public static IReadOnlyList<RelatedPicture> Related(string? accountId, IReadOnlyList<Neighbour> works, IReadOnlyList<Neighbour> uploads) =>
    [
        .. works.Select(work => (Bank: work.IsPortrait ? Bank.Portraits : Bank.Works, Neighbour: work)).Concat(uploads.Select(upload => (Bank: Bank.Uploads, Neighbour: upload)))
            .Where(related => related.Neighbour.AccountId != accountId)
            .OrderByDescending(related => related.Neighbour.Evidence!.Score)
            .Take(MostRelated)
            .Select(related => new RelatedPicture(related.Bank, related.Neighbour.Id, related.Neighbour.AccountId, related.Neighbour.Evidence!)),
    ];

    /// <summary>How widely a picture is used, by the works and uploads that are like it.</summary>
    /// <param name="ownersOf">Which accounts count as one.</param>
    /// <param name="commonFrom">Independent accounts from which on a picture is common.</param>
    public static Commonness CommonnessOf(IReadOnlyList<Neighbour> works, IReadOnlyList<Neighbour> uploads, OwnerCount ownersOf, int commonFrom)
    {
        var accounts = uploads.Select(upload => upload.AccountId).ToHashSet();
        var independent = ownersOf(accounts);
        var since = works.Where(work => !work.IsPortrait).Concat(uploads).Select(picture => (DateTimeOffset?)picture.OccurredAt).Min();
        return new Commonness(independent, uploads.Count, since, independent >= commonFrom, accounts.Count);
    }

    /// <summary>Judges a new work or portrait by the earlier uploads and earlier works it resembles.</summary>
    /// <remarks>Who made a picture and whom it shows have rights of their own beside each other: they are in no conflict, and nor are several persons in one picture.</remarks>
    public static (IReadOnlyList<CopyFound> Copies, IReadOnlyList<OwnershipConflictFound> Conflicts) JudgeWork(
        FingerprintRecorded work, IReadOnlyList<Neighbour> works, IReadOnlyList<Neighbour> uploads, LicenceLookup licences, Thresholds thresholds, DateTimeOffset now)
    {
        var isPortrait = work.Role == PictureRole.Portrait;
        works = [.. works.Where(earlier => earlier.IsPortrait == isPortrait)];
        // An account that registered the picture before is in a conflict of ownership, not a copyist.
        (string, string)[] claims = [(work.SubjectId, work.AccountId), .. works.Select(earlier => (earlier.Id, earlier.AccountId))];
        return (
        [
            .. uploads
                .Where(upload => RightsOf(upload.AccountId, upload.OccurredAt, claims, licences).Disposition == Disposition.Hit)
                .Select(upload => new CopyFound(
                    work.SubjectId, work.AccountId, upload.Id, upload.AccountId, upload.Surface!.Value, upload.ListingId,
                    upload.Distance, upload.Turn, thresholds, now, upload.Evidence?.Swapped(), isPortrait ? true : null)),
        ],
        [
            .. works
                .Where(other => other.AccountId != work.AccountId && !isPortrait)
                // Fingerprints may arrive in another order than the works were registered in.
                .Select(other => other.OccurredAt > work.OccurredAt
                    ? new OwnershipConflictFound(other.Id, other.AccountId, work.SubjectId, work.AccountId, other.Distance, other.Turn, thresholds, now)
                    : new OwnershipConflictFound(work.SubjectId, work.AccountId, other.Id, other.AccountId, other.Distance, Inverse(other.Turn), thresholds, now)),
        ]);
    }

    /// <summary>What undoes a turn. Mirrorings and half turns undo themselves.</summary>
    public static Orientation Inverse(Orientation turn) => turn switch
    {
        Orientation.Rotate90 => Orientation.Rotate270,
        Orientation.Rotate270 => Orientation.Rotate90,
        _ => turn,
    };

    private static (Disposition Disposition, string? LicenceId) RightsOf(
        string? accountId, DateTimeOffset at, IReadOnlyList<(string WorkId, string AccountId)> works, LicenceLookup licences)
    {
        if (accountId is null) return (Disposition.Hit, null);
        if (works.Any(work => work.AccountId == accountId)) return (Disposition.Own, null);
        foreach (var (workId, _) in works)
        {
            if (licences(workId, accountId, at) is { } licence) return (Disposition.Licensed, licence);
        }
        return (Disposition.Hit, null);
    }

    private static Match ToMatch(Bank bank, Neighbour neighbour, Disposition disposition, string? licence, BandLimits? limits) =>
        new(bank, neighbour.Id, neighbour.AccountId, neighbour.Distance, Inverse(neighbour.Turn), disposition, licence, neighbour.Evidence,
            neighbour.Evidence?.Score is { } score ? limits?.BandOf(score) : null, neighbour.RemovedIn);
}
