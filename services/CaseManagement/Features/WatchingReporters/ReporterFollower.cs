using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Reporters;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.Features.WatchingReporters;

/// <summary>Follows what cases come to and decides about those who complained. Its writes commit with its progress, so that each outcome counts once;
/// the cases' own times decide, so that a replay decides the same.</summary>
internal sealed class ReporterFollower(ReporterPolicies policies) : ISubscription
{
    public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        foreach (var tenant in page.Events.Where(@event => @event.Data is CaseEvent).GroupBy(@event => @event.TenantId))
        {
            var session = page.ForTenant(tenant.Key);
            var touched = new Dictionary<string, DateTimeOffset>();
            var changed = new Dictionary<string, ComplaintOutcome>();
            foreach (var stream in tenant.GroupBy(@event => @event.StreamKey))
            {
                var last = stream.Max(@event => @event.Version);
                var history = await session.Events.FetchStreamAsync(stream.Key, last, cancellationToken: cancellationToken);
                var at = ((CaseEvent)history[^1].Data).Act.At;
                foreach (var outcome in CaseOutcomes.Of(CaseId.OfStream(stream.Key).Value, [.. history.Select(@event => (CaseEvent)@event.Data)]))
                {
                    session.Store(outcome.Id, outcome);
                    changed[outcome.Id] = outcome;
                    if (outcome.Result != ComplaintResult.Open && (!touched.TryGetValue(outcome.AccountId, out var earlier) || earlier < at)) touched[outcome.AccountId] = at;
                }
            }
            foreach (var (account, at) in touched) await AssessAsync(session, account, changed, at, cancellationToken);
        }
    }

    private async Task AssessAsync(DocumentSession session, string account, Dictionary<string, ComplaintOutcome> changed, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var policy = policies.Of(session.TenantId);
        var stored = await session.QueryAsync<ComplaintOutcome>("where data ->> 'accountId' = ?", [account], cancellationToken);
        var outcomes = stored.Where(each => !changed.ContainsKey(each.Id)).Concat(changed.Values.Where(each => each.AccountId == account));
        var stream = await session.Events.FetchForWriting<Reporter>(Reporter.StreamPrefix + account, cancellationToken);
        stream.AppendMany(ReporterDecider.Assess(stream.Aggregate, account, ComplaintOutcome.Count(outcomes, stream.Aggregate, policy, at), policy, at));
    }
}
