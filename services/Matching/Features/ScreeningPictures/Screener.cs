using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Matching.Features.Rescanning;
using ImageRights.Matching.Features.Searching;
using ImageRights.Matching.Index;
using ImageRights.Matching.Projections;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Features.ScreeningPictures;

/// <summary>Compares each picture with everything before it in the log and says what it finds. One replica at a time leads.</summary>
/// <remarks>
/// Of any two pictures one comes later in the log, and only that one is compared with the other; hence no pair is missed and none is said twice, also within a page.
/// The index may have read further than the screener: each search asks for the index as of the picture's own place. A finding is thus a function of the log,
/// and findings commit with the progress over the facts they rest on. A crash repeats a page with the same result; a new leader has its index already.
/// See docs/adr/0010-screening-in-commit-order.md.
/// </remarks>
internal sealed class Screener(PictureIndex index, Search search, Rescanner rescanner, IOptions<MatchingOptions> options, TimeProvider clock) : ISubscription
{
    public const string FollowerName = "screener";

    public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        if (!page.Events.Any(@event => @event.Data is FingerprintRecorded or UnreadableRecorded or RescanRequested or RescanAdvanced)) return;
        await index.ReachAsync(page.Events[^1].Position, cancellationToken);
        foreach (var @event in page.Events)
        {
            switch (@event.Data)
            {
                case FingerprintRecorded { Role: PictureRole.Upload } upload: await ScreenAsync(page, @event, upload, cancellationToken); break;
                case FingerprintRecorded { Role: PictureRole.Work or PictureRole.Portrait } work: await TraceAsync(page, @event, work, cancellationToken); break;
                case UnreadableRecorded { Role: PictureRole.Upload } unreadable: await RefuseAsync(page, @event, unreadable, cancellationToken); break;
                case RescanRequested requested: rescanner.Begin(page, @event, requested); break;
                case RescanAdvanced advanced: await rescanner.AdvanceAsync(page, @event, advanced, cancellationToken); break;
            }
        }
    }

    private async Task ScreenAsync(EventPage page, RecordedEvent @event, FingerprintRecorded upload, CancellationToken cancellationToken)
    {
        using var span = StartSpan("screen upload", @event, upload.SubjectId);
        var tenant = index.For(@event.TenantId);
        var thresholds = options.Value.ThresholdsOf(upload.Algorithm, @event.TenantId, tenant.VersionBefore(@event.Position));
        var found = search.Screen(tenant, upload.AccountId, upload.OccurredAt, PictureQuery.Of(upload), thresholds);
        span?.SetTag("imagerights.verdict", found.Verdict.ToString()).SetTag("imagerights.band", found.Band?.ToString());
        await SayAsync(page, @event, span, new ScreeningCommand.Conclude(new ImageScreened(
            upload.SubjectId, upload.AccountId, upload.Surface!.Value, upload.ListingId, found.Verdict, found.Matches, thresholds, null, clock.GetUtcNow(),
            found.Band, found.Related)), cancellationToken);
    }

    private async Task TraceAsync(EventPage page, RecordedEvent @event, FingerprintRecorded work, CancellationToken cancellationToken)
    {
        using var span = StartSpan("trace work", @event, work.SubjectId);
        var tenant = index.For(@event.TenantId);
        var thresholds = options.Value.ThresholdsOf(work.Algorithm, @event.TenantId, tenant.VersionBefore(@event.Position));
        var picture = PictureQuery.Of(work);
        var (works, uploads) = search.Copies(tenant, picture, thresholds);
        var now = clock.GetUtcNow();
        var (copies, conflicts) = Judgement.JudgeWork(work, works, uploads, tenant.LicencesAt(thresholds.IndexVersion), thresholds, now);
        span?.SetTag("imagerights.copies", copies.Count).SetTag("imagerights.conflicts", conflicts.Count);
        var (compared, detailed) = tenant.UploadsAt(thresholds.IndexVersion);
        var searched = new WorkSearched(work.SubjectId, work.AccountId, compared, picture.Features?.Local is null ? 0 : detailed, copies.Count, conflicts.Count, thresholds, now);
        await SayAsync(page, @event, span, new ScreeningCommand.Report(copies, conflicts, searched), cancellationToken);
    }

    private async Task RefuseAsync(EventPage page, RecordedEvent @event, UnreadableRecorded unreadable, CancellationToken cancellationToken)
    {
        using var span = StartSpan("screen upload", @event, unreadable.SubjectId);
        span?.SetTag("imagerights.verdict", nameof(Verdict.Unreadable));
        var thresholds = options.Value.ThresholdsOf(Search.Algorithm, @event.TenantId, index.For(@event.TenantId).VersionBefore(@event.Position));
        await SayAsync(page, @event, span, new ScreeningCommand.Conclude(new ImageScreened(
            unreadable.SubjectId, unreadable.AccountId, unreadable.Surface!.Value, unreadable.ListingId, Verdict.Unreadable, [], thresholds, unreadable.Code, clock.GetUtcNow())),
            cancellationToken);
    }

    private static async Task SayAsync(EventPage page, RecordedEvent @event, Activity? span, ScreeningCommand command, CancellationToken cancellationToken)
    {
        var session = page.CausedBy(@event);
        session.TraceParent = span?.Id ?? @event.TraceParent;
        var stream = await session.Events.FetchForWriting<ScreeningState>(@event, cancellationToken);
        var facts = ScreeningDecider.Decide(stream.Aggregate, command);
        stream.AppendMany(facts);
        foreach (var copy in facts.SelectMany(CopyView.Of)) session.Store(copy.Id, copy);
    }

    // The page holds pictures of many traces; each is screened in its own.
    private static Activity? StartSpan(string name, RecordedEvent cause, string subjectId)
    {
        ActivityContext.TryParse(cause.TraceParent, null, isRemote: true, out var parent);
        return Search.Activities.StartActivity(name, ActivityKind.Internal, parent)?.About(subjectId);
    }
}
