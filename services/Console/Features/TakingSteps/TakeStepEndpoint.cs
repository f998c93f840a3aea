using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ImageRights.Console.Pages;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.TakingSteps;

/// <summary>Forms of the case page: each sends one command in the name of who is signed in. A decision is for the version that the page showed; whether a party may still say what is his to say, the law decides and not what happened meanwhile.</summary>
internal static class TakeStepEndpoint
{
    public static void Map(WebApplication app) => app.MapPost("/cases/{id}/{step}", TakeAsync);

    private static async Task<IResult> TakeAsync(HttpContext context, Desk desk, string id, string step, [FromForm] string? version, [FromForm] string? reasonCode, [FromForm] string? statement)
    {
        var page = $"/cases/{Uri.EscapeDataString(id)}";
        if (!CaseWords.All.Steps.TryGetValue(step, out var words)) return Results.NotFound();
        try
        {
            var body = new JsonObject { ["reasonCode"] = reasonCode, ["statement"] = statement };
            foreach (var field in words.Fields) body[field.Name] = field.Read(context.Request.Form[field.Name]);
            if (step == CaseWords.Objection) body["elements"] = ElementsOf(context.Request.Form);
            var answer = await desk.PostAsync(Peer.Cases, $"/v1/cases/{Uri.EscapeDataString(id)}/{step}", JsonContent.Create(body), StepRights.IsPartys(step) ? "*" : $"\"{version}\"", context.RequestAborted);
            // What is recorded as incomplete is not done: the page says what it lacks.
            if (step == CaseWords.Objection && (bool?)answer?["counterNotice"]?["isAccepted"] == false) return Results.Redirect(page);
            return Results.Redirect($"{page}?done={Uri.EscapeDataString(step)}");
        }
        catch (FormatException)
        {
            return Refusal.To(page, new("Fill in the form: an amount is a number such as 120.50, a time such as 2026-11-20 15:00.", "请正确填写表单：金额如 120.50，时间如 2026-11-20 15:00。"));
        }
        catch (PeerException refusal)
        {
            return Refusal.By(page, refusal);
        }
    }

    private static JsonObject ElementsOf(IFormCollection form) => new(form
        .Where(field => field.Key.StartsWith(CaseWords.ElementPrefix, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(field.Value))
        .Select(field => KeyValuePair.Create(field.Key[CaseWords.ElementPrefix.Length..], (JsonNode?)field.Value.ToString().Trim())));
}
