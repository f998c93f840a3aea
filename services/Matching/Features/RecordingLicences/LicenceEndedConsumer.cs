using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Licences;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingLicences;

/// <summary>Takes in the early end of a licence.</summary>
public sealed class LicenceEndedConsumer(DocumentStore store) : IConsumer<LicenceEnded>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<LicenceEnded> context)
    {
        var message = context.Message;
        var end = new LicenceEndRecorded(RequiredId(message.LicenceId), RequiredId(message.WorkId), RequiredId(message.LicenseeAccountId), message.EndedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<LicenceState>(Licence.StreamKey(end.LicenceId), context.CancellationToken);
        stream.AppendMany(Licence.Decide(stream.Aggregate, end));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
