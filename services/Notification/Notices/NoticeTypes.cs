using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.Contracts.Notification.V1;

namespace ImageRights.Notification.Notices;

/// <summary>How a contract is told to integrators.</summary>
/// <param name="Contract">Contract heard on the bus.</param>
/// <param name="Name">CloudEvents type; a name once given stays.</param>
/// <param name="Source">CloudEvents source: the service that says it.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Subject">Identity of what it is about.</param>
/// <param name="Time">When it happened.</param>
public sealed record NoticeType(
    Type Contract, string Name, string Source, Func<object, string> Tenant, Func<object, string> Subject, Func<object, DateTimeOffset> Time);

/// <summary>The table of event types that integrators can subscribe to.</summary>
public static class NoticeTypes
{
    /// <summary>Type of a test event; it comes from no contract.</summary>
    public const string Tested = "imagerights.endpoint.tested.v1";

    /// <summary>Type that tells of a failed delivery.</summary>
    public const string DeliveryFailed = "imagerights.delivery.failed.v1";

    /// <summary>Source of what this service says itself.</summary>
    public const string Source = "/imagerights/notification";

    private const string Ingestion = "/imagerights/ingestion";
    private const string Matching = "/imagerights/matching";
    private const string CaseManagement = "/imagerights/casemanagement";

    /// <summary>All types, by contract.</summary>
    public static readonly IReadOnlyDictionary<Type, NoticeType> ByContract = new[]
    {
        Of<WorkRegistered>("imagerights.work.registered.v1", Ingestion, it => it.TenantId, it => it.WorkId, it => it.RegisteredAt),
        Of<LicenceGranted>("imagerights.licence.granted.v1", Ingestion, it => it.TenantId, it => it.LicenceId, it => it.GrantedAt),
        Of<LicenceEnded>("imagerights.licence.ended.v1", Ingestion, it => it.TenantId, it => it.LicenceId, it => it.EndedAt),
        Of<SellerReported>("imagerights.seller.reported.v1", Ingestion, it => it.TenantId, it => it.AccountId, it => it.ReportedAt),
        Of<SettlementPaid>("imagerights.settlement.paid.v1", Ingestion, it => it.TenantId, it => it.CaseId, it => it.PaidAt),
        Of<SettlementWithdrawn>("imagerights.settlement.withdrawn.v1", Ingestion, it => it.TenantId, it => it.CaseId, it => it.WithdrawnAt),
        Of<ImageScreened>("imagerights.image.screened.v1", Matching, it => it.TenantId, it => it.ImageId, it => it.ScreenedAt),
        Of<CopyFound>("imagerights.copy.found.v1", Matching, it => it.TenantId, it => it.ImageId, it => it.FoundAt),
        Of<OwnershipConflictFound>("imagerights.ownership-conflict.found.v1", Matching, it => it.TenantId, it => it.WorkId, it => it.FoundAt),
        Of<WorkSearched>("imagerights.work.searched.v1", Matching, it => it.TenantId, it => it.WorkId, it => it.SearchedAt),
        Of<CaseOpened>("imagerights.case.opened.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.OpenedAt),
        Of<MeasureApplied>("imagerights.measure.applied.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.AppliedAt),
        Of<CounterNoticeReceived>("imagerights.counter-notice.received.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.ReceivedAt),
        Of<MeasureLifted>("imagerights.measure.lifted.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.LiftedAt),
        Of<SettlementExecuted>("imagerights.settlement.executed.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.ExecutedAt),
        Of<PartyMessageSent>("imagerights.party-message.sent.v1", CaseManagement, it => it.TenantId, it => it.MessageId, it => it.SentAt),
        Of<CaseClosed>("imagerights.case.closed.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.ClosedAt),
        Of<ProcedureStepTaken>("imagerights.procedure.step-taken.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.TakenAt),
        Of<DeadlineRan>("imagerights.deadline.ran.v1", CaseManagement, it => it.TenantId, it => it.CaseId, it => it.RanAt),
        Of<DeliveryFailed>(DeliveryFailed, Source, it => it.TenantId, it => it.DeliveryId, it => it.FailedAt),
        Of<EndpointDisabled>("imagerights.endpoint.disabled.v1", Source, it => it.TenantId, it => it.EndpointId, it => it.DisabledAt),
    }.ToDictionary(type => type.Contract);

    /// <summary>Names that an endpoint's filter may hold, in order.</summary>
    public static readonly IReadOnlyList<string> Names = [.. ByContract.Values.Select(type => type.Name).Order(StringComparer.Ordinal)];

    private static NoticeType Of<T>(string name, string source, Func<T, string> tenant, Func<T, string> subject, Func<T, DateTimeOffset> time) =>
        new(typeof(T), name, source, it => tenant((T)it), it => subject((T)it), it => time((T)it));
}
