using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.ListingScreenings;

internal static class ScreeningEndpoints
{
    public static void MapScreenings(this IEndpointRouteBuilder app)
    {
        var screenings = app.MapGroup("/v1/screenings").WithTags("Screenings").Requires(Permission.ScreeningsRead);
        screenings.MapGet("/", ListAsync).WithName("ListScreenings").WithSummary("Screenings, newest upload first, by verdict and account");
        screenings.MapGet("/{imageId}", GetAsync).WithName("GetScreening").WithSummary("An upload's screening, or that it is pending");
    }

    private static async Task<IResult> GetAsync(string imageId, HttpContext context, DocumentStore store, CancellationToken cancellationToken)
    {
        if (!IsId(imageId)) return context.Problem(new Rejection("Screening_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        return await session.LoadAsync<ScreeningView>(imageId, cancellationToken) is { } screening
            ? TypedResults.Ok(screening)
            : context.Problem(new Rejection("Screening_Not_Found"));
    }

    private static async Task<IResult> ListAsync(string? verdict, string? accountId, HttpContext context, DocumentStore store, CancellationToken cancellationToken)
    {
        if (!PageRequest.TryRead(context, out var page, out var rejection)) return context.Problem(rejection!);
        var (sql, parameters) = ("where id < ?", new List<object> { page.After });
        if (!string.IsNullOrEmpty(verdict))
        {
            if (!Enum.GetNames<Verdict>().Contains(verdict, StringComparer.OrdinalIgnoreCase))
                return context.Problem(new Rejection("Request_Invalid", $"verdict takes {string.Join(", ", Enum.GetNames<Verdict>())}.", "/verdict"));
            sql += " and data ->> 'verdict' = ?";
            parameters.Add(Enum.Parse<Verdict>(verdict, ignoreCase: true).ToString());
        }
        if (!string.IsNullOrEmpty(accountId))
        {
            if (!IsId(accountId)) return context.Problem(new Rejection("Request_Invalid", "accountId takes 1 to 200 visible characters.", "/accountId"));
            sql += " and data ->> 'accountId' = ?";
            parameters.Add(accountId);
        }
        await using var session = store.LightweightSession(context.Tenant());
        var rows = await session.QueryAsync<ScreeningView>($"{sql} order by id desc limit ?", [.. parameters, page.Limit + 1], cancellationToken);
        return TypedResults.Ok(page.ToPage(rows, screening => screening.ImageId));
    }
}
