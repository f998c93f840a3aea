using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Priority;
using ImageRights.CaseManagement.Projections;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using NodaTime;

namespace ImageRights.CaseManagement.Features.HearingPriority;

/// <summary>A registered work as this service knows it.</summary>
/// <param name="CreatedOn">When its author says that he made it.</param>
/// <param name="EventId">Event of the registration, which the registering service's log can prove.</param>
public sealed record KnownWork(string WorkId, string AccountId, DateOnly? CreatedOn, DateTimeOffset RegisteredAt, Guid EventId);

/// <summary>A work that looks like an earlier one of another account.</summary>
/// <param name="AccountId">Its account; null in what was heard before accounts were kept, as is the next.</param>
public sealed record KnownConflict(string WorkId, string EarlierWorkId, string? AccountId = null, string? EarlierAccountId = null);

/// <summary>Which account showed a paper first.</summary>
public sealed record DocumentUse(string Digest, string AccountId);

/// <summary>Remembers when works were registered.</summary>
public sealed class WorkRegisteredConsumer(DocumentStore store) : IConsumer<WorkRegistered>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<WorkRegistered> context)
    {
        var message = context.Message;
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        session.Store(message.WorkId, new KnownWork(message.WorkId, message.AccountId, message.CreatedOn, message.RegisteredAt.ToUniversalTime(), context.MessageId ?? Guid.Empty));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}

/// <summary>Remembers which works look like an earlier one.</summary>
public sealed class OwnershipConflictFoundConsumer(DocumentStore store) : IConsumer<OwnershipConflictFound>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<OwnershipConflictFound> context)
    {
        var message = context.Message;
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        session.Store($"{message.WorkId}/{message.EarlierWorkId}", new KnownConflict(message.WorkId, message.EarlierWorkId, message.AccountId, message.EarlierAccountId));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}

/// <summary>Looks a new complaint up in the sealed history.</summary>
internal static class SealedHistory
{
    /// <summary>Adds a contradiction to the session in which the complaint is filed, where there is one.</summary>
    public static async Task LookAsync(
        HttpContext context, DocumentSession session, string caseId, KnownImage image, string? accountId, string reference, string? workId, LocalDate? claimedOn, DateTimeOffset filedAt)
    {
        var cancellationToken = context.RequestAborted;
        var work = workId is null ? null : await session.LoadAsync<KnownWork>(workId, cancellationToken);
        var own = accountId is not null && work?.AccountId == accountId ? work : null;
        var claimed = claimedOn?.ToDateOnly() ?? own?.CreatedOn;
        if (claimed is null) return;
        var registered = await RegisteredAsync(session, image, workId, cancellationToken);
        var hearing = context.RequestServices.GetRequiredService<IConfiguration>().GetValue("Priority:Hearing", TimeSpan.FromDays(5));
        var found = PriorityDecider.Compare(
            caseId, claimed, accountId is null ? Sighting.OfGuest(reference, filedAt) : own is null ? new Sighting(accountId, reference, null, filedAt, null) : new Sighting(accountId, own.WorkId, null, own.RegisteredAt, own.EventId),
            new Sighting(image.AccountId, image.ImageId, image.ImageId, image.ScreenedAt.ToUniversalTime(), image.EventId), registered, hearing, filedAt);
        if (found is null) return;
        var stream = await session.Events.FetchForWriting<Contradiction>(Contradiction.StreamPrefix + caseId, cancellationToken);
        if (stream.CurrentVersion == 0) stream.AppendOne(found);
    }

    /// <summary>The earliest work of the picture's account that is in the picture.</summary>
    private static async Task<Sighting?> RegisteredAsync(DocumentSession session, KnownImage image, string? workId, CancellationToken cancellationToken)
    {
        var ids = (image.OwnWorks ?? []).ToList();
        if (workId is not null) ids.AddRange((await OwnershipConflicts.FindAsync(session, [workId], cancellationToken))[workId].Select(earlier => earlier.WorkId));
        KnownWork? earliest = null;
        foreach (var id in ids.Distinct())
        {
            if (await session.LoadAsync<KnownWork>(id, cancellationToken) is { } work && work.AccountId == image.AccountId && (earliest is null || work.RegisteredAt < earliest.RegisteredAt)) earliest = work;
        }
        return earliest is null ? null : new Sighting(earliest.AccountId, earliest.WorkId, image.ImageId, earliest.RegisteredAt, earliest.EventId);
    }
}
