using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Features.Extending;

/// <summary>A term that is to be longer, and why.</summary>
/// <param name="Rule">The clock, such as <c>EU-08</c>.</param>
/// <param name="Days">By so many days, of the kind that the regime says.</param>
public sealed record ExtendRequest(string? Actor, string? ReasonCode, string? Statement, string? Rule, int? Days) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Making a term longer.</summary>
internal static class ExtensionEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/extension</c>.</summary>
    public static void MapExtension(this IEndpointRouteBuilder app) =>
        app.MapStep(CaseStep.Extension, "Make a term longer, once and for a reason, where the regime allows it", (string id, ExtendRequest request, HttpContext context) =>
            (Fields.Id(request.Rule, "/rule", required: true) ?? (request.Days is null ? Fields.Invalid("/days", "is missing") : null)) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(id, request, act => new CaseCommand.Extend(request.Rule!.Trim(), request.Days!.Value, act)));
}
