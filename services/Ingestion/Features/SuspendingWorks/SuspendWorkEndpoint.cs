using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Ingestion.Features.SuspendingWorks;

/// <summary>Body of a suspension.</summary>
public sealed record SuspendWorkRequest(string? Reason);

/// <summary>The door for originals that are not to be matched against for a while: a doubtful registration, or one that matches what it should not.</summary>
public static class SuspendWorkEndpoint
{
    private const int LongestBody = 4 * 1024;
    private const int LongestReason = 200;

    /// <summary>PUT and DELETE /v1/works/{id}/suspension.</summary>
    public static void MapSuspendWork(this IEndpointRouteBuilder works)
    {
        works.MapPut("/{id}/suspension", SuspendAsync).Requires(Permission.WorksSuspend)
            .WithName("SuspendWork").WithSummary("Suspends an original: nothing is matched against it until it is resumed. Needs If-Match")
            .WithMetadata(new RequestSizeLimitAttribute(LongestBody));
        works.MapDelete("/{id}/suspension", ResumeAsync).Requires(Permission.WorksSuspend)
            .WithName("ResumeWork").WithSummary("Lets a suspended original be matched against again; a rescan finds what came meanwhile. Needs If-Match");
    }

    private static Task<IResult> SuspendAsync(string id, SuspendWorkRequest request, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        var fields = new FieldReader(_ => request.Reason);
        var reason = fields.Line("reason", LongestReason);
        return fields.Rejection is { } invalid ? Task.FromResult(context.Problem(invalid))
            : ChangeAsync(id, context, store, new WorkCommand.Suspend(Identity.New("wsp_"), context.Actor(null).Signature, reason, clock.GetUtcNow()));
    }

    private static Task<IResult> ResumeAsync(string id, HttpContext context, DocumentStore store, TimeProvider clock) =>
        ChangeAsync(id, context, store, new WorkCommand.Resume(context.Actor(null).Signature, clock.GetUtcNow()));

    private static Task<IResult> ChangeAsync(string id, HttpContext context, DocumentStore store, WorkCommand command) =>
        Identity.Is(Work.IdPrefix, id) ? context.EndAsync<WorkState>(store, Work.Stream(id), work => Work.Decide(work, command)) : Task.FromResult(context.Problem(new Rejection("Work_Not_Found")));
}
