using System.Net.Http.Headers;
using System.Net.Http.Json;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.Submitting;

/// <summary>Forms that hand something in: a work, a picture, a report.</summary>
internal static class SubmitEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/works", (HttpContext context, Desk desk, IFormFile file, [FromForm] string accountId, [FromForm] string title, [FromForm] string author, [FromForm] string? createdOn, [FromForm] string? kind) =>
            SubmitAsync(context, desk, "/works", Peer.Ingestion, "/v1/works", Form(file, ("accountId", accountId), ("title", title), ("author", author), ("createdOn", createdOn), ("kind", kind)), created => $"/works/{created["workId"]}"));
        app.MapPost("/pictures", (HttpContext context, Desk desk, IFormFile file, [FromForm] string accountId, [FromForm] string surface, [FromForm] string? listingId) =>
            SubmitAsync(context, desk, "/pictures", Peer.Ingestion, "/v1/images", Form(file, ("accountId", accountId), ("surface", surface), ("listingId", listingId)), created => $"/pictures/{created["imageId"]}"));
        app.MapPost("/reports", (HttpContext context, Desk desk, [FromForm] string imageId, [FromForm] string? workId, [FromForm] string? complainantAccountId, [FromForm] string? authorityUntil, [FromForm] string reasonCode, [FromForm] string statement, [FromForm] string? page) =>
            SubmitAsync(context, desk, page?.StartsWith("/works/", StringComparison.Ordinal) == true ? page : $"/pictures/{Uri.EscapeDataString(imageId)}", Peer.Cases, "/v1/reports",
                JsonContent.Create(new { imageId, workId = Given(workId), complainantAccountId = Given(complainantAccountId), authorityUntil = Given(authorityUntil), reasonCode, statement }), created => $"/cases/{created["caseId"]}"));
    }

    private static async Task<IResult> SubmitAsync(
        HttpContext context, Desk desk, string page, string peer, string path, HttpContent content, Func<System.Text.Json.Nodes.JsonNode, string> next)
    {
        using (content)
        {
            try
            {
                var created = await desk.PostAsync(peer, path, content, null, context.RequestAborted);
                return Results.Redirect(next(created!));
            }
            catch (PeerException refusal)
            {
                return Refusal.By(page, refusal);
            }
        }
    }

    private static MultipartFormDataContent Form(IFormFile file, params (string Name, string? Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields.Where(field => Given(field.Value) is not null)) form.Add(new StringContent(value!), name);
        var bytes = new StreamContent(file.OpenReadStream());
        bytes.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(bytes, "file", "picture");
        return form;
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
