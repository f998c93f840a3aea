using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.WithdrawingWorks;

/// <summary>The door for originals that are not to be matched against any more.</summary>
public static class WithdrawWorkEndpoint
{
    private const int LongestReason = 200;

    /// <summary>DELETE /v1/works/{id}.</summary>
    public static void MapWithdrawWork(this IEndpointRouteBuilder works) =>
        works.MapDelete("/{id}", WithdrawAsync).Requires(Permission.WorksWrite).OfAccount("Work_Not_Found", Belonging.WorkAsync)
            .WithName("WithdrawWork").WithSummary("Withdraws an original: it is no longer matched against and gives no rights; its record stays. Needs If-Match");

    private static Task<IResult> WithdrawAsync(string id, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        if (!Identity.Is(Work.IdPrefix, id)) return Task.FromResult(context.Problem(new Rejection("Work_Not_Found")));
        var fields = new FieldReader(name => context.Request.Query[name]);
        var reason = fields.OptionalText("reason", LongestReason);
        if (fields.Rejection is { } invalid) return Task.FromResult(context.Problem(invalid));
        return context.EndAsync<WorkState>(store, Work.Stream(id), work => Work.Decide(work, new WorkCommand.Withdraw(context.Actor(null).Signature, reason, clock.GetUtcNow())));
    }
}
