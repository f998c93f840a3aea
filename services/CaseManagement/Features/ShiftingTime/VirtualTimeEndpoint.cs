using ImageRights.CaseManagement.Deadlines;
using ImageRights.EventStore;

using ImageRights.ServiceDefaults.Access;
namespace ImageRights.CaseManagement.Features.ShiftingTime;

/// <summary>An instant to go to.</summary>
/// <param name="Jump">Whether what is due on the way waits for the arrival, as after an outage.</param>
public sealed record TimeRequest(DateTimeOffset? Now, bool? Jump);

/// <summary>What the clock shows.</summary>
public sealed record TimeAnswer(DateTimeOffset Now);

/// <summary>Time travel for developers and tests: whole procedures pass in seconds. Only where the configuration has a virtual clock, which it may have in development only.</summary>
internal static class VirtualTimeEndpoint
{
    /// <summary><c>GET /v1/clock</c>, <c>PUT /v1/clock</c>.</summary>
    public static void MapVirtualTime(this IEndpointRouteBuilder app)
    {
        if (!app.ServiceProvider.GetRequiredService<DatabaseClock>().IsVirtual) return;
        app.MapGet("/v1/clock", (DatabaseClock clock) => TypedResults.Ok(new TimeAnswer(clock.GetUtcNow()))).Requires(Permission.RegimesRead).ExcludeFromDescription();
        app.MapPut("/v1/clock", GoAsync).Requires(Permission.RegimesChoose).ExcludeFromDescription();
    }

    private static async Task<IResult> GoAsync(TimeRequest request, HttpContext context, DatabaseClock clock, DocumentStore store, DeadlineRunner runner)
    {
        if (request.Now is not { } target) return context.Refuse(Fields.Invalid("/now", "is missing"));
        // From deadline to deadline, so that each is run when it is due and not when the traveller arrives.
        while (request.Jump != true && await runner.NextAsync(context.RequestAborted) is { } due && due <= target)
        {
            if (due > clock.GetUtcNow()) await clock.ShiftAsync(store, due, context.RequestAborted);
            if (await runner.RunAsync(context.RequestAborted) == 0 && await runner.NextAsync(context.RequestAborted) == due)
                await Task.Delay(TimeSpan.FromMilliseconds(20), context.RequestAborted);
        }
        await clock.ShiftAsync(store, target, context.RequestAborted);
        return TypedResults.Ok(new TimeAnswer(clock.GetUtcNow()));
    }
}
