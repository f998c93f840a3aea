using ImageRights.Notification.Notices;
using ImageRights.ServiceDefaults.Http.Egress;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Notification.Features;

/// <summary>Checks of what integrators write into an endpoint.</summary>
internal static class EndpointFields
{
    private const int LongestDescription = 500;

    /// <summary>The fault of the address, or null.</summary>
    public static Rejection? CheckUrl(EgressPolicy egress, string? url) => egress.Check(url) switch
    {
        { Fault: TargetFault.Invalid } it => new Rejection("Endpoint_Url_Invalid", it.Reason, "/url"),
        { Fault: TargetFault.Forbidden } it => new Rejection("Endpoint_Url_Forbidden", it.Reason, "/url"),
        _ => null,
    };

    /// <summary>The fault of filter or description, or null.</summary>
    public static Rejection? Check(IReadOnlyList<string?>? eventTypes, string? description)
    {
        for (var index = 0; index < (eventTypes?.Count ?? 0); index++)
        {
            if (eventTypes![index] is not { } type || !NoticeTypes.Names.Contains(type))
                return new Rejection("Event_Type_Unknown", "GET /v1/event-types lists them.", $"/eventTypes/{index}");
        }
        if (description?.Length > LongestDescription) return new Rejection("Request_Invalid", $"description takes {LongestDescription} characters.", "/description");
        if (description?.Any(char.IsControl) == true) return new Rejection("Request_Invalid", "description contains control characters.", "/description");
        return null;
    }

    /// <summary>The filter as it is kept: each type once, in order.</summary>
    public static IReadOnlyList<string> Filter(IEnumerable<string?> eventTypes) => [.. eventTypes.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
}
