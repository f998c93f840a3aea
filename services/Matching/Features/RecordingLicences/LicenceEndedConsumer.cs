using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Intervals;
using ImageRights.Matching.Licences;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingLicences;

/// <summary>Takes in the early end of a licence.</summary>
public sealed class LicenceEndedConsumer(DocumentStore store) : IConsumer<LicenceEnded>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<LicenceEnded> context)
    {
        var message = context.Message;
        var end = new LicenceEndRecorded(RequiredId(message.LicenceId), RequiredId(message.WorkId), RequiredId(message.LicenseeAccountId), message.EndedAt);
        return context.RecordAsync<IntervalState>(store, this, message.TenantId, Licence.StreamKey(end.LicenceId), state => Interval.Decide(state, end));
    }
}
