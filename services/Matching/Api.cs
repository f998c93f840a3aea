using ImageRights.Matching.Features.DescribingIndex;
using ImageRights.Matching.Features.DescribingWorkSearches;
using ImageRights.Matching.Features.ListingCopies;
using ImageRights.Matching.Features.ListingScreenings;
using ImageRights.Matching.Features.Rescanning;
using ImageRights.Matching.Features.Searching;
using ImageRights.Matching.Projections;
using ImageRights.ServiceDefaults.Http.Description;
using static ImageRights.ServiceDefaults.Http.Description.ApiOperation;

namespace ImageRights.Matching;

/// <summary>What the API's description says of each operation.</summary>
internal static class Api
{
    public static readonly ApiDescription Description = new(
        "ImageRights Matching", "Compares uploads with registered originals and with everyone else's pictures, and says once for each what was found.", new Dictionary<string, ApiOperation>
        {
            ["ListScreenings"] = Lists(ScreeningEndpoints.Shape),
            ["GetScreening"] = Reads<ScreeningView>("Screening_Not_Found"),
            ["ListCopies"] = Lists(CopiesEndpoint.Shape, "Work_Not_Found"),
            ["GetWorkSearch"] = Reads<WorkSearchView>("Work_Not_Found"),
            ["DescribeWorkSearches"] = Reads<WorkSearches>(),
            ["SearchIndex"] = Reads<SearchResult>(),
            ["GetCommonness"] = Reads<Commonness>("Picture_Not_Found"),
            ["RequestRescan"] = Accepts<RescanView>("Rescan_Running"),
            ["ListRescans"] = Lists(RescanEndpoints.Shape),
            ["GetRescan"] = Reads<RescanView>("Rescan_Not_Found"),
            ["DescribeIndex"] = Reads<IndexDescription>(),
        });
}
