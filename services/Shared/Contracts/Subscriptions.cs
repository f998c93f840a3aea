using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.Contracts.Notification.V1;

namespace ImageRights.Contracts;

/// <summary>Which queue hears which contract. A publisher waits until these queues exist, because RabbitMQ confirms and drops what no queue is bound to:
/// without the table, facts published before a service's first start would be lost to it.</summary>
public static class Subscriptions
{
    private const string Notices = "notification-every-contract";

    /// <summary>Queues by contract.</summary>
    public static readonly IReadOnlyDictionary<Type, IReadOnlyList<string>> Queues = new Dictionary<Type, IReadOnlyList<string>>
    {
        [typeof(ImageReceived)] = ["fingerprint-image-received"],
        [typeof(ImageWithdrawn)] = ["matching-image-withdrawn"],
        [typeof(WorkRegistered)] = ["fingerprint-work-registered", "casemanagement-work-registered", Notices],
        [typeof(WorkWithdrawn)] = ["matching-work-withdrawn"],
        [typeof(WorkSuspended)] = ["matching-work-suspended"],
        [typeof(WorkResumed)] = ["matching-work-resumed"],
        [typeof(LicenceGranted)] = ["matching-licence-granted", Notices],
        [typeof(LicenceEnded)] = ["matching-licence-ended", Notices],
        [typeof(SellerReported)] = ["matching-seller-reported", Notices],
        [typeof(SellerContactErased)] = ["matching-seller-contact-erased"],
        [typeof(SettlementPaid)] = [Notices],
        [typeof(SettlementWithdrawn)] = [Notices],
        [typeof(ImageFingerprinted)] = ["matching-image-fingerprinted"],
        [typeof(ImageUnreadable)] = ["matching-image-unreadable"],
        [typeof(ImageScreened)] = ["casemanagement-image-screened", Notices],
        [typeof(CopyFound)] = ["casemanagement-copy-found", Notices],
        [typeof(OwnershipConflictFound)] = ["casemanagement-ownership-conflict-found", Notices],
        [typeof(WorkSearched)] = [Notices],
        [typeof(CaseOpened)] = [Notices],
        [typeof(MeasureApplied)] = ["matching-measure-applied", Notices],
        [typeof(CounterNoticeReceived)] = [Notices],
        [typeof(MeasureLifted)] = ["matching-measure-lifted", Notices],
        [typeof(SettlementExecuted)] = [Notices],
        [typeof(CaseClosed)] = [Notices],
        [typeof(PartyMessageSent)] = ["notification-party-message-sent", Notices],
        [typeof(ProcedureStepTaken)] = [Notices],
        [typeof(DeadlineRan)] = [Notices],
        [typeof(ErasureApproved)] = ["casemanagement-erasure-approved", "ingestion-erasure-approved"],
        [typeof(PersonErased)] = ["casemanagement-person-erased"],
        [typeof(DeliveryFailed)] = [Notices],
        [typeof(EndpointDisabled)] = [Notices],
    };
}
