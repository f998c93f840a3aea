using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;

namespace ImageRights.CaseManagement.Features.OpeningCases;

/// <summary>A screening makes its picture known, and opens a case for each registered work that was found in it. A picture that somebody else uploaded earlier
/// is no proof of anybody's right and opens none.</summary>
public sealed class ImageScreenedConsumer(DocumentStore store, CaseRules rules, TimeProvider time, ILogger<ImageScreenedConsumer> logger) : IConsumer<ImageScreened>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<ImageScreened> context)
    {
        var message = context.Message;
        await using var session = store.LightweightSession(message.TenantId);
        session.Enlist(context, this);
        var image = Know(message, context.MessageId);
        session.Store(image.ImageId, image);
        foreach (var work in image.Works)
        {
            await Intake.FileFindingAsync(session, rules, new CaseCommand.OpenCase(
                new Dispute(image.ImageId, work.WorkId, image.AccountId, work.OwnerAccountId), Origin.Screening, image.Location, null, work.Finding,
                new Act("screening", nameof(ReportReason.Copyright), $"Screening at upload found the registered work {work.WorkId} in the picture.", time.GetUtcNow())),
                logger, context.CancellationToken);
        }
        await session.SaveChangesAsync(context.CancellationToken);
    }

    private static KnownImage Know(ImageScreened message, Guid? eventId) => new(
        message.ImageId, message.AccountId, new Location(message.Surface.ToString(), message.ListingId), message.Verdict.ToString(),
        [.. message.Matches
            .Where(match => message.Verdict == ScreeningVerdict.Match && match is { Bank: Bank.Works, Disposition: Disposition.Hit })
            .DistinctBy(match => match.ReferenceId)
            .Select(match => new FoundWork(match.ReferenceId, match.OwnerAccountId, new Finding(
                match.Distance, match.Transform.ToString(), message.Thresholds.Algorithm, message.Thresholds.MaxDistance, message.Thresholds.IndexVersion)))],
        message.ScreenedAt, eventId, [.. message.Matches.Where(match => match is { Bank: Bank.Works, Disposition: Disposition.Own }).Select(match => match.ReferenceId).Distinct()]);
}
