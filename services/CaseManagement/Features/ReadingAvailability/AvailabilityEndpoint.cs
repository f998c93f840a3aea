using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.ReadingAvailability;

/// <summary>Whether a picture may be shown, over all cases about it.</summary>
/// <param name="IsLive">Whether no measure holds it down, anywhere or in the country that was asked for.</param>
/// <param name="IsDownEverywhere">Whether a measure holds it down in every country.</param>
/// <param name="DownIn">Countries in which it is down besides, sorted.</param>
/// <param name="Measures">Every measure that holds it down, with its case.</param>
public sealed record Availability(string ImageId, bool IsLive, bool IsDownEverywhere, IReadOnlyList<string> DownIn, IReadOnlyList<HoldingMeasure> Measures);

/// <summary>A measure and the case that it is of.</summary>
public sealed record HoldingMeasure(string CaseId, string Regime, ActiveMeasure Measure);

/// <summary>A picture is live only when no measure of any case is left.</summary>
internal static class AvailabilityEndpoint
{
    /// <summary><c>GET /v1/images/{id}/availability</c>.</summary>
    public static void MapAvailability(this IEndpointRouteBuilder app) => app.MapGet("/v1/images/{id}/availability", GetAsync).Requires(Permission.CasesRead).OfAccount("Image_Not_Found", Belonging.ImageAsync)
        .WithTags("Cases").WithName("GetAvailability").WithSummary("Whether a picture may be shown, and which measures of which cases hold it down where");

    private static async Task<IResult> GetAsync(string id, string? territory, HttpContext context, DocumentStore store)
    {
        if (territory is not null && Fields.Country(territory, "/territory") is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        if (Fields.Id(id, "/id", required: true) is not null || await session.LoadAsync<KnownImage>(id, context.RequestAborted) is null) return context.Problem(new Rejection("Image_Not_Found"));
        // A case that closed as upheld keeps its measure.
        var views = await session.QueryAsync<CaseView>("where data ->> 'imageId' = ? and jsonb_array_length(coalesce(data -> 'measures', '[]')) > 0 order by id", [id], context.RequestAborted);
        var all = views.SelectMany(view => view.Measures.Select(measure => new HoldingMeasure(view.CaseId, view.Regime, measure))).ToList();
        var here = all.Where(holding => territory is null || holding.Measure.Territories is null || holding.Measure.Territories.Contains(territory)).ToList();
        return TypedResults.Ok(new Availability(
            id, here.Count == 0, all.Any(holding => holding.Measure.Territories is null), [.. all.SelectMany(holding => holding.Measure.Territories ?? []).Distinct().Order(StringComparer.Ordinal)], all));
    }
}
