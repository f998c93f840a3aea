using System.Text.Json;
using ImageRights.CaseManagement.CaseFiles;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.Informing;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Telemetry;

namespace ImageRights.CaseManagement.Features.ExportingCases;

/// <summary>Taking a case out of the house.</summary>
internal static class ExportEndpoint
{
    private const int MostEvents = 10_000, MostOfOthers = 1_000;
    private const string OfAnother = "It is another account's.";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // Each holds pictures of up to 26 MB in memory.
    private static readonly SemaphoreSlim AtOnce = new(2);

    /// <summary><c>GET /v1/cases/{id}/export</c>.</summary>
    public static void MapExport(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/cases/{id}/export", ExportAsync)
        .Requires(Permission.CasesRead).OfAccount(CaseCodes.NotFound, Belonging.CaseAsync)
        .WithTags("Cases").WithName("ExportCase").WithSummary("The case as a file that proves itself: events, pictures, proofs, a page to read and print; for a party what it sees of it");

    private static async Task<IResult> ExportAsync(string id, HttpContext context, DocumentStore store, TransparencyLog log, TimeStamps stamps, CaseFileSources sources, TimeProvider time)
    {
        var cancellationToken = context.RequestAborted;
        await using var session = store.LightweightSession(context.Tenant());
        if (!CaseId.TryParse(id, out var caseId) || await session.Events.FetchStreamStateAsync(caseId.StreamKey, cancellationToken) is not { } stream) return context.Problem(new Rejection(CaseCodes.NotFound));
        if (stream.Version > MostEvents) return context.Problem(new Rejection("Case_File_Too_Large", $"It has {stream.Version} events; a file holds {MostEvents}."));
        if (!await AtOnce.WaitAsync(LongestWait, cancellationToken)) return context.Problem(new Rejection("Dependency_Unavailable", "Too many case files at once."));
        try
        {
            if (await log.SealedStreamsAsync(session.TenantId, [caseId.StreamKey], cancellationToken) is not { } own || own.Events.Count < stream.Version) return context.Problem(new Rejection("Case_Not_Sealed"));
            var account = context.PartyAccount();
            var notices = await NoticesAsync(session, own, account, cancellationToken);
            var record = notices.Count == 0 ? own : await log.SealedStreamsAsync(session.TenantId, [caseId.StreamKey, .. notices.Select(notice => NoticeView.StreamPrefix + notice)], cancellationToken);
            if (record is null) return context.Problem(new Rejection("Case_Not_Sealed"));
            record = await record.StampedAsync(stamps, cancellationToken);
            using var activity = StepHandling.Activities.StartActivity("export case");
            activity?.About(caseId.Value).SetTag("imagerights.events", record.Events.Count);

            var file = new CaseFile(caseId.Value, time.GetUtcNow(), record, account is null ? null : await Told.SightAsync(session, caseId, account, cancellationToken));
            if (record.NoTimeStamp is { } noStamp) file.Lacks("a time stamp over the checkpoint", noStamp);
            foreach (var notice in notices)
            {
                if (await session.LoadAsync<NoticePapers>(notice, cancellationToken) is not { } papers) file.Lacks($"the papers of {notice}", "They are not kept any more.");
                else file.Add(new PageDocument(notice, [.. papers.Elements.Select(element => new PageFact(EventWords.Member(element.Key), element.Value)), .. papers.Urls.Select(url => new PageFact(new Words("Address", "网址"), url))]));
            }
            await AddPicturesAsync(file, sources, session.TenantId, record, account, cancellationToken);
            var (images, works) = (References(record, "imageId"), References(record, "workId"));
            foreach (var (peer, prefix, what) in new[] { ("matching", "screening", "the record of what was compared and found"), ("fingerprint", "fingerprint", "the record of the pictures' fingerprints") })
                await AddRecordAsync(file, sources, session.TenantId, peer, images.Concat(works).Select(picture => $"{prefix}-{picture}"), images, what, cancellationToken);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.File(file.ToArchive(log.SignStatement), "application/zip", $"{caseId.Value}.zip");
        }
        finally
        {
            AtOnce.Release();
        }
    }

    // Another's notice is another's, also where both complain of one picture.
    private static async Task<IReadOnlyList<string>> NoticesAsync(DocumentSession session, SealedStreams record, string? account, CancellationToken cancellationToken)
    {
        var notices = References(record, "reportId").Concat(References(record, "noticeId")).Where(reference => reference.StartsWith("ntc_", StringComparison.Ordinal)).Distinct().ToList();
        if (account is null) return notices;
        var own = new List<string>();
        foreach (var notice in notices) if (await Belonging.NoticeAsync(session, notice, account, cancellationToken)) own.Add(notice);
        return own;
    }

    /// <summary>Adds pictures and the record of where they come from; to a party its own, and how the disputed one looks, which was shown on the marketplace.</summary>
    private static async Task AddPicturesAsync(CaseFile file, CaseFileSources sources, string tenant, SealedStreams record, string? account, CancellationToken cancellationToken)
    {
        var streams = new List<string>();
        foreach (var (role, member, kind) in new[] { ("Disputed", "imageId", "image"), ("Work", "workId", "work") })
        {
            foreach (var picture in References(record, member))
            {
                var (described, why) = await sources.DescribeAsync(tenant, $"/v1/{kind}s/{Uri.EscapeDataString(picture)}", cancellationToken);
                if (why is not null || Text(described, "sha256") is not { } sha256)
                {
                    file.Lacks($"the {kind} {picture}", why ?? "Its hash is not known.");
                    continue;
                }
                var isOpen = account is null || Text(described, "accountId") == account;
                if (!isOpen && kind == "work")
                {
                    file.Lacks($"the {kind} {picture}", OfAnother);
                    continue;
                }
                if (isOpen) streams.Add($"{kind}-{picture}");
                var (bytes, bytesWhy) = isOpen ? await sources.ContentAsync(tenant, sha256, cancellationToken) : (null, OfAnother);
                var (rendition, renditionWhy) = await sources.RenditionAsync(tenant, sha256, cancellationToken);
                if (bytesWhy is not null) file.Lacks($"the bytes of {picture}", bytesWhy);
                if (renditionWhy is not null) file.Lacks($"a view of {picture}", renditionWhy);
                var caption = !isOpen ? null : string.Join(", ", new[] { Text(described, "title"), Text(described, "author"), Text(described, "accountId"), Text(described, "registeredAt") ?? Text(described, "receivedAt") }.OfType<string>());
                file.Add(new DisputedPicture(role, picture, sha256, caption, bytes, rendition));
            }
        }
        if (streams.Count > 0) await AddRecordAsync(file, sources, tenant, "ingestion", streams, References(record, "imageId"), "the record of the pictures' upload and registration", cancellationToken);
    }

    private static async Task AddRecordAsync(
        CaseFile file, CaseFileSources sources, string tenant, string peer, IEnumerable<string> streams, IEnumerable<string> images, string what, CancellationToken cancellationToken)
    {
        var (other, missing) = await sources.RecordAsync(tenant, peer, streams, images, cancellationToken);
        if (other is { Events.Count: > MostOfOthers }) (other, missing) = (null, $"It has more events than a file holds, {MostOfOthers}.");
        if (other is not null) file.Add(other);
        else file.Lacks(what, missing ?? "It is not sealed.");
        if (other?.NoTimeStamp is { } noStamp) file.Lacks($"a time stamp over the checkpoint of {what}", noStamp);
    }

    private static List<string> References(SealedStreams record, string member) => [.. record.Events.SelectMany(@event => CaseReferences.Named(@event.Entry, member)).Distinct()];

    private static string? Text(JsonElement element, string member) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
