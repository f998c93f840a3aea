using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using Npgsql;

namespace ImageRights.CaseManagement.Features.OpeningCases;

/// <summary>A complaint's place.</summary>
/// <param name="ReportId">The report that stands; an earlier one when this one says the same.</param>
/// <param name="Joined">Whether the case was open before.</param>
/// <param name="IsNew">Whether something is written.</param>
internal sealed record Filed(CaseView Case, string? ReportId, bool Joined, bool IsNew);

/// <summary>Where reports and findings become cases, by one rule: a picture and a work have at most one open case, and a further complaint joins it.</summary>
internal static class Intake
{
    /// <summary>Opens a case or joins the open one; what is to be written waits for the session's save.</summary>
    /// <returns>Null when there is nothing to do: a finding does not bring back what people have decided.</returns>
    /// <exception cref="ConcurrencyException">The case closed in this moment: try again.</exception>
    public static async Task<(Filed? Filed, Decision Decision)> FileAsync(DocumentSession session, CaseCommand.OpenCase complaint, CancellationToken cancellationToken)
    {
        var isFinding = complaint.ReportId is null;
        session.LastModifiedBy = complaint.Act.By;
        var known = await FindAsync(session, complaint.Dispute, cancellationToken);
        if (known is { State: not CaseStatus.Closed }) return await JoinAsync(session, new CaseId(known.CaseId), complaint, cancellationToken);
        if (known is not null && isFinding) return (null, Decision.Nothing);

        var decision = CaseDecider.Decide(CaseState.Initial, complaint);
        if (decision.Code is not null) return (null, decision);
        var id = CaseId.From(Guid.CreateVersion7());
        session.Events.StartStream(id.StreamKey, [.. decision.Events]);
        return (new Filed(CaseView.Evolve(null, id, 1, decision.Events[0]), complaint.ReportId, Joined: false, IsNew: true), decision);
    }

    /// <summary>Files what matching found. There is nobody to answer, so a refusal is logged.</summary>
    public static async Task FileFindingAsync(DocumentSession session, CaseCommand.OpenCase finding, ILogger logger, CancellationToken cancellationToken)
    {
        var (_, decision) = await FileAsync(session, finding, cancellationToken);
        if (decision.Code is not null)
            logger.LogWarning("Work {WorkId} in picture {ImageId} opens no case: {Code}", finding.Dispute.WorkId, finding.Dispute.ImageId, decision.Code);
    }

    /// <summary>Whether another writer was first, so that the same complaint, filed again, joins what that writer opened.</summary>
    public static bool LostRace(Exception failure) =>
        failure is ConcurrencyException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: CaseView.OneOpenCase };

    private static async Task<(Filed?, Decision)> JoinAsync(DocumentSession session, CaseId id, CaseCommand.OpenCase complaint, CancellationToken cancellationToken)
    {
        var stream = await session.Events.FetchForWriting<CaseState>(id.StreamKey, cancellationToken);
        if (stream.Aggregate.Status == CaseStatus.Closed) throw new ConcurrencyException(id.StreamKey, "The case closed while a complaint was about to join it.");
        var join = new CaseCommand.JoinComplaint(complaint.ReportId, complaint.Dispute.ComplainantAccountId, complaint.Finding, complaint.Act);
        var decision = CaseDecider.Decide(stream.Aggregate, join);
        if (decision.Code is not null) return (null, decision);
        stream.AppendMany(decision.Events);
        var view = stream.Events.Aggregate((CaseView?)null, CaseView.Evolve)!;
        foreach (var fact in decision.Events) view = CaseView.Evolve(view, id, view.Version + 1, fact);
        var standing = CaseDecider.FindComplaint(stream.Aggregate, join)?.ReportId ?? complaint.ReportId;
        return (new Filed(view, standing, Joined: true, IsNew: decision.Events.Count > 0), decision);
    }

    private static async Task<CaseView?> FindAsync(DocumentSession session, Dispute dispute, CancellationToken cancellationToken) =>
        (await session.QueryAsync<CaseView>(
            "where data ->> 'imageId' = ? and coalesce(data ->> 'workId', '') = ? order by data ->> 'state' = 'Closed', id desc limit 1",
            [dispute.ImageId, dispute.WorkId ?? ""], cancellationToken)).SingleOrDefault();
}
