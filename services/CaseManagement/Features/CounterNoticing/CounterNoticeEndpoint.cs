using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.CounterNoticing;

/// <summary>An objection: under a law with the elements of its form.</summary>
/// <param name="Elements">The form's elements by name, in the respondent's words. They are kept apart from the record.</param>
public sealed record CounterNoticeRequest(string? Actor, string? ReasonCode, string? Statement, IReadOnlyDictionary<string, string?>? Elements) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Objecting to a measure; the actor is the respondent.</summary>
internal static class CounterNoticeEndpoint
{
    private const int MostElements = 50;

    /// <summary><c>POST /v1/cases/{id}/counter-notice</c>.</summary>
    public static void MapCounterNotice(this IEndpointRouteBuilder app) =>
        app.MapStep(CaseStep.CounterNotice, "Object to the measure; what the regime's form lacks is answered with its codes", ObjectAsync);

    private static async Task<IResult> ObjectAsync(string id, CounterNoticeRequest request, HttpContext context)
    {
        if (Check(request) is { } invalid) return context.Problem(invalid);
        var elements = (request.Elements ?? new Dictionary<string, string?>()).Where(element => !string.IsNullOrWhiteSpace(element.Value)).ToDictionary(element => element.Key, element => element.Value!.Trim());
        return await context.TakeStepAsync(id, request, _ => act => new CaseCommand.CounterNotice(act, [.. elements.Keys]),
            session => { if (elements.Count > 0) session.Store(id, new NoticePapers(id, elements, [])); });
    }

    private static Rejection? Check(CounterNoticeRequest request)
    {
        if (request.Elements is not { } elements) return null;
        if (elements.Count > MostElements) return Fields.Invalid("/elements", $"takes at most {MostElements} elements");
        foreach (var (name, value) in elements)
        {
            if (Fields.Code(name, "/elements") is { } wrong) return wrong;
            if (Fields.Statement(value, $"/elements/{name}") is { } statement) return statement;
        }
        return null;
    }
}
