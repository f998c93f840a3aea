namespace ImageRights.EventStore;

/// <summary>Keeps a read model that is not written with the append but soon after it.</summary>
internal sealed class SnapshotFollower(DocumentStore store, StreamSnapshot snapshot) : ISubscription
{
    public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        var streams = page.Events.Where(e => e.StreamKey.StartsWith(snapshot.StreamPrefix, StringComparison.Ordinal)).Select(e => (e.TenantId, e.StreamKey)).ToHashSet();
        if (streams.Count == 0) return;
        await using var connection = await store.AcrossTenants.OpenConnectionAsync(cancellationToken);
        // As the streams are now, not as they were at the page's end: a document never goes back.
        foreach (var document in await StreamFolding.FoldAsync(store, connection, snapshot, streams, cancellationToken))
            page.ForTenant(document.Tenant).StoreSerialised(snapshot.DocumentType, document.Id, document.Body, document.Version);
    }
}
