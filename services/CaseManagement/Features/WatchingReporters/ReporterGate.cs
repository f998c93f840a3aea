using System.Globalization;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Reporters;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.WatchingReporters;

/// <summary>The gate that each complaint passes: suspended reporters, limits of those who are not known yet, lanes.</summary>
internal static class ReporterGate
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);

    /// <summary>Lets a complaint in, or says why not and from when on. What lets it in is noted in the session's transaction.</summary>
    /// <param name="accountId">Who complains; a guest by the digest of his address, and nobody where not even that is known.</param>
    public static async Task<(Lane Lane, Rejection? Refusal)> PassAsync(
        HttpContext context, DocumentSession session, string? accountId, string reference, int items, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Whom nobody knows no machine takes at his word.
        if (accountId is null)
        {
            session.Store(reference, new ReporterFiling("", reference, items, Lane.Sampled, now));
            return (Lane.Sampled, null);
        }
        var policy = context.RequestServices.GetRequiredService<ReporterPolicies>().Of(session.TenantId);
        var reporter = await FindAsync(session, accountId, cancellationToken);
        var group = await GroupAsync(session, accountId, cancellationToken);
        var isNew = (await session.QueryAsync<ComplaintOutcome>(
            "where data ->> 'accountId' = ? and data ->> 'result' in ('Upheld', 'Countered', 'Unfounded') and coalesce((data ->> 'isObjection')::boolean, false) = false limit ?", [accountId, policy.Newcomers.FewestDecided], cancellationToken)).Count < policy.Newcomers.FewestDecided;
        var isLinked = group.Count > 1;
        IReadOnlyList<ReporterFiling> filed = isNew || isLinked
            ? await session.QueryAsync<ReporterFiling>("where data ->> 'accountId' = any(?)", [group.ToArray()], cancellationToken)
            : [];
        var admission = Admission.Decide(
            reporter, policy.TrustedFlaggers?.Contains(accountId) == true, isNew, isLinked, [.. filed.Where(each => each.At > now - LongestWindow).Select(each => new Filed(each.At, each.Items))], filed.Count, items, policy.Newcomers, now);
        if (admission.Code is { } code)
        {
            if (admission.RetryAt is not { } retry || retry == DateTimeOffset.MaxValue) return (admission.Lane, new Rejection(code, $"At most {policy.Newcomers.PerHour} pictures in an hour and {policy.Newcomers.PerDay} in a day."));
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling((retry - now).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return (admission.Lane, NotBefore(code, retry));
        }
        session.Store(reference, new ReporterFiling(accountId, reference, items, admission.Lane, now));
        return (admission.Lane, null);
    }

    /// <summary>Why a reporter's notices go before others; null when they do not.</summary>
    public static async Task<NoticePriority?> PriorityAsync(HttpContext context, DocumentSession session, string? accountId)
    {
        if (accountId is null) return null;
        if (context.RequestServices.GetRequiredService<ReporterPolicies>().Of(session.TenantId).TrustedFlaggers?.Contains(accountId) == true) return NoticePriority.TrustedFlagger;
        return (await FindAsync(session, accountId, context.RequestAborted)).IsFast ? NoticePriority.FastLane : null;
    }

    /// <summary>Why a complaint of a decision is not processed; null when it is, and for every other step. What a statute gives a respondent, as a counter-notice, no suspension takes.</summary>
    public static async Task<Rejection?> WithholdsAsync(DocumentSession session, IReadOnlyList<CaseEvent> facts, CancellationToken cancellationToken)
    {
        if (facts.OfType<CaseEvent.ComplaintLodged>().FirstOrDefault() is not { Act: var act }) return null;
        var reporter = await FindAsync(session, act.By, cancellationToken);
        return reporter.IsSuspended(act.At) ? NotBefore(ReporterCodes.Suspended, reporter.Suspension!.Until) : null;
    }

    private static async Task<Reporter> FindAsync(DocumentSession session, string accountId, CancellationToken cancellationToken) =>
        await session.Events.AggregateStreamAsync<Reporter>(Reporter.StreamPrefix + accountId, cancellationToken: cancellationToken) ?? Reporter.Initial;

    private static Rejection NotBefore(string code, DateTimeOffset at) => new(code, $"Not before {at.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}.");

    /// <summary>Accounts that share a payout or a device with this one, and itself.</summary>
    public static async Task<IReadOnlyList<string>> GroupAsync(DocumentSession session, string accountId, CancellationToken cancellationToken)
    {
        if (await session.LoadAsync<ReporterLink>(accountId, cancellationToken) is not { } link) return [accountId];
        var linked = await session.QueryAsync<ReporterLink>(
            "where data ->> 'payoutHash' = ? or data ->> 'deviceHash' = ? order by id limit 1000", [link.PayoutHash ?? "", link.DeviceHash ?? ""], cancellationToken);
        return [.. linked.Select(each => each.AccountId).Append(accountId).Distinct()];
    }
}
