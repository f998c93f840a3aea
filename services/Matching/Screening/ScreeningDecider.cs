using System.Collections.Immutable;

namespace ImageRights.Matching.Screening;

/// <summary>What is known of one picture, as far as decisions need it.</summary>
/// <param name="Recorded">Its fingerprint, or that it has none, is known.</param>
/// <param name="Withdrawn">It is not to be matched against any more.</param>
/// <param name="Screened">Its one screening was said.</param>
/// <param name="Found">For a work: the uploads in which it was found, and the works that it is in conflict with, itself among them.</param>
/// <param name="Version">Version of its fingerprint; null when it has none.</param>
/// <param name="Searched">For a work: that it was looked for among what came before it was said.</param>
public sealed record ScreeningState(bool Recorded, bool Withdrawn, bool Screened, ImmutableHashSet<string> Found, int? Version = null, bool Searched = false)
{
    /// <summary>Nothing is known.</summary>
    public static readonly ScreeningState Initial = new(false, false, false, []);
}

/// <summary>What can be asked of a picture's stream.</summary>
public abstract record ScreeningCommand
{
    private ScreeningCommand() { }

    /// <summary>Take in a fingerprint. The first word on a picture stands, for its bytes do not change, until there is a fingerprint of a later version.</summary>
    public sealed record RecordFingerprint(FingerprintRecorded Fingerprint) : ScreeningCommand;

    /// <summary>Take in that there is no fingerprint.</summary>
    public sealed record RecordUnreadable(UnreadableRecorded Unreadable) : ScreeningCommand;

    /// <summary>Take in that it is no longer published; may come before the fingerprint, for the two travel on different queues.</summary>
    public sealed record RecordWithdrawal(PictureWithdrawn Withdrawal) : ScreeningCommand;

    /// <summary>Take in that a work is not to be matched against any more; may come before the fingerprint.</summary>
    public sealed record RecordWorkWithdrawal(WorkWithdrawn Withdrawal) : ScreeningCommand;

    /// <summary>Say an upload's screening.</summary>
    public sealed record Conclude(ImageScreened Result) : ScreeningCommand;

    /// <summary>Say where a work was found; of a withdrawn one nothing is said.</summary>
    /// <param name="Search">The one search among what came before it; null when it was looked for anew.</param>
    public sealed record Report(IReadOnlyList<CopyFound> Copies, IReadOnlyList<OwnershipConflictFound> Conflicts, WorkSearched? Search = null) : ScreeningCommand;
}

/// <summary>The stream of one picture: what was learned of it and what was concluded, each at most once.</summary>
public static class ScreeningDecider
{
    /// <summary>Prefix of stream keys.</summary>
    public const string StreamPrefix = "screening-";

    /// <summary>Stream of an image or a work.</summary>
    public static string StreamKey(string subjectId) => StreamPrefix + subjectId;

    /// <summary>The next state.</summary>
    public static ScreeningState Evolve(ScreeningState state, object fact) => fact switch
    {
        FingerprintRecorded fingerprint => state with { Recorded = true, Version = fingerprint.Version },
        FingerprintRenewed renewal => state with { Version = renewal.Fingerprint.Version },
        UnreadableRecorded => state with { Recorded = true },
        PictureWithdrawn or WorkWithdrawn => state with { Withdrawn = true },
        ImageScreened => state with { Screened = true },
        CopyFound copy => state with { Found = state.Found.Add(copy.ImageId) },
        OwnershipConflictFound conflict => state with { Found = state.Found.Add(conflict.WorkId).Add(conflict.EarlierWorkId) },
        WorkSearchRequested => state,
        WorkSearched => state with { Searched = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} does not belong to a screening."),
    };

    /// <summary>The facts that follow from a command; none when it says nothing new.</summary>
    public static IReadOnlyList<object> Decide(ScreeningState state, ScreeningCommand command) => (state, command) switch
    {
        ({ Recorded: false, Withdrawn: false }, ScreeningCommand.RecordFingerprint({ Role: not PictureRole.Upload } work)) => [work, new WorkSearchRequested(work.SubjectId, work.AccountId)],
        ({ Recorded: false }, ScreeningCommand.RecordFingerprint(var fingerprint)) => [fingerprint],
        (_, ScreeningCommand.RecordFingerprint(var fingerprint)) when fingerprint.Version > state.Version => [new FingerprintRenewed(fingerprint)],
        ({ Recorded: false }, ScreeningCommand.RecordUnreadable(var unreadable)) => [unreadable],
        ({ Withdrawn: false }, ScreeningCommand.RecordWithdrawal(var withdrawal)) => [withdrawal],
        ({ Withdrawn: false }, ScreeningCommand.RecordWorkWithdrawal(var withdrawal)) => [withdrawal],
        ({ Recorded: true, Screened: false }, ScreeningCommand.Conclude(var result)) => [result],
        ({ Recorded: true, Withdrawn: false }, ScreeningCommand.Report report) =>
        [
            .. report.Copies.Where(copy => !state.Found.Contains(copy.ImageId)).DistinctBy(copy => copy.ImageId),
            // One of the two is the work itself, whichever was registered first.
            .. report.Conflicts.Where(conflict => !state.Found.Contains(conflict.WorkId) || !state.Found.Contains(conflict.EarlierWorkId)).DistinctBy(conflict => (conflict.WorkId, conflict.EarlierWorkId)),
            .. report.Search is { } search && !state.Searched ? [search] : Array.Empty<object>(),
        ],
        _ => [],
    };
}
