using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Projections;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;

namespace ImageRights.CaseManagement.Features.Erasing;

/// <summary>Destroys the person's key of this service.</summary>
public sealed class ErasureApprovedConsumer(DocumentStore store, TimeProvider time) : IConsumer<ErasureApproved>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<ErasureApproved> context)
    {
        var message = context.Message;
        // Again does nothing, so that a failure between this and the fact is mended by the redelivery.
        var keys = await store.Persons.DestroyAsync(message.TenantId, message.PersonId, context.CancellationToken);
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        await Answers.RecordAsync(session, new ErasureEvent.ServiceErased(message.ErasureId, "casemanagement", keys, time.GetUtcNow()), context.CancellationToken);
    }
}

/// <summary>Takes in that another service is done.</summary>
public sealed class PersonErasedConsumer(DocumentStore store) : IConsumer<PersonErased>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<PersonErased> context)
    {
        var message = context.Message;
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        await Answers.RecordAsync(session, new ErasureEvent.ServiceErased(message.ErasureId, "ingestion", message.Keys, message.ErasedAt), context.CancellationToken);
    }
}

file static class Answers
{
    public static async Task RecordAsync(DocumentSession session, ErasureEvent.ServiceErased answer, CancellationToken cancellationToken)
    {
        var stream = await session.Events.FetchForWriting<Erasure>(ErasureView.StreamPrefix + answer.ErasureId, cancellationToken);
        stream.AppendMany(Erasure.Decide(stream.Aggregate, answer).Events);
        await session.SaveChangesAsync(cancellationToken);
    }
}
