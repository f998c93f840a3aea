using System.Security.Cryptography;
using System.Text;
using ImageRights.Console.Pages;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace ImageRights.Console.Features.ServingGuests;

/// <summary>Forms for people without an account.</summary>
internal static class GuestForms
{
    /// <summary>Where a picture is reported.</summary>
    public const string Report = "/guest/report";

    /// <summary>Where a report is followed.</summary>
    public const string Follow = "/guest/follow";

    private static readonly Phrase Number = new("Number", "编号");

    public static void Map(WebApplication app)
    {
        app.MapPost(Report, ReportAsync).AllowAnonymous();
        app.MapPost(Follow, FollowAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReportAsync(
        [FromForm] string imageId, [FromForm] string? workId, [FromForm] string reasonCode, [FromForm] string statement, [FromForm] string? firstPublishedOn, [FromForm] string? market, HttpContext context, GuestDesk desk, Accounts.ConsoleKey key)
    {
        try
        {
            var report = new { imageId = imageId.Trim(), workId = string.IsNullOrWhiteSpace(workId) ? null : workId.Trim(), reasonCode, statement, firstPublishedOn = string.IsNullOrWhiteSpace(firstPublishedOn) ? null : firstPublishedOn, senderHash = SenderOf(context, key) };
            var receipt = (await desk.ReportAsync(market, report, context.Request.Headers.AcceptLanguage, context.RequestAborted))!;
            return ShownOnce.Page(
                new("Your report was received", "已收到您的举报"), new("With this number and PIN you see how it stands. They are shown here and never again.", "凭此编号和 PIN 码可查看处理情况。二者仅在此显示一次。"),
                [(Number, receipt.Number), (new("PIN", "PIN 码"), receipt.Pin!)], Of(market, Follow));
        }
        catch (PeerException refusal)
        {
            return Refusal.By(Of(market, Report), refusal);
        }
    }

    /// <summary>A page for guests of a marketplace.</summary>
    public static string Of(string? market, string page) => QueryHelpers.AddQueryString(page, "market", market ?? "");

    // Guests of one address have limits together; under a key, so that nobody who sees the digest finds the address by trying them all.
    private static string? SenderOf(HttpContext context, Accounts.ConsoleKey key) =>
        context.Connection.RemoteIpAddress is { } address ? Convert.ToHexStringLower(HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes($"guest {address}"))) : null;

    // The answer to the form itself: number and PIN are in no address.
    private static async Task<IResult> FollowAsync([FromForm] string number, [FromForm] string pin, [FromForm] string? withdraw, [FromForm] string? market, HttpContext context, GuestDesk desk)
    {
        try
        {
            var report = (await desk.FollowAsync(market, number.Trim(), pin.Replace(" ", "", StringComparison.Ordinal), withdraw == "on", context.Request.Headers.AcceptLanguage, context.RequestAborted))!;
            return new RazorComponentResult<GuestStatus>(new Dictionary<string, object?> { ["Report"] = report, ["Market"] = market });
        }
        catch (PeerException refusal)
        {
            return Refusal.By(Of(market, Follow), refusal);
        }
    }
}
