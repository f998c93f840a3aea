using ImageRights.CaseManagement.Cases;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.HearingPriority;

/// <summary>A registration of what looks like the same picture by another account, before the work that a case is about. For the desk only.</summary>
/// <param name="AccountId">Its owner; null where it is not known here.</param>
/// <param name="RegisteredAt">Null where it is not known here.</param>
public sealed record EarlierRegistration(string WorkId, string? AccountId, DateTimeOffset? RegisteredAt);

/// <summary>Works that were registered although another account had registered what looks like the same picture before.</summary>
internal static class OwnershipConflicts
{
    /// <summary>Earlier registrations, by the later work.</summary>
    public static async Task<ILookup<string, EarlierRegistration>> FindAsync(DocumentSession session, IReadOnlyCollection<string> workIds, CancellationToken cancellationToken)
    {
        var ids = workIds.ToArray();
        var conflicts = ids.Length == 0 ? [] : await session.QueryAsync<KnownConflict>("where data ->> 'workId' = any(?) or data ->> 'earlierWorkId' = any(?) order by id limit 1000", [ids, ids], cancellationToken);
        var works = conflicts.Count == 0 ? [] : (await session.QueryAsync<KnownWork>(
            "where id = any(?)", [conflicts.SelectMany(conflict => new[] { conflict.WorkId, conflict.EarlierWorkId }).Distinct().ToArray()], cancellationToken)).ToDictionary(work => work.WorkId);
        return conflicts.Select(Ordered).Where(pair => workIds.Contains(pair.Later)).DistinctBy(pair => (pair.Later, pair.Earlier.WorkId)).ToLookup(pair => pair.Later, pair => pair.Earlier);

        // Conflicts that were heard before Matching went by the registrations' own times name what was compared first.
        (string Later, EarlierRegistration Earlier) Ordered(KnownConflict conflict)
        {
            var (later, earlier) = (works.GetValueOrDefault(conflict.WorkId), works.GetValueOrDefault(conflict.EarlierWorkId));
            return later is not null && earlier is not null && later.RegisteredAt < earlier.RegisteredAt
                ? (earlier.WorkId, new EarlierRegistration(later.WorkId, later.AccountId, later.RegisteredAt))
                : (conflict.WorkId, new EarlierRegistration(conflict.EarlierWorkId, earlier?.AccountId ?? conflict.EarlierAccountId, earlier?.RegisteredAt));
        }
    }

    /// <summary>Whether a case rests on a later registration alone: nobody who registered the picture earlier complains too.</summary>
    public static async Task<bool> UndermineAsync(DocumentSession session, CaseState state, CancellationToken cancellationToken)
    {
        if (state.Dispute?.WorkId is not { } workId) return false;
        var earlier = (await FindAsync(session, [workId], cancellationToken))[workId].ToList();
        return earlier.Count > 0 && !earlier.Any(other => other.AccountId is { } owner && state.Complaints.Any(complaint => !complaint.IsWithdrawn && complaint.IsBy(owner)));
    }
}
