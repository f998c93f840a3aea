using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features;

/// <summary>The ways of a request that the doors of this service share.</summary>
internal static class Doors
{
    /// <summary>Answers one thing as it is read; its ETag is its version.</summary>
    /// <param name="isId">Whether the id can be one; nothing else reaches the database.</param>
    /// <param name="notFound">Code where there is none.</param>
    public static async Task<IResult> ReadAsync<TView>(this HttpContext context, DocumentStore store, string id, bool isId, string notFound, Func<TView, long> version) where TView : class
    {
        await using var session = store.LightweightSession(context.Tenant());
        var view = isId ? await session.LoadAsync<TView>(id, context.RequestAborted) : null;
        if (view is null) return context.Problem(new Rejection(notFound));
        context.Response.SetVersion(version(view));
        return TypedResults.Ok(view);
    }

    /// <summary>Ends something under the version that the caller saw. What is refused is refused whatever version was seen.</summary>
    /// <param name="beside">What is stored with the facts.</param>
    public static async Task<IResult> EndAsync<TState>(this HttpContext context, DocumentStore store, string streamKey, Func<TState, Decision> decide, Action<DocumentSession>? beside = null) where TState : class
    {
        await using var session = store.LightweightSession(context.Tenant());
        var stream = await session.Events.FetchForWriting<TState>(streamKey, context.RequestAborted);
        var decision = decide(stream.Aggregate);
        if (decision.Code is not null) return context.Problem(new Rejection(decision.Code));
        if (context.Request.CheckVersion(stream.CurrentVersion) is { } stale) return context.Problem(stale);
        stream.AppendMany(decision.Events);
        beside?.Invoke(session);
        var version = stream.NextVersion;
        await session.SaveChangesAsync(context.RequestAborted);
        context.Response.SetVersion(version);
        return TypedResults.NoContent();
    }
}
