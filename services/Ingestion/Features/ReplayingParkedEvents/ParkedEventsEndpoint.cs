using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Ingestion.Inbound;
using ImageRights.Ingestion.Vault;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReplayingParkedEvents;

/// <summary>The list of events that could not be taken, and another try.</summary>
public static class ParkedEventsEndpoint
{
    internal static readonly ListShape<ParkedEvent> Shape = new ListShape<ParkedEvent>(view => view.ParkedEventId)
        .Created("parkedAt", ParkedEvent.IdPrefix)
        .By("status", "Takes", ["parked", "taken"])
        .By("type", "Only events of this type.")
        .By("code", "Only what was parked for this reason.")
        .By("door", "Takes", ["http", "amqp"]);

    /// <summary>GET /v1/parked-events, GET /v1/parked-events/{id}, POST /v1/parked-events/{id}/replays.</summary>
    public static void MapParkedEvents(this IEndpointRouteBuilder app)
    {
        var parked = app.MapGroup("/v1/parked-events").WithTags("Inbound events").Requires(Permission.ParkedEventsRead);
        parked.MapList("", Shape).WithName("ListParkedEvents").WithSummary("Events that could not be taken, newest first, with the reason");
        parked.MapGet("/{id}", GetAsync).WithName("GetParkedEvent").WithSummary("One event that could not be taken");
        parked.MapPost("/{id}/replays", ReplayAsync).Requires(Permission.ParkedEventsReplay).WithName("ReplayParkedEvent").WithSummary("Tries a parked event again; one that was taken stays as it is");
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var parked = Identity.Is(ParkedEvent.IdPrefix, id) ? await session.LoadAsync<ParkedEvent>(id, context.RequestAborted) : null;
        return parked is null ? context.Problem(new Rejection("Parked_Event_Not_Found")) : TypedResults.Ok(parked);
    }

    private static async Task<IResult> ReplayAsync(string id, HttpContext context, DocumentStore store, ContentVault vault, InboundHandler handler, TimeProvider clock)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var parked = Identity.Is(ParkedEvent.IdPrefix, id) ? await session.LoadAsync<ParkedEvent>(id, context.RequestAborted) : null;
        if (parked is null) return context.Problem(new Rejection("Parked_Event_Not_Found"));
        if (parked.Status == "taken") return TypedResults.Ok(parked);
        var (incoming, rejection) = await ReadAsync(vault, session.TenantId, parked.Sha256, context.RequestAborted);
        string? subject = null;
        if (incoming is not null) (subject, rejection) = await handler.TryAsync(session.TenantId, incoming, context.RequestAborted);
        parked = rejection is null
            ? parked with { Status = "taken", Subject = subject ?? parked.Subject, Tries = parked.Tries + 1, LastTriedAt = clock.GetUtcNow() }
            : parked with { Code = rejection.Code, Detail = rejection.Detail, Pointer = rejection.Pointer, Tries = parked.Tries + 1, LastTriedAt = clock.GetUtcNow() };
        session.Store(id, parked);
        await session.SaveChangesAsync(context.RequestAborted);
        return TypedResults.Ok(parked);
    }

    private static async Task<(CloudEvent? Event, Rejection? Rejection)> ReadAsync(ContentVault vault, string tenant, string sha256, CancellationToken cancellationToken)
    {
        await using var content = await vault.OpenAsync(tenant, sha256, cancellationToken) ?? throw new InvalidOperationException($"The vault has lost the parked event {sha256}.");
        try
        {
            using var body = new MemoryStream();
            await content.CopyToAsync(body, cancellationToken);
            using var json = EventJson.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            return CloudEvent.Read(json.RootElement);
        }
        catch (JsonException fault)
        {
            return (null, new Rejection("Event_Malformed", $"It is not JSON. {fault.Message}"));
        }
    }
}
