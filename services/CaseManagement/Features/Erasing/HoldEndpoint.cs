using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.Erasing;

/// <summary>A legal hold on a person's data.</summary>
/// <param name="Reason">Why, such as the number of a proceeding.</param>
/// <param name="By">Who orders it, where a program acts for him.</param>
public sealed record HoldRequest(string? PersonId, string? Reason, string? By);

/// <summary>The end of a hold.</summary>
public sealed record LiftRequest(string? Reason, string? By);

/// <summary>Keeping somebody's data from erasure.</summary>
internal static class HoldEndpoint
{
    internal static readonly ListShape<HoldView> Shape = new ListShape<HoldView>(view => view.HoldId)
        .Created("placedAt", IdPrefix)
        .By("personId", "Only on this person.")
        .By("status", "Takes", ["Standing", "Lifted"], sql: "case when data ->> 'liftedAt' is null then 'Standing' else 'Lifted' end = ?");

    private const string IdPrefix = "hld_";

    /// <summary><c>POST /v1/holds</c>, <c>POST /v1/holds/{id}/lift</c>, <c>GET /v1/holds</c>, <c>GET /v1/holds/{id}</c>.</summary>
    public static void MapHolds(this IEndpointRouteBuilder app)
    {
        var holds = app.MapGroup("/v1/holds").WithTags("Erasures").Requires(Permission.ErasuresRead);
        holds.MapPost("", PlaceAsync).Requires(Permission.ErasuresDecide).WithName("PlaceHold").WithSummary("Place a legal hold: while it stands, nothing of the person is erased").LimitBody();
        holds.MapPost("{id}/lift", LiftAsync).Requires(Permission.ErasuresDecide).WithName("LiftHold").WithSummary("End a legal hold").LimitBody();
        holds.MapList("", Shape).Requires(Permission.ErasuresDecide).WithName("ListHolds").WithSummary("Legal holds, newest first");
        holds.MapGet("{id}", GetAsync).WithName("GetHold").WithSummary("A legal hold");
    }

    private static async Task<IResult> PlaceAsync(HoldRequest request, HttpContext context, DocumentStore store, KnownPersons known, TimeProvider time)
    {
        if ((Fields.Id(request.PersonId, "/personId", required: true) ?? Check(request.Reason, request.By)) is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        var actor = context.Actor(request.By);
        session.LastModifiedBy = actor.Signature;
        return await context.CreateOnceAsync(session, request, async () =>
        {
            var (id, person) = ($"{IdPrefix}{Guid.CreateVersion7():N}", request.PersonId!.Trim());
            if (await known.AreSilentOnAsync(session, person, context.RequestAborted)) return new Rejection(ErasureCodes.PersonUnknown, Pointer: "/personId");
            var decision = Hold.Decide(Hold.Initial, new HoldEvent.HoldPlaced(id, person, request.Reason!.Trim(), actor.Id, time.GetUtcNow()));
            session.Events.StartStream(HoldView.StreamPrefix + id, [.. decision.Events]);
            return CreateOutcome.Created($"/v1/holds/{id}", HoldView.Evolve(null, decision.Events[0], 1)!);
        });
    }

    private static async Task<IResult> LiftAsync(string id, LiftRequest request, HttpContext context, DocumentStore store, TimeProvider time)
    {
        if (!ErasureEndpoint.IsId(IdPrefix, id)) return context.Problem(new Rejection(ErasureCodes.HoldNotFound));
        if (Check(request.Reason, request.By) is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        var actor = context.Actor(request.By);
        session.LastModifiedBy = actor.Signature;
        return await context.CreateOnceAsync(session, request, async () =>
        {
            var stream = await session.Events.FetchForWriting<Hold>(HoldView.StreamPrefix + id, context.RequestAborted);
            var decision = Hold.Decide(stream.Aggregate, new HoldEvent.HoldLifted(id, request.Reason!.Trim(), actor.Id, time.GetUtcNow()));
            if (decision.Code is { } code) return new Rejection(code);
            stream.AppendMany(decision.Events);
            var view = stream.Events.Aggregate((HoldView?)null, HoldView.Evolve);
            foreach (var fact in decision.Events) view = HoldView.Evolve(view, fact, view!.Version + 1);
            return new CreateOutcome(StatusCodes.Status200OK, null, view, view!.Version);
        });
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!ErasureEndpoint.IsId(IdPrefix, id) || await session.LoadAsync<HoldView>(id, context.RequestAborted) is not { } view) return context.Problem(new Rejection(ErasureCodes.HoldNotFound));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok(view);
    }

    private static Rejection? Check(string? reason, string? by) =>
        Fields.Id(by, "/by") ?? (string.IsNullOrWhiteSpace(reason) ? Fields.Invalid("/reason", "is missing") : Fields.Statement(reason, "/reason"));
}
