using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.Ingestion.Erasures;
using ImageRights.Ingestion.Sellers;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;

namespace ImageRights.Ingestion.Features.Erasing;

/// <summary>Destroys the person's key of this service.</summary>
public sealed class ErasureApprovedConsumer(DocumentStore store, TimeProvider clock) : IConsumer<ErasureApproved>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<ErasureApproved> context)
    {
        var message = context.Message;
        // Again does nothing, so that a failure between this and the fact is mended by the redelivery.
        var keys = await store.Persons.DestroyAsync(message.TenantId, message.PersonId, context.CancellationToken);
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<ErasureState>(ErasureState.StreamPrefix + message.ErasureId, context.CancellationToken);
        stream.AppendMany(ErasureState.Decide(stream.Aggregate, new PersonErased(message.ErasureId, message.PersonId, keys, clock.GetUtcNow())).Events);
        // What the marketplace said of who is behind the account is no part of the record, and goes whole.
        var seller = await session.Events.FetchForWriting<SellerState>(Seller.Stream(message.PersonId), context.CancellationToken);
        if (Seller.Decide(seller.Aggregate, new SellerCommand.EraseContact(clock.GetUtcNow())) is { Code: null, Events: [_, ..] contact })
        {
            seller.AppendMany(contact);
            session.Delete<SellerContact>(message.PersonId);
        }
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
