using ImageRights.CaseManagement.Erasures;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.Erasing;

/// <summary>An erasure, as the first of two people asks for it.</summary>
/// <param name="PersonId">Account, or the notice of somebody without one.</param>
/// <param name="LegalBasis">Stable code of what entitles the person to it, such as <c>GDPR_17_1_b</c> or <c>PIPL_47</c>.</param>
/// <param name="Actor">Who prepares it, where a program acts for him.</param>
public sealed record ErasureRequest(string? PersonId, string? LegalBasis, string? Actor);

/// <summary>The second person's decision.</summary>
/// <param name="Actor">Who decides, where a program acts for him.</param>
public sealed record ErasureApproval(string? Actor);

/// <summary>Making somebody's personal data unreadable.</summary>
internal static class ErasureEndpoint
{
    // Who has events or documents with personal texts.
    internal static readonly string[] Services = ["casemanagement", "ingestion"];

    internal static readonly ListShape<ErasureView> Shape = new ListShape<ErasureView>(view => view.ErasureId)
        .Created("requestedAt", IdPrefix)
        .By("personId", "Only of this person.")
        .By("status", "Takes", ["Prepared", "Approved", "Done"], sql: "case when (data ->> 'isDone')::boolean then 'Done' when data ->> 'approvedAt' is null then 'Prepared' else 'Approved' end = ?");

    private const string IdPrefix = "ers_";
    private const int MostNamed = 3;

    /// <summary><c>POST /v1/erasures</c>, <c>POST /v1/erasures/{id}/approval</c>, <c>GET /v1/erasures</c>, <c>GET /v1/erasures/{id}</c>.</summary>
    public static void MapErasures(this IEndpointRouteBuilder app)
    {
        var erasures = app.MapGroup("/v1/erasures").WithTags("Erasures").Requires(Permission.ErasuresRead);
        erasures.MapPost("", EraseAsync).Requires(Permission.ErasuresDecide).WithName("Erase").WithSummary("Prepare the erasure of a person's data; another person decides").LimitBody();
        erasures.MapPost("{id}/approval", ApproveAsync).Requires(Permission.ErasuresDecide).WithName("ApproveErasure").WithSummary("Destroy a person's key in every service: what is personal becomes unreadable, the record still verifies").LimitBody();
        erasures.MapList("", Shape).Requires(Permission.ErasuresDecide).WithName("ListErasures").WithSummary("Erasures, newest first: those that wait for the other person, are under way, or are done");
        erasures.MapGet("{id}", GetAsync).WithName("GetErasure").WithSummary("An erasure, and which services are done");
    }

    private static async Task<IResult> EraseAsync(ErasureRequest request, HttpContext context, DocumentStore store, KnownPersons known, TimeProvider time)
    {
        var invalid = Fields.Id(request.PersonId, "/personId", required: true) ?? Fields.Id(request.Actor, "/actor")
            ?? (string.IsNullOrEmpty(request.LegalBasis) ? Fields.Invalid("/legalBasis", "is missing") : Fields.Code(request.LegalBasis, "/legalBasis"));
        if (invalid is not null) return context.Problem(invalid);
        if (!store.Persons.AreKept) return context.Problem(new Rejection(ErasureCodes.NotPossible));
        var actor = context.Actor(request.Actor);
        await using var session = store.LightweightSession(context.Tenant());
        session.LastModifiedBy = actor.Signature;
        return await context.CreateOnceAsync(session, request, async () =>
        {
            var (id, person) = ($"{IdPrefix}{Guid.CreateVersion7():N}", request.PersonId!.Trim());
            if (await known.AreSilentOnAsync(session, person, context.RequestAborted)) return new Rejection(ErasureCodes.PersonUnknown, Pointer: "/personId");
            var decision = Erasure.Decide(new ErasureEvent.ErasureRequested(id, person, request.LegalBasis!, actor.Id, time.GetUtcNow()), await ObstaclesAsync(session, person, context.RequestAborted));
            if (decision.Code is { } code) return new Rejection(code, decision.Detail);
            session.Events.StartStream(ErasureView.StreamPrefix + id, [.. decision.Events]);
            return CreateOutcome.Accepted($"/v1/erasures/{id}", decision.Events.Aggregate((ErasureView?)null, (view, fact) => ErasureView.Evolve(view, fact, 1))!);
        });
    }

    private static async Task<IResult> ApproveAsync(string id, ErasureApproval request, HttpContext context, DocumentStore store, TimeProvider time)
    {
        if (!IsId(IdPrefix, id)) return context.Problem(new Rejection(ErasureCodes.NotFound));
        if (Fields.Id(request.Actor, "/actor") is { } invalid) return context.Problem(invalid);
        var actor = context.Actor(request.Actor);
        await using var session = store.LightweightSession(context.Tenant());
        session.LastModifiedBy = actor.Signature;
        var stream = await session.Events.FetchForWriting<Erasure>(ErasureView.StreamPrefix + id, context.RequestAborted);
        var obstacles = stream.Aggregate.Request is { } asked ? await ObstaclesAsync(session, asked.PersonId, context.RequestAborted) : new Obstacles([], []);
        var decision = Erasure.Decide(stream.Aggregate, new ApproveErasure(actor.Id, Services, obstacles, time.GetUtcNow()));
        if (decision.Code is { } code) return context.Problem(new Rejection(code, decision.Detail));
        stream.AppendMany(decision.Events);
        try
        {
            await session.SaveChangesAsync(context.RequestAborted);
        }
        catch (ConcurrencyException)
        {
            return context.Problem(new Rejection("Version_Conflict"));
        }
        return await GetAsync(id, context, store);
    }

    private static async Task<Obstacles> ObstaclesAsync(DocumentSession session, string person, CancellationToken cancellationToken)
    {
        var cases = await session.QueryAsync<CaseView>(
            "where data ->> 'state' <> 'Closed' and (data ->> 'respondentAccountId' = ? or data -> 'complainantAccountIds' @> jsonb_build_array(?::text)) order by id limit ?", [person, person, MostNamed], cancellationToken);
        var holds = await session.QueryAsync<HoldView>("where data ->> 'personId' = ? and data ->> 'liftedAt' is null order by id limit ?", [person, MostNamed], cancellationToken);
        return new Obstacles([.. cases.Select(view => view.CaseId)], [.. holds.Select(view => view.HoldId)]);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!IsId(IdPrefix, id) || await session.LoadAsync<ErasureView>(id, context.RequestAborted) is not { } view) return context.Problem(new Rejection(ErasureCodes.NotFound));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok(view);
    }

    internal static bool IsId(string prefix, string id) => id.Length == prefix.Length + 32 && id.StartsWith(prefix, StringComparison.Ordinal) && id[prefix.Length..].All(char.IsAsciiHexDigitLower);
}
