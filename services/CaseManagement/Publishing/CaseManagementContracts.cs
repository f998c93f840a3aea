using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.RegimeChoices;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using Surface = ImageRights.Contracts.Ingestion.V1.Surface;
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
                tenant, id, Published(e.Origin), d.ImageId, d.WorkId, d.RespondentAccountId, d.ComplainantAccountId, e.Regime, e.Act.At, SurfaceOf(e.Location), e.Location.ListingId),
            MeasureApplied { Dispute: var d } e => new V1.MeasureApplied(
                tenant, id, e.MeasureId, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Act.ReasonCode, e.Act.Statement, e.Act.By, e.Act.At,
                e.Scope?.LegalBasis, e.Scope?.Territories, e.Ground?.Rule, e.Cause, SurfaceOf(d.Location), d.Location?.ListingId),
            CounterNoticeReceived { Dispute: var d } e => new V1.CounterNoticeReceived(
                tenant, id, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Act.ReasonCode, e.Act.At, SurfaceOf(d.Location), d.Location?.ListingId),
            MeasureLifted { Dispute: var d } e => new V1.MeasureLifted(
                tenant, id, e.MeasureId, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Act.ReasonCode, e.Act.By, e.Act.At, e.Ground?.Rule, e.Cause,
                SurfaceOf(d.Location), d.Location?.ListingId),
            SettlementExecuted { Dispute: var d } e => new V1.SettlementExecuted(
                tenant, id, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, e.Amount, e.Currency, e.Act.At, SurfaceOf(d.Location), d.Location?.ListingId),
            CaseClosed { Dispute: var d } e => new V1.CaseClosed(
                tenant, id, d.ImageId, d.RespondentAccountId, d.ComplainantAccountId, Published(e.Outcome), e.Act.At, SurfaceOf(d.Location), d.Location?.ListingId),
            Step e => Taken(e, e.Ground, e.Speaker, e.Particulars.OccurredAt),
            CounterNoticeDeficient e => Taken(e, e.Ground, Speaker.Respondent),
            ComplainantWithdrew e => Taken(e, null, Speaker.Complainant),
            CaseReopened e => Taken(e, null, null),
            DeadlineExtended e => Taken(e, e.Ground, null),
            RegimeAdopted e => Taken(e, null, Speaker.Complainant),
            LitigationHold e => Taken(e, e.Ground, null),
            LitigationHoldEnded e => Taken(e, e.Ground, null),
            NoticesBarred e => Taken(e, e.Ground, null),
            DeadlineWarned e => Ran(e, e.Ground, V1.DeadlineEffect.Warned, e.DueAt),
            DeadlineFired e => Ran(e, e.Ground, V1.DeadlineEffect.Fired, e.DueAt),
            DeadlineElapsed e => Ran(e, e.Ground, V1.DeadlineEffect.Elapsed, e.DueAt),
            DeadlineExecutedLate e => Ran(e, e.Ground, V1.DeadlineEffect.ExecutedLate, e.DueAt),
            // The dismissal is heard as the closing that commits with it; who else complained is the marketplace's knowledge only.
            CaseDismissed or ComplainantJoined => null,
            // A notice is heard of as the cases that it opens or joins; before that it is between the complainant and the platform.
            NoticeEvent => null,
            MessageEvent.MessageSent e => new V1.PartyMessageSent(
                tenant, e.MessageId, e.Fact, e.Party.ToString(), e.AccountId, e.CaseId, e.NoticeId, e.Codes, e.Due, [.. e.Texts.Select(text => new V1.PartyMessageText(text.Language, text.Subject, text.Body))], e.At),
            // What is decided about a reporter, and about who had a picture first, those concerned hear as messages.
            ReporterEvent or PriorityEvent => null,
            // Its addressee hears of it as the measure's message; the Transparency Database has a queue of its own.
            StatementEvent => null,
            // Whoever is concerned sees it in the regime of the next case.
            RegimesChosen => null,
            ErasureEvent.ErasureApproved e => new V1.ErasureApproved(@event.TenantId, e.ErasureId, e.PersonId, e.LegalBasis, e.At),
            // Who asks for progress is answered; holds are nobody's matter outside.
            ErasureEvent.ErasureRequested or ErasureEvent.ServiceErased or HoldEvent => null,
            _ => throw new InvalidOperationException($"{@event.EventTypeName} is neither published nor internal."),
        };

        V1.ProcedureStepTaken Taken(CaseEvent e, Ground? ground, Speaker? speaker, DateTimeOffset? occurredAt = null) => new(
            tenant, id, e.GetType().Name, e.Dispute.ImageId, e.Dispute.RespondentAccountId, e.Dispute.ComplainantAccountId, ground?.Rule, speaker?.ToString(),
            e.Act.ReasonCode, occurredAt ?? e.Act.At, e.Act.At, SurfaceOf(e.Dispute.Location), e.Dispute.Location?.ListingId);

        V1.DeadlineRan Ran(CaseEvent e, Ground ground, V1.DeadlineEffect effect, DateTimeOffset dueAt) => new(
            tenant, id, ground.Rule, effect, e.Dispute.ImageId, e.Dispute.RespondentAccountId, e.Dispute.ComplainantAccountId, dueAt, e.Act.At,
            SurfaceOf(e.Dispute.Location), e.Dispute.Location?.ListingId);
    }

    private static Surface? SurfaceOf(Location? location) => Enum.TryParse<Surface>(location?.Surface, out var surface) ? surface : null;

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
