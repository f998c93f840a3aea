using ImageRights.Console.Pages;
using ImageRights.ServiceDefaults.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace ImageRights.Console.Features;

/// <summary>A form that was refused leads back to its page, which shows why.</summary>
internal static class Refusal
{
    /// <param name="page">Address here.</param>
    /// <param name="why">For people, in their language.</param>
    public static IResult To(HttpContext context, string page, Phrase why) => To(page, why.In(context.PrefersChinese()));

    /// <param name="page">Address here.</param>
    /// <param name="why">For people.</param>
    public static IResult To(string page, string why) => Results.LocalRedirect(QueryHelpers.AddQueryString(page, "refused", why));
}
