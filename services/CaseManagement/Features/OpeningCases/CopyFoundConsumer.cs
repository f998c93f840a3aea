using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;

namespace ImageRights.CaseManagement.Features.OpeningCases;

/// <summary>A work that was registered after the picture opens a case too; the message says all that is needed, whether or not the picture is known yet.</summary>
public sealed class CopyFoundConsumer(DocumentStore store, CaseRules rules, TimeProvider time, ILogger<CopyFoundConsumer> logger) : IConsumer<CopyFound>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<CopyFound> context)
    {
        var message = context.Message;
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        await Intake.FileFindingAsync(session, rules, new CaseCommand.OpenCase(
            new Dispute(message.ImageId, message.WorkId, message.ImageAccountId, message.WorkAccountId), Origin.Retroactive,
            new Location(message.Surface.ToString(), message.ListingId), null,
            new Finding(message.Distance, message.Transform.ToString(), message.Thresholds.Algorithm, message.Thresholds.MaxDistance, message.Thresholds.IndexVersion),
            new Act("screening", nameof(ReportReason.Copyright), $"The work {message.WorkId}, registered later, was found in the picture.", time.GetUtcNow())),
            logger, context.CancellationToken);
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
