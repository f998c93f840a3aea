using ImageRights.CaseManagement.Regimes;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Problems;
using NodaTime;

namespace ImageRights.CaseManagement.Features.Simulating;

/// <summary>One history and the regimes to run it under.</summary>
/// <param name="Until">Instant at which to look; null to let every clock run out.</param>
public sealed record SimulationRequest(IReadOnlyList<FactRequest?>? History, IReadOnlyList<RegimeChoice?>? Regimes, DateTimeOffset? Until);

/// <summary>A dated fact.</summary>
/// <param name="Fact">One of the facts that packs know, such as <c>CounterNoticeReceived</c>.</param>
/// <param name="By">Who says so; null for whom it belongs to.</param>
/// <param name="Missing">Elements of the form that it lacks, by their names in the packs' forms.</param>
/// <param name="Rule">Clock that <c>TermExtended</c> makes longer.</param>
/// <param name="Days">By how many days.</param>
public sealed record FactRequest(string? Fact, DateTimeOffset? At, string? By, IReadOnlyList<string?>? Missing, string? Rule, int? Days);

/// <summary>A pack and what the tenant chooses in it.</summary>
/// <param name="Name">Name, or name and version.</param>
/// <param name="Zone">IANA time zone; null for the pack's.</param>
/// <param name="Calendar">Holiday calendar; null for the pack's.</param>
/// <param name="Restoration">Whether the clock restores by itself (the default) or somebody must.</param>
/// <param name="Clocks">Choices for single clocks.</param>
/// <param name="OnAction">What an action that becomes known after the restoration does: <c>Leave</c> (the default) or <c>TakeDown</c>.</param>
public sealed record RegimeChoice(string? Name, int? Version, string? Zone, string? Calendar, string? Restoration, IReadOnlyDictionary<string, ClockChoice?>? Clocks, string? OnAction);

/// <summary>What a tenant chooses for a clock.</summary>
/// <param name="Days">Amount in the clock's unit, only where the pack leaves it open.</param>
/// <param name="Roll"><c>Stay</c> or <c>NextOpenDay</c>, only where the pack offers the choice.</param>
public sealed record ClockChoice(int? Days, string? Roll);

/// <summary>Running one history under several regimes. Nothing is stored.</summary>
internal static class SimulationEndpoint
{
    private const int MostFacts = 200;
    private const int MostRegimes = 20;
    private const int MostDays = 1000;
    private static readonly string[] Speakers = ["complainant", "respondent", "platform", "court", "authority", "machine"];

    /// <summary><c>POST /v1/simulations</c>.</summary>
    public static void MapSimulations(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/simulations", Simulate).Requires(Permission.RegimesRead).WithTags("Regimes").WithName("Simulate")
        .WithSummary("Run one history under several regimes and see the outcomes and every deadline side by side; stores nothing").LimitBody();

    private static IResult Simulate(SimulationRequest request, HttpContext context, RegimeCatalogue catalogue)
    {
        if (!Languages.TryRead(context, out var language, out var unknown)) return context.Problem(unknown!);
        if (ReadHistory(request, catalogue, out var facts) is { } badHistory) return context.Problem(badHistory);
        if (request.Until is { } until && !Fields.IsInRange(until)) return context.Problem(Fields.Invalid("/until", "is out of range"));
        if (request.Regimes is not { Count: > 0 and <= MostRegimes } choices) return context.Problem(Fields.Invalid("/regimes", $"takes 1 to {MostRegimes} regimes"));
        var runs = new List<SimulatedRun>();
        for (var index = 0; index < choices.Count; index++)
        {
            if (ReadChoice(choices[index], $"/regimes/{index}", catalogue, out var pack, out var settings) is { } badChoice) return context.Problem(badChoice);
            var state = new Procedure(pack!, settings!, catalogue.Codes).Run(facts, request.Until is { } instant ? Instant.FromDateTimeOffset(instant) : null);
            runs.Add(SimulatedRun.Of(pack!, settings!, state, language));
        }
        return TypedResults.Ok(new Simulation(runs));
    }

    private static Rejection? ReadHistory(SimulationRequest request, RegimeCatalogue catalogue, out List<Fact> facts)
    {
        facts = [];
        if (request.History is not { Count: > 0 and <= MostFacts } history) return Fields.Invalid("/history", $"takes 1 to {MostFacts} facts");
        for (var index = 0; index < history.Count; index++)
        {
            var (given, pointer) = (history[index], $"/history/{index}");
            if (given?.Fact is null || !catalogue.Facts.ContainsKey(given.Fact)) return new Rejection(RegimeCodes.FactUnknown, $"Facts are {string.Join(", ", catalogue.Facts.Keys)}.", $"{pointer}/fact");
            if (given.At is not { } at || !Fields.IsInRange(at)) return Fields.Invalid($"{pointer}/at", "takes an instant between 2000 and 2100, with its offset");
            if (given.By is { } by && !Speakers.Contains(by)) return Fields.Invalid($"{pointer}/by", $"takes one of {string.Join(", ", Speakers)}");
            if (given.Missing is { } missing && (missing.Count > 50 || missing.Any(name => catalogue.Packs.SelectMany(pack => pack.Forms).SelectMany(form => form.Fields).All(field => field.Name != name))))
                return Fields.Invalid($"{pointer}/missing", "takes names of form fields");
            if (given.Fact == Procedure.Extended && (given.Rule is null || given.Days is null)) return Fields.Invalid($"{pointer}/{(given.Rule is null ? "rule" : "days")}", "is missing");
            facts.Add(new Fact(given.Fact, Instant.FromDateTimeOffset(at), given.By, [.. (given.Missing ?? []).OfType<string>()]) { Rule = given.Rule, Days = given.Days ?? 0 });
        }
        return null;
    }

    /// <summary>Reads a pack and what is chosen in it, and refuses what the pack leaves nobody to choose.</summary>
    internal static Rejection? ReadChoice(RegimeChoice? choice, string pointer, RegimeCatalogue catalogue, out RegimePack? pack, out RegimeSettings? settings)
    {
        (pack, settings) = (catalogue.Find(choice?.Name ?? "", choice?.Version), null);
        if (pack is null) return new Rejection(RegimeCodes.NotFound, null, $"{pointer}/name");
        var own = catalogue.SettingsOf(pack);
        var zone = choice!.Zone is null ? own.Zone : DateTimeZoneProviders.Tzdb.GetZoneOrNull(choice.Zone);
        if (zone is null) return Fields.Invalid($"{pointer}/zone", "takes an IANA time zone");
        var calendar = choice.Calendar is null ? own.Calendar : catalogue.Calendars.GetValueOrDefault(choice.Calendar);
        if (calendar is null) return Fields.Invalid($"{pointer}/calendar", $"takes one of {string.Join(", ", catalogue.Calendars.Keys)}");
        var restoration = Restoration.Automatic;
        if (choice.Restoration is not null && !Fields.TryChoice(choice.Restoration, $"{pointer}/restoration", out restoration, out var invalid)) return invalid;
        var onAction = OnAction.Leave;
        if (choice.OnAction is not null && !Fields.TryChoice(choice.OnAction, $"{pointer}/onAction", out onAction, out var unknown)) return unknown;
        var clocks = new Dictionary<string, ClockSettings>();
        foreach (var (id, chosen) in choice.Clocks ?? new Dictionary<string, ClockChoice?>())
        {
            var at = $"{pointer}/clocks/{id}";
            if (pack.Clocks.FirstOrDefault(known => known.Id == id) is not { } clock) return Fields.Invalid(at, "is no clock of this regime");
            if (chosen?.Days is { } days && (clock.Amount is not { Configurable: true } || days is < 1 or > MostDays))
                return Fields.Invalid($"{at}/days", clock.Amount is { Configurable: true } ? $"takes 1 to {MostDays}" : "is fixed by the regime");
            var roll = clock.Roll?.Default ?? Roll.Stay;
            if (chosen?.Roll is not null)
            {
                if (clock.Roll is null) return Fields.Invalid($"{at}/roll", "is fixed by the regime");
                if (!Fields.TryChoice(chosen.Roll, $"{at}/roll", out roll, out invalid)) return invalid;
            }
            clocks[id] = new ClockSettings(chosen?.Days, roll);
        }
        settings = new RegimeSettings(zone, calendar, clocks, restoration, onAction);
        return null;
    }

}
