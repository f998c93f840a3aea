using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the first answer is stored in the transaction of its effect and repeated for the same request;
/// the key with another request is refused. Without the header a create simply runs.</summary>
public static class Idempotency
{
    /// <summary>Runs a create once for its key.</summary>
    /// <param name="context">Request.</param>
    /// <param name="session">Unit of work; saved by this method.</param>
    /// <param name="request">What makes two requests the same: serialised and hashed; files by their SHA-256.</param>
    /// <param name="create">Appends to the session and gives the answer, or refuses.</param>
    public static async Task<IResult> CreateOnceAsync(
        this HttpContext context, DocumentSession session, object request, Func<Task<CreateOutcome>> create)
    {
        var route = $"{context.Request.Method} {context.Request.Path}";
        if (!context.Request.Headers.TryGetValue("Idempotency-Key", out var given))
        {
            var outcome = await create();
            if (outcome.Rejection is not null) return context.Problem(outcome.Rejection);
            await session.SaveChangesAsync(context.RequestAborted);
            return Answer(context, outcome.Status, outcome.Location, outcome.Body, outcome.Version);
        }
        var key = given.ToString();
        if (key.Length is 0 or > 200 || key.Any(letter => letter is < '!' or > '~')) return context.Problem(new Rejection("Idempotency_Key_Malformed"));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(request, StoreOptions.Json))));
        if (await session.FindIdempotentAnswerAsync(route, key, context.RequestAborted) is { } earlier) return Repeat(context, earlier, fingerprint);
        var created = await create();
        if (created.Rejection is not null) return context.Problem(created.Rejection);
        session.ClaimIdempotencyKey(route, key, fingerprint, created.Status, created.Location, created.Body, created.Version);
        try
        {
            await session.SaveChangesAsync(context.RequestAborted);
        }
        catch (DuplicateIdempotencyKeyException)
        {
            var winner = await session.FindIdempotentAnswerAsync(route, key, context.RequestAborted);
            return winner is null ? context.Problem(new Rejection("Idempotency_Key_In_Progress")) : Repeat(context, winner, fingerprint);
        }
        return Answer(context, created.Status, created.Location, created.Body, created.Version);
    }

    private static IResult Repeat(HttpContext context, IdempotentAnswer earlier, string fingerprint)
    {
        if (earlier.Fingerprint != fingerprint) return context.Problem(new Rejection("Idempotency_Key_Reused"));
        context.Response.Headers["Idempotent-Replayed"] = "true";
        return Answer(context, earlier.Status, earlier.Location, earlier.Body is null ? null : JsonSerializer.Deserialize<JsonElement>(earlier.Body), earlier.Version);
    }

    private static IResult Answer(HttpContext context, int status, string? location, object? body, long? version)
    {
        if (location is not null) context.Response.Headers.Location = location;
        if (version is { } tag) context.Response.SetVersion(tag);
        return TypedResults.Json(body, StoreOptions.Json, statusCode: status);
    }
}

/// <summary>Answer of a create, or its refusal.</summary>
public sealed record CreateOutcome(int Status, string? Location, object? Body, long? Version, Rejection? Rejection = null)
{
    /// <summary>201 with the address of what was created.</summary>
    public static CreateOutcome Created(string location, object body, long version = 1) => new(StatusCodes.Status201Created, location, body, version);

    /// <summary>202: the work goes on after the answer.</summary>
    public static CreateOutcome Accepted(string location, object body, long version = 1) => new(StatusCodes.Status202Accepted, location, body, version);

    /// <summary>Refused.</summary>
    public static implicit operator CreateOutcome(Rejection rejection) => new(0, null, null, null, rejection);
}
