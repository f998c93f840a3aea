using System.Net;
using System.Text.Json.Nodes;
using NodaTime;
using NodaTime.Text;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>The service with a clock that can be set, so that months of procedure pass in seconds.</summary>
public class LawService : RunningService
{
    private static readonly LocalDateTimePattern Local = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss");

    protected override string[] Arguments => ["--environment=Development", "--Clock:Virtual=true"];

    /// <summary>Goes to a local time, from deadline to deadline; jumping, over them as in an outage.</summary>
    public async Task GoToAsync(string local, string zone, bool jump = false) =>
        (await PutAsync("/v1/clock", new { now = At(local, zone), jump })).ShouldBe(HttpStatusCode.OK);

    public static DateTimeOffset At(string local, string zone) =>
        Local.Parse(local.Length == 16 ? $"{local}:00" : local).Value.InZoneStrictly(DateTimeZoneProviders.Tzdb[zone]).ToDateTimeOffset().ToUniversalTime();
}

/// <summary>The tenant's choice of laws, which ends with its test.</summary>
internal sealed class Choice(LawService service) : IAsyncDisposable
{
    public async Task PutAsync(params object[] rules)
    {
        var seen = (await service.GetAsync("/v1/settings/regimes")).ShouldBe(HttpStatusCode.OK);
        (await service.PutAsync("/v1/settings/regimes", new { actor = "admin", rules }, seen.ETag)).ShouldBe(HttpStatusCode.OK);
    }

    public async ValueTask DisposeAsync() => await PutAsync();
}

[CollectionDefinition(Name)]
public sealed class LawCollection : ICollectionFixture<LawService>
{
    public const string Name = "law";
}

/// <summary>A case under law, from a notice on.</summary>
internal sealed class LawCase(LawService service, Scenarios scenario, string zone)
{
    private static readonly Dictionary<string, string[]> NoticeForms = new()
    {
        ["us-dmca-512"] = ["signature", "work", "contact", "goodFaith", "accuracyPerjury"],
        ["eu-dsa"] = ["explanation", "nameEmail", "bonaFide"],
        ["cn-ecl"] = ["identity", "rightProof", "primaFacie", "truthGuarantee"],
        ["cn-civil-code"] = ["identity", "rightProof", "primaFacie", "truthGuarantee"],
        ["cn-ricr"] = ["nameContactAddress", "primaFacie"],
    };

    private static readonly Dictionary<string, string[]> CounterForms = new()
    {
        ["us-dmca-512"] = ["signature", "materialAndLocation", "mistakePerjury", "nameAddressPhone", "jurisdictionConsent"],
        ["cn-ecl"] = ["identity", "accurateLocation", "primaFacie", "truthGuarantee"],
        ["cn-civil-code"] = ["identity", "accurateLocation", "primaFacie", "truthGuarantee"],
        ["cn-ricr"] = ["nameContactAddress", "workAndUrl", "primaFacie"],
    };

    public Scenarios Scenario => scenario;
    public string Id { get; private set; } = "";
    public string Regime { get; private set; } = "";

    public static object NoticeOf(Scenarios scenario, string regime, string? missing = null, string? complainant = null) => new
    {
        regime,
        complainantAccountId = complainant ?? scenario.Complainant,
        workId = scenario.Work,
        elements = NoticeForms[regime].Where(name => name != missing).ToDictionary(name => name, _ => "As required."),
        items = new[] { new { imageId = scenario.Image } },
    };

    /// <summary>A picture that is known and a complete notice of it.</summary>
    public static async Task<LawCase> NotifiedAsync(LawService service, string regime, string at, string zone)
    {
        await service.GoToAsync(at, zone);
        var scenario = await new Scenarios(service).KnownAsync();
        var answer = (await service.PostAsync("/v1/notices", NoticeOf(scenario, regime))).ShouldBe(HttpStatusCode.Created);
        ((string)answer.Body!["state"]!).ShouldBe("Effective");
        return new LawCase(service, scenario, zone) { Id = (string)answer.Body["cases"]![0]!["caseId"]!, Regime = regime };
    }

    public async Task<LawCase> TakenDownAsync(string at, object? scope = null)
    {
        await service.GoToAsync(at, zone);
        (await StepAsync("takedown", scope ?? scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
        return this;
    }

    public object Counter(string statement = "It is my own photograph.", string? missing = null) => new
    {
        actor = scenario.Respondent,
        reasonCode = "owner",
        statement,
        elements = CounterForms[Regime].Where(name => name != missing).ToDictionary(name => name, _ => "As required."),
    };

    public async Task<Answer> StepAsync(string step, object body)
    {
        // Letters and statements are recorded in the case as well, at their own pace.
        return await service.PostAsync($"/v1/cases/{Id}/{step}", body, "*");
    }

    public Task<Answer> StepAtAsync(string at, string step, object body) => service.GoToAsync(at, zone).ContinueWith(_ => StepAsync(step, body), TaskScheduler.Default).Unwrap();

    public async Task<JsonNode> ReadAsync() => (await service.GetAsync($"/v1/cases/{Id}")).ShouldBe(HttpStatusCode.OK).Body!;

    public async Task<string> StateAsync() => (string)(await ReadAsync())["state"]!;

    public async Task<IReadOnlyList<JsonNode>> HistoryAsync() =>
        [.. (await service.GetAsync($"/v1/cases/{Id}/history")).ShouldBe(HttpStatusCode.OK).Body!["events"]!.AsArray().Select(entry => entry!)];

    /// <summary>The local time of the only such fact.</summary>
    public async Task<string> WhenAsync(string type, string field = "act") => LocalOf((string)(await HistoryAsync()).Single(entry => (string)entry["type"]! == type)["data"]![field]!["at"]!);

    public async Task<IReadOnlyList<string>> TypesAsync() => [.. (await HistoryAsync()).Select(entry => (string)entry["type"]!)];

    public string LocalOf(string instant) =>
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Format(
            Instant.FromDateTimeOffset(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture)).InZone(DateTimeZoneProviders.Tzdb[zone]).LocalDateTime);
}
