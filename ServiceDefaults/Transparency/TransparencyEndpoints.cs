using System.Globalization;
using System.Text;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Http.Description;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.ServiceDefaults.Transparency;

/// <summary>The service's transparency log for anybody who wants to check it: C2SP tlog-tiles under <c>/v1/log</c>, and proofs.</summary>
public static class TransparencyEndpoints
{
    private const int MostStreams = 100;

    private const string Moments =
        "An event is sequenced when its request is answered: it is durable and its place is fixed. It is integrated when its leaf is in the Merkle tree, and published when a signed checkpoint commits to it; both follow together within a second.";

    /// <summary>What the API's description says of them, in every service.</summary>
    internal static readonly IReadOnlyDictionary<string, ApiOperation> Operations = new Dictionary<string, ApiOperation>
    {
        ["GetCheckpoint"] = Text("Not_Found"),
        ["GetLogKeys"] = Text(),
        ["GetLogTile"] = ApiOperation.Reads<byte[]>("Not_Found") with { MediaType = "application/octet-stream" },
        ["GetLogEntry"] = ApiOperation.Reads<JsonElement>("Not_Found"),
        ["GetTimeStamp"] = ApiOperation.Reads<JsonElement>("Not_Found"),
        ["GetInclusionProof"] = Text("Not_Found", "Log_Entry_Not_Published").With(("eventId!", "Id of an event, a UUID.")),
        ["GetConsistencyProof"] = Text().With(("from!", "Size of the earlier checkpoint."), ("to!", "Size of the later checkpoint.")),
    };

    private static ApiOperation Text(params string[] codes) => ApiOperation.Reads<string>(codes) with { MediaType = "text/plain" };

    /// <summary>Maps checkpoint, tiles, entries and proofs.</summary>
    public static IEndpointRouteBuilder MapTransparencyLog(this IEndpointRouteBuilder routes)
    {
        // A log is there to be watched: checkpoints, hashes and consistency are for everybody, who learns nothing from them but that nothing was changed.
        // The addresses and texts are C2SP's (tlog-tiles, tlog-checkpoint), for its clients.
        var log = routes.MapGroup("/v1/log").WithTags("Transparency log").Requires(Permission.LogRead);
        log.MapGet("/checkpoint", CheckpointAsync).AllowAnonymous().WithName("GetCheckpoint").WithSummary("The latest checkpoint, a signed note (C2SP tlog-checkpoint)").WithDescription(Moments);
        log.MapGet("/keys", KeysAsync).AllowAnonymous().WithName("GetLogKeys").WithSummary("Keys that checkpoints were signed with (C2SP verifier keys), the latest last")
            .WithDescription("Keep the key when you first see it: a key that is fetched together with what it signed shows nothing.");
        log.MapGet("/tile/{level:int}/{**index}", TileAsync).AllowAnonymous().WithName("GetLogTile").WithSummary("Hashes of a tile of height 8 (C2SP tlog-tiles), such as 0/x001/234 or, while it grows, 0/x001/234.p/17");
        log.MapGet("/entries/{index:long}", EntryAsync).WithName("GetLogEntry").WithSummary("The event at an index, in the canonical JSON (RFC 8785) that the leaf is the hash of");
        log.MapGet("/proofs/inclusion", InclusionAsync).WithName("GetInclusionProof").WithSummary("Proof that an event is in the log, to be checked offline (C2SP tlog-proof)").WithDescription(Moments);
        log.MapGet("/proofs/consistency", ConsistencyAsync).AllowAnonymous().WithName("GetConsistencyProof").WithSummary("Proof that the later of two checkpoints continues the earlier one (RFC 6962, 2.1.2)");
        log.MapGet("/timestamp", TimeStampAsync).AllowAnonymous().WithName("GetTimeStamp").WithSummary("The latest checkpoint that has an RFC 3161 token, with the token over its SHA-256");
        // For other services, which put it into what they give out.
        routes.MapGet("/internal/v1/log/streams", StreamsAsync).Requires(Permission.ContentsRead).WithTags("Internal").WithName("GetSealedStreams").ExcludeFromDescription();
        return routes;
    }

    private static async Task<IResult> TimeStampAsync(HttpContext context, TimeStamps stamps)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await stamps.LatestAsync(context.RequestAborted) is { } kept ? TypedResults.Json(kept, StoreOptions.Json) : context.Problem(new Rejection("Not_Found", "No checkpoint has a time stamp."));
    }

    private static async Task<IResult> StreamsAsync(HttpContext context, TransparencyLog log, TimeStamps stamps)
    {
        string[] keys = [.. context.Request.Query["key"].OfType<string>().Distinct()];
        if (keys.Length is 0 or > MostStreams) return context.Problem(new Rejection("Request_Invalid", $"key is given 1 to {MostStreams} times.", "/key"));
        // A work's stream has what was found of it in every picture; who asks for one picture is not sent all of it.
        string[]? images = context.Request.Query.TryGetValue("imageId", out var given) ? [.. given.OfType<string>()] : null;
        return await log.SealedStreamsAsync(context.Tenant(), keys, context.RequestAborted, images) is { } streams
            ? TypedResults.Json(await streams.StampedAsync(stamps, context.RequestAborted), StoreOptions.Json)
            : context.Problem(new Rejection("Log_Entry_Not_Published"));
    }

    private static async Task<IResult> CheckpointAsync(HttpContext context, TransparencyLog log)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await log.LatestCheckpointAsync(context.RequestAborted) is { } note ? TypedResults.Text(note, "text/plain", Encoding.UTF8) : context.Problem(new Rejection("Not_Found", "The log is empty."));
    }

    private static async Task<IResult> KeysAsync(HttpContext context, TransparencyLog log) =>
        TypedResults.Text(string.Concat((await log.VerifierKeysAsync(context.RequestAborted)).Select(key => key + "\n")), "text/plain", Encoding.UTF8);

    private static async Task<IResult> TileAsync(HttpContext context, TransparencyLog log, int level, string index)
    {
        if (ReadTilePath(index) is not var (place, width) || await log.TileAsync(level, place, width, context.RequestAborted) is not { } hashes) return context.Problem(new Rejection("Not_Found"));
        // What is published never changes.
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(hashes, "application/octet-stream");
    }

    private static async Task<IResult> EntryAsync(HttpContext context, TransparencyLog log, long index) =>
        await log.EntryAsync(context.Tenant(), index, context.RequestAborted) is { } entry ? TypedResults.Bytes(entry, "application/json") : context.Problem(new Rejection("Not_Found"));

    private static async Task<IResult> InclusionAsync(HttpContext context, TransparencyLog log, string? eventId)
    {
        if (!Guid.TryParse(eventId, out var id)) return context.Problem(new Rejection("Request_Invalid", "eventId is the id of an event, a UUID.", "/eventId"));
        var (proof, exists) = await log.InclusionProofAsync(context.Tenant(), id, context.RequestAborted);
        if (proof is not null) return TypedResults.Text(proof, "text/plain", Encoding.UTF8);
        if (!exists) return context.Problem(new Rejection("Not_Found", "There is no such event."));
        context.Response.Headers.RetryAfter = "1";
        return context.Problem(new Rejection("Log_Entry_Not_Published"));
    }

    private static async Task<IResult> ConsistencyAsync(HttpContext context, TransparencyLog log, string? from, string? to)
    {
        if (!long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var older) || !long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var newer)
            || await log.ConsistencyProofAsync(older, newer, context.RequestAborted) is not { } proof)
            return context.Problem(new Rejection("Request_Invalid", "from and to are sizes of checkpoints: 0 < from ≤ to ≤ size of the latest.", "/from"));
        return TypedResults.Text(string.Concat(proof.Select(hash => Convert.ToBase64String(hash) + "\n")), "text/plain", Encoding.UTF8);
    }

    /// <summary>Reads <c>x001/x234/067</c> or <c>x001/x234/067.p/8</c>.</summary>
    private static (long Index, int Width)? ReadTilePath(string path)
    {
        var width = Tile.Width;
        if (path.IndexOf(".p/", StringComparison.Ordinal) is >= 0 and var part)
        {
            if (!int.TryParse(path.AsSpan(part + 3), NumberStyles.None, CultureInfo.InvariantCulture, out width) || width is < 1 or >= Tile.Width) return null;
            path = path[..part];
        }
        var groups = path.Split('/');
        var index = 0L;
        for (var place = 0; place < groups.Length && place < 5; place++)
        {
            var group = groups[place];
            var last = place == groups.Length - 1;
            if (!last && !group.StartsWith('x')) return null;
            var digits = last ? group : group[1..];
            if (digits.Length != 3 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            index = (index * 1000) + number;
        }
        return groups.Length > 5 ? null : (index, width);
    }
}
