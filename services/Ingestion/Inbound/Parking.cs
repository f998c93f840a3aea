using System.Security.Cryptography;
using ImageRights.EventStore;
using ImageRights.Ingestion.Vault;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Inbound;

/// <summary>Keeps events that could not be taken: their bytes in the vault, the reason in a list.</summary>
public sealed class Parking(DocumentStore store, ContentVault vault, TimeProvider clock, ILogger<Parking> logger)
{
    private const string Consumer = "parking";

    /// <summary>Parks an event once; one that cannot be read has no identity and is parked each time.</summary>
    public async Task<EventOutcome> ParkAsync(string tenant, CloudEvent? incoming, byte[] bytes, string door, Rejection reason, CancellationToken cancellationToken)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        using (var content = new MemoryStream(bytes, writable: false)) await vault.StoreAsync(tenant, sha256, content, cancellationToken);
        var now = clock.GetUtcNow();
        var parked = new ParkedEvent(
            Identity.New(ParkedEvent.IdPrefix), "parked", door, incoming?.Source, incoming?.Id, incoming?.Type, reason.Code, reason.Detail, reason.Pointer,
            sha256, bytes.Length, 1, now, now, null);
        await using var session = store.LightweightSession(tenant);
        if (incoming is not null) session.Enlist(incoming.MessageId, Consumer);
        session.Store(parked.ParkedEventId, parked);
        try
        {
            await session.SaveChangesAsync(cancellationToken);
        }
        catch (DuplicateMessageException)
        {
            return new EventOutcome(incoming!.Source, incoming.Id, "duplicate");
        }
        logger.LogWarning("Event {EventId} of type {Type} was parked as {ParkedEventId}: {Code}", incoming?.Id, incoming?.Type, parked.ParkedEventId, reason.Code);
        return new EventOutcome(incoming?.Source, incoming?.Id, "parked", null, parked.ParkedEventId, reason.Code, reason.Detail);
    }
}
