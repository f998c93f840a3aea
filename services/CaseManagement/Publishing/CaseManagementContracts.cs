using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Notices;
using ImageRights.EventStore;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using V1 = ImageRights.Contracts.CaseManagement.V1;

namespace ImageRights.CaseManagement.Publishing;

/// <summary>What others hear of a case.</summary>
public static class CaseManagementContracts
{
    /// <summary>The contract that tells of a fact; null for a fact that stays inside.</summary>
    public static object? Translate(RecordedEvent @event)
    {
        var (tenant, id) = (@event.TenantId, CaseId.OfStream(@event.StreamKey).Value);
        return @event.Data switch
        {
            CaseOpened { Dispute: var d } e => new V1.CaseOpened(
                tenant, id, Published(e.Origin), d.ImageId, d.WorkId, d.RespondentAccountId, d.ComplainantAccountId, e.Regime, e.Act.At),
            MeasureApplied { Dispute: var d } e => new V1.MeasureApplied(
                tenant, id, e.MeasureId, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Act.ReasonCode, e.Act.Statement, e.Act.By, e.Act.At),
            CounterNoticeReceived { Dispute: var d } e => new V1.CounterNoticeReceived(
                tenant, id, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Act.ReasonCode, e.Act.At),
            MeasureLifted { Dispute: var d } e => new V1.MeasureLifted(
                tenant, id, e.MeasureId, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Act.ReasonCode, e.Act.By, e.Act.At),
            SettlementExecuted { Dispute: var d } e => new V1.SettlementExecuted(
                tenant, id, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Amount, e.Currency, e.Act.At),
            CaseClosed { Dispute: var d } e => new V1.CaseClosed(
                tenant, id, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, Published(e.Outcome), e.Act.At),
            // The dismissal is heard as the closing that commits with it; who else complained is the marketplace's knowledge only.
            CaseDismissed or ComplainantJoined => null,
            // A notice is heard of as the cases that it opens or joins; before that it is between the complainant and the platform.
            NoticeEvent => null,
            ErasureEvent.ErasureApproved e => new V1.ErasureApproved(@event.TenantId, e.ErasureId, e.PersonId, e.LegalBasis, e.At),
            // Who asks for progress is answered; holds are nobody's matter outside.
            ErasureEvent.ServiceErased or HoldEvent => null,
            _ => throw new InvalidOperationException($"{@event.EventTypeName} is neither published nor internal."),
        };
    }

    private static V1.CaseOrigin Published(Origin origin) => origin switch
    {
        Origin.Report => V1.CaseOrigin.Report,
        Origin.Screening => V1.CaseOrigin.Screening,
        Origin.Retroactive => V1.CaseOrigin.Retroactive,
    };

    private static V1.CaseOutcome Published(Outcome outcome) => outcome switch
    {
        Outcome.Dismissed => V1.CaseOutcome.Dismissed,
        Outcome.Upheld => V1.CaseOutcome.Upheld,
        Outcome.Reinstated => V1.CaseOutcome.Reinstated,
        Outcome.Settled => V1.CaseOutcome.Settled,
    };
}
