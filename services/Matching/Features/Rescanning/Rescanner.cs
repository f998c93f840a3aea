using ImageRights.EventStore;
using ImageRights.Matching.Features.Searching;
using ImageRights.Matching.Index;
using ImageRights.Matching.Projections;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Features.Rescanning;

/// <summary>Looks for every work anew, a few works for each <see cref="RescanAdvanced"/>, of which the next follows: between two of them the screener takes what has arrived.</summary>
/// <remarks>
/// A step is a part of the screener's page. It commits with the finds and with the progress over the fact before it, so that a rescan goes on after a restart where it was.
/// When the screener reads the request, it has concluded everything before it; so what is found and was not reported then is new.
/// </remarks>
internal sealed class Rescanner(PictureIndex index, Search search, IOptions<MatchingOptions> options, TimeProvider clock)
{
    // The longest that a rescan keeps an upload waiting, but for one search.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    /// <summary>Begins a rescan of what came before the request.</summary>
    public void Begin(EventPage page, RecordedEvent @event, RescanRequested requested)
    {
        var tenant = index.For(@event.TenantId);
        var (version, now) = (tenant.VersionBefore(@event.Position), clock.GetUtcNow());
        var works = tenant.Pictures(Bank.Works, 0, version).Count();
        Say(page.CausedBy(@event), new RescanAdvanced(requested.RescanId, version, works, 0, 0, works == 0 ? null : 0, requested.RequestedAt, now, now));
    }

    /// <summary>Takes the next step.</summary>
    public async Task AdvanceAsync(EventPage page, RecordedEvent @event, RescanAdvanced last, CancellationToken cancellationToken)
    {
        if (last.NextRow is not { } next) return;
        using var span = Search.Activities.StartActivity("rescan")?.SetTag("imagerights.rescan.id", last.RescanId);
        var (tenant, started, done, found) = (index.For(@event.TenantId), clock.GetTimestamp(), last.Done, last.Found);
        var busy = page.Events.Select(other => other.StreamKey).ToHashSet();
        int? stoppedAt = null;
        foreach (var (row, workId) in tenant.Pictures(Bank.Works, next, last.IndexVersion))
        {
            // What the screener says of a work in this page must be committed before more is said of it.
            if (done > last.Done && clock.GetElapsedTime(started) >= Step || busy.Contains(ScreeningDecider.StreamKey(workId)))
            {
                stoppedAt = row;
                break;
            }
            found += await RetraceAsync(page.CausedBy(@event), tenant, workId, last.IndexVersion, cancellationToken);
            done++;
        }
        span?.SetTag("imagerights.works", done - last.Done).SetTag("imagerights.found", found - last.Found);
        Say(page.CausedBy(@event), last with { Done = done, Found = found, NextRow = stoppedAt, At = clock.GetUtcNow() });
    }

    private async Task<int> RetraceAsync(DocumentSession session, TenantIndex tenant, string workId, long version, CancellationToken cancellationToken)
    {
        var stream = await session.Events.FetchForWriting<ScreeningState>(ScreeningDecider.StreamKey(workId), cancellationToken);
        var (work, licences) = (FingerprintRecorded.LastOf(stream.Events.Select(@event => @event.Data))!, tenant.LicencesAt(version));
        var (picture, thresholds) = (PictureQuery.Of(work), options.Value.ThresholdsOf(work.Algorithm, session.TenantId, version));
        var (works, uploads) = search.Copies(tenant, picture, thresholds);
        var (copies, _) = Judgement.JudgeWork(work, [.. works.Where(other => other.Id != workId)], uploads, licences, thresholds, clock.GetUtcNow());
        // Of two works the later one is in conflict with the earlier; they come in the order of the log.
        var (_, conflicts) = Judgement.JudgeWork(work, [.. works.TakeWhile(other => other.Id != workId)], [], licences, thresholds, clock.GetUtcNow());
        var known = await KnownAsync(session, [.. copies.Select(copy => CopyView.IdOf(workId, copy.ImageId))], cancellationToken);
        var facts = ScreeningDecider.Decide(
            stream.Aggregate, new ScreeningCommand.Report([.. copies.Where(copy => !known.Contains(CopyView.IdOf(workId, copy.ImageId)))], conflicts));
        stream.AppendMany(facts);
        foreach (var copy in facts.SelectMany(CopyView.Of)) session.Store(copy.Id, copy);
        return facts.Count;
    }

    private static async Task<HashSet<string>> KnownAsync(DocumentSession session, string[] pairs, CancellationToken cancellationToken) => pairs.Length == 0
        ? []
        : [.. await session.QueryRowsAsync("select id from {schema}.mt_doc_copy_view where id = any(?)", [pairs], reader => reader.GetString(0), cancellationToken)];

    private static void Say(DocumentSession session, RescanAdvanced advanced)
    {
        session.Events.Append(advanced.StreamKey, advanced);
        session.Store(advanced.RescanId, RescanView.Of(advanced));
    }
}
