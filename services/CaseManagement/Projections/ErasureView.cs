using ImageRights.EventStore;
using static ImageRights.CaseManagement.Erasures.ErasureEvent;
using static ImageRights.CaseManagement.Erasures.HoldEvent;

namespace ImageRights.CaseManagement.Projections;

/// <summary>An erasure as it is read; written in the transaction of each of its facts.</summary>
/// <param name="ApprovedBy">The other person; null while it waits for one.</param>
/// <param name="IsDone">Whether every service has answered.</param>
/// <param name="Version">Version of the stream, and the entity tag.</param>
/// <param name="RequestedAt">When it was prepared; null in views that were written before it was kept.</param>
public sealed record ErasureView(
    string ErasureId, string PersonId, string LegalBasis, string RequestedBy, string? ApprovedBy, DateTimeOffset? ApprovedAt, bool IsDone, IReadOnlyList<ErasureProgress> Services, long Version,
    DateTimeOffset? RequestedAt = null)
{
    /// <summary>Streams of erasures begin with this.</summary>
    public const string StreamPrefix = "erasure-";

    /// <summary>Folds the next fact as it stands in the log.</summary>
    public static ErasureView? Evolve(ErasureView? view, RecordedEvent recorded) => Evolve(view, recorded.Data, recorded.Version);

    /// <summary>Folds the next fact.</summary>
    public static ErasureView? Evolve(ErasureView? view, object fact, long version)
    {
        switch (fact)
        {
            case ErasureRequested e:
                return new ErasureView(e.ErasureId, e.PersonId, e.LegalBasis, e.By, null, null, false, [], version, e.At);
            case ErasureApproved e:
                return new ErasureView(e.ErasureId, e.PersonId, e.LegalBasis, e.RequestedBy, e.ApprovedBy, e.At, e.Services.Count == 0, [.. e.Services.Select(service => new ErasureProgress(service, null, null))], version, view?.RequestedAt);
            case ServiceErased e:
                IReadOnlyList<ErasureProgress> services = [.. view!.Services.Select(progress => progress.Service == e.Service ? new ErasureProgress(e.Service, e.Keys, e.At) : progress)];
                return view with { Services = services, IsDone = services.All(progress => progress.ErasedAt is not null), Version = version };
            default:
                throw new InvalidOperationException($"{fact.GetType().Name} is no fact of an erasure.");
        }
    }
}

/// <summary>How far a service is.</summary>
/// <param name="Keys">Keys that it destroyed; null while it has not answered.</param>
public sealed record ErasureProgress(string Service, int? Keys, DateTimeOffset? ErasedAt);

/// <summary>A legal hold as it is read.</summary>
/// <param name="Version">Version of the stream, and the entity tag.</param>
public sealed record HoldView(string HoldId, string PersonId, string Reason, string PlacedBy, DateTimeOffset PlacedAt, string? LiftedBy, DateTimeOffset? LiftedAt, long Version)
{
    /// <summary>Streams of holds begin with this.</summary>
    public const string StreamPrefix = "hold-";

    /// <summary>Folds the next fact as it stands in the log.</summary>
    public static HoldView? Evolve(HoldView? view, RecordedEvent recorded) => Evolve(view, recorded.Data, recorded.Version);

    /// <summary>Folds the next fact.</summary>
    public static HoldView? Evolve(HoldView? view, object fact, long version) => fact switch
    {
        HoldPlaced e => new HoldView(e.HoldId, e.PersonId, e.Reason, e.By, e.At, null, null, version),
        HoldLifted e => view! with { LiftedBy = e.By, LiftedAt = e.At, Version = version },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a hold."),
    };
}
