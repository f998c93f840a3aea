using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features;

/// <summary>The way of a message into the log, which the consumers of this service share.</summary>
internal static class Recording
{
    /// <summary>Decides in a stream what the message adds to it, and saves that as the message's one effect.</summary>
    /// <exception cref="MalformedMessageException">The tenant is no id.</exception>
    public static async Task RecordAsync<TState>(
        this ConsumeContext context, DocumentStore store, object consumer, string tenantId, string streamKey, Func<TState, IReadOnlyList<object>> decide) where TState : class
    {
        await using var session = store.LightweightSession(RequiredId(tenantId, "TenantId"));
        session.Enlist(context, consumer);
        var stream = await session.Events.FetchForWriting<TState>(streamKey, context.CancellationToken);
        stream.AppendMany(decide(stream.Aggregate));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
