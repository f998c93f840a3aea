using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using Npgsql;

namespace ImageRights.CaseManagement.Features.OpeningCases;

/// <summary>A complaint's place.</summary>
/// <param name="ReportId">The report that stands; an earlier one when this one says the same.</param>
/// <param name="Joined">Whether the case was open before.</param>
/// <param name="IsNew">Whether something is written.</param>
internal sealed record Filed(CaseView Case, string? ReportId, bool Joined, bool IsNew);

/// <summary>Where reports, findings and notices become cases, by one rule: a picture and a work have at most one open case under one law, and a further complaint joins it.</summary>
internal static class Intake
{
    /// <summary>Opens a case or joins the open one; what is to be written waits for the session's save.</summary>
    /// <returns>Null when there is nothing to do: a finding does not bring back what people have decided.</returns>
    /// <exception cref="ConcurrencyException">The case closed in this moment: try again.</exception>
    public static async Task<(Filed? Filed, Decision Decision)> FileAsync(DocumentSession session, CaseRules rules, CaseCommand.OpenCase complaint, CancellationToken cancellationToken)
    {
        var isFinding = complaint.ReportId is null;
        session.LastModifiedBy = complaint.Act.Signature;
        var known = await FindAsync(session, complaint.Dispute, cancellationToken);
        if (complaint.Law is { } law && known.Any(view => view.AreNoticesBarred && LawOf(view.Regime) == LawOf(law.Regime) && Complains(view, complaint.Dispute)))
            return (null, Decision.Refused("Notice_Barred"));
        if (ToJoin(known, complaint.Law) is { } open) return await JoinAsync(session, rules, new CaseId(open.CaseId), complaint, cancellationToken);
        if (known.Count > 0 && isFinding) return (null, Decision.Nothing);

        var decision = rules.Decide(CaseState.Initial, complaint);
        if (decision.Code is not null) return (null, decision);
        var id = CaseId.From(Guid.CreateVersion7());
        session.Events.StartStream(id.StreamKey, [.. decision.Events]);
        return (new Filed(CaseView.Evolve(null, id, 1, decision.Events[0]), complaint.ReportId, Joined: false, IsNew: true), decision);
    }

    /// <summary>Files what matching found. There is nobody to answer, so a refusal is logged.</summary>
    public static async Task FileFindingAsync(DocumentSession session, CaseRules rules, CaseCommand.OpenCase finding, ILogger logger, CancellationToken cancellationToken)
    {
        var (_, decision) = await FileAsync(session, rules, finding, cancellationToken);
        if (decision.Code is not null)
            logger.LogWarning("Work {WorkId} in picture {ImageId} opens no case: {Code}", finding.Dispute.WorkId, finding.Dispute.ImageId, decision.Code);
    }

    /// <summary>Whether another writer was first, so that the same complaint, filed again, joins what that writer opened.</summary>
    public static bool LostRace(Exception failure) =>
        failure is ConcurrencyException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: CaseView.OneOpenCase };

    private static async Task<(Filed?, Decision)> JoinAsync(DocumentSession session, CaseRules rules, CaseId id, CaseCommand.OpenCase complaint, CancellationToken cancellationToken)
    {
        var stream = await session.Events.FetchForWriting<CaseState>(id.StreamKey, cancellationToken);
        if (stream.Aggregate.Status == CaseStatus.Closed) throw new ConcurrencyException(id.StreamKey, "The case closed while a complaint was about to join it.");
        // A hint's case that was decided in this moment is no case to put under a law any more.
        if (complaint.Law is not null && stream.Aggregate is { Regime: HouseRegime.Name, Status: not CaseStatus.Open })
            throw new ConcurrencyException(id.StreamKey, "The case was decided while a notice was about to join it.");
        var join = new CaseCommand.JoinComplaint(complaint.ReportId, complaint.Dispute.ComplainantAccountId, complaint.Finding, complaint.Act, complaint.Law);
        var decision = rules.Decide(stream.Aggregate, join);
        if (decision.Code is not null) return (null, decision);
        stream.AppendMany(decision.Events);
        var view = stream.Events.Aggregate((CaseView?)null, CaseView.Evolve)!;
        foreach (var fact in decision.Events) view = CaseView.Evolve(view, id, view.Version + 1, fact);
        var standing = CaseDecider.FindComplaint(stream.Aggregate, join)?.ReportId ?? complaint.ReportId;
        return (new Filed(view, standing, Joined: true, IsNew: decision.Events.Count > 0), decision);
    }

    /// <summary>The open case that a complaint belongs to. A notice belongs under its own law, or to a hint's case that nothing was decided in; a hint to any.</summary>
    private static CaseView? ToJoin(IReadOnlyList<CaseView> known, UnderLaw? law)
    {
        var open = known.Where(view => view.State != CaseStatus.Closed).ToList();
        return law is null ? open.FirstOrDefault()
            : open.FirstOrDefault(view => LawOf(view.Regime) == LawOf(law.Regime)) ?? open.FirstOrDefault(view => view is { Regime: HouseRegime.Name, State: CaseStatus.Open });
    }

    private static bool Complains(CaseView view, Dispute dispute) => dispute.ComplainantAccountId is { } account && view.ComplainantAccountIds.Contains(account);

    /// <summary>A regime without its version, as the index of open cases has it.</summary>
    private static string LawOf(string regime) => regime.Split('.')[0];

    private static Task<IReadOnlyList<CaseView>> FindAsync(DocumentSession session, Dispute dispute, CancellationToken cancellationToken) =>
        session.QueryAsync<CaseView>(
            "where data ->> 'imageId' = ? and coalesce(data ->> 'workId', '') = ? order by data ->> 'state' = 'Closed', id desc limit 100",
            [dispute.ImageId, dispute.WorkId ?? ""], cancellationToken);
}
