using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Intervals;
using ImageRights.Matching.Licences;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingLicences;

/// <summary>Takes in a licence; it covers uploads that come after this fact in the log.</summary>
public sealed class LicenceGrantedConsumer(DocumentStore store) : IConsumer<LicenceGranted>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<LicenceGranted> context)
    {
        var message = context.Message;
        var grant = new LicenceRecorded(
            RequiredId(message.LicenceId), RequiredId(message.WorkId), RequiredId(message.LicenseeAccountId), message.From, message.Until, message.GrantedAt);
        return context.RecordAsync<IntervalState>(store, this, message.TenantId, Licence.StreamKey(grant.LicenceId), state => Interval.Decide(state, grant));
    }
}
