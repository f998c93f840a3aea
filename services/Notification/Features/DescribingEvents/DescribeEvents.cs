namespace ImageRights.Notification.Features.DescribingEvents;

internal static class DescribeEvents
{
    /// <summary>Address of the document, in every environment, as the one of the API is.</summary>
    public const string Address = "/asyncapi/v1.json";

    public static void Map(WebApplication app) =>
        app.MapGet(Address, (HttpContext context) => TypedResults.Text(
                AsyncApiDocument.Create($"{context.Request.Host}", context.Request.Scheme).ToJsonString(AsyncApiDocument.Form), "application/vnd.aai.asyncapi+json;version=3.1.0"))
            .AllowAnonymous().WithName("DescribeEvents").ExcludeFromDescription();
}
