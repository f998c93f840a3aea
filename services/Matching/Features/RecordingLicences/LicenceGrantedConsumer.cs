using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Licences;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingLicences;

/// <summary>Takes in a licence; it covers uploads that come after this fact in the log.</summary>
public sealed class LicenceGrantedConsumer(DocumentStore store) : IConsumer<LicenceGranted>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<LicenceGranted> context)
    {
        var message = context.Message;
        var grant = new LicenceRecorded(
            RequiredId(message.LicenceId), RequiredId(message.WorkId), RequiredId(message.LicenseeAccountId), message.From, message.Until, message.GrantedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<LicenceState>(Licence.StreamKey(grant.LicenceId), context.CancellationToken);
        stream.AppendMany(Licence.Decide(stream.Aggregate, grant));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
