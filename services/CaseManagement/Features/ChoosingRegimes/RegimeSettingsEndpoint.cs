using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.Simulating;
using ImageRights.CaseManagement.RegimeChoices;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.ChoosingRegimes;

/// <summary>The laws that a tenant chooses.</summary>
/// <param name="Actor">Who chooses, where a program acts for him.</param>
public sealed record ChooseRequest(string? Actor, IReadOnlyList<RuleRequest?>? Rules);

/// <summary>One choice.</summary>
/// <param name="PlatformType">A <see cref="RegimeChoices.PlatformType"/>.</param>
/// <param name="Surfaces">Places at which it holds, such as <c>Listing</c>; all when they are left out.</param>
/// <param name="Jurisdiction">Where the law is in force; the pack's when it is left out.</param>
/// <param name="Regime">The pack and what is chosen in it.</param>
public sealed record RuleRequest(string? PlatformType, IReadOnlyList<string?>? Surfaces, string? Jurisdiction, RegimeChoice? Regime);

/// <summary>Choosing packs by platform type, place and jurisdiction.</summary>
internal static class RegimeSettingsEndpoint
{
    private const int MostRules = 100;
    private const int MostSurfaces = 20;

    /// <summary><c>GET /v1/settings/regimes</c>, <c>PUT /v1/settings/regimes</c>.</summary>
    public static void MapRegimeSettings(this IEndpointRouteBuilder app)
    {
        var settings = app.MapGroup("/v1/settings/regimes").WithTags("Regimes").Requires(Permission.RegimesRead);
        settings.MapGet("", GetAsync).WithName("GetRegimeSettings").WithSummary("The laws that notices are dealt with under, by platform type, place and jurisdiction");
        settings.MapPut("", PutAsync).Requires(Permission.RegimesChoose).WithName("ChooseRegimes").WithSummary("Choose the laws that notices are dealt with under; cases that have begun keep theirs").LimitBody();
    }

    private static async Task<IResult> GetAsync(HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var chosen = await session.Events.AggregateStreamAsync<ChosenRegimes>(ChosenRegimes.Stream, cancellationToken: context.RequestAborted) ?? ChosenRegimes.Initial;
        context.Response.SetVersion(chosen.Version);
        return TypedResults.Ok(chosen);
    }

    private static async Task<IResult> PutAsync(ChooseRequest request, HttpContext context, DocumentStore store, RegimeCatalogue catalogue, TimeProvider time)
    {
        if (Fields.Id(request.Actor, "/actor") is { } noActor) return context.Problem(noActor);
        if (ReadRules(request, catalogue, out var rules) is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        var actor = context.Actor(request.Actor);
        session.LastModifiedBy = actor.Signature;
        var stream = await session.Events.FetchForWriting<ChosenRegimes>(ChosenRegimes.Stream, context.RequestAborted);
        var chosen = stream.Aggregate;
        if (Json(rules) != Json(chosen.Rules))
        {
            if (context.Request.CheckVersion(stream.CurrentVersion) is { } stale) return context.Problem(stale);
            var fact = new RegimesChosen(rules, new Act(actor.Id, "Regimes_Chosen", "By the settings.", time.GetUtcNow(), actor.Through));
            stream.AppendOne(fact);
            await session.SaveChangesAsync(context.RequestAborted);
            chosen = ChosenRegimes.Evolve(chosen, fact);
        }
        context.Response.SetVersion(chosen.Version);
        return TypedResults.Ok(chosen);
    }

    private static Rejection? ReadRules(ChooseRequest request, RegimeCatalogue catalogue, out List<RegimeRule> rules)
    {
        rules = [];
        if (request.Rules is not { Count: <= MostRules } given) return Fields.Invalid("/rules", $"takes at most {MostRules} rules");
        for (var index = 0; index < given.Count; index++)
        {
            var pointer = $"/rules/{index}";
            if (given[index] is not { } rule) return Fields.Invalid(pointer, "is missing");
            if (!Fields.TryChoice<PlatformType>(rule.PlatformType, $"{pointer}/platformType", out var type, out var invalid)) return invalid;
            if (rule.Surfaces is { } surfaces && (surfaces.Count is 0 or > MostSurfaces || surfaces.Any(surface => Fields.Code(surface, pointer) is not null || string.IsNullOrEmpty(surface))))
                return Fields.Invalid($"{pointer}/surfaces", $"takes 1 to {MostSurfaces} kinds of places");
            if (SimulationEndpoint.ReadChoice(rule.Regime, $"{pointer}/regime", catalogue, out var pack, out _) is { } badChoice) return badChoice;
            var choice = rule.Regime!;
            rules.Add(new RegimeRule(type, rule.Surfaces is null ? null : [.. rule.Surfaces.OfType<string>()], rule.Jurisdiction ?? pack!.Jurisdiction,
                choice.Version is null ? choice.Name! : pack!.Id, SettingsOf(choice)));
            if (rule.Jurisdiction is { } where && (where.Length != 2 || !where.All(char.IsAsciiLetterUpper))) return Fields.Invalid($"{pointer}/jurisdiction", "takes two capital letters");
            // Two laws for the same place would be merged silently by whoever reads the first.
            var added = rules[^1];
            if (rules.SkipLast(1).Any(other => other.Jurisdiction == added.Jurisdiction && Overlap(other.Surfaces, added.Surfaces)))
                return Fields.Invalid(pointer, "chooses a second law for the same place and jurisdiction");
        }
        return null;
    }

    private static bool Overlap(IReadOnlyList<string>? left, IReadOnlyList<string>? right) => left is null ? right is null : right is not null && left.Intersect(right).Any();

    private static ChosenSettings? SettingsOf(RegimeChoice choice) =>
        choice is { Zone: null, Calendar: null, Restoration: null, Clocks: null, OnAction: null } ? null : new ChosenSettings(
            choice.Zone, choice.Calendar, choice.Restoration, choice.Clocks?.ToDictionary(pair => pair.Key, pair => new ChosenClock(pair.Value?.Days, pair.Value?.Roll)), choice.OnAction);

    private static string Json(IReadOnlyList<RegimeRule> rules) => System.Text.Json.JsonSerializer.Serialize(rules, StoreOptions.Json);
}
