using System.Net;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Reporters;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>The service with a clock that can be set and a double of the Transparency Database.</summary>
public class PartiesService : LawService
{
    private readonly Lazy<TransparencyDatabaseDouble> database = new(() => TransparencyDatabaseDouble.StartAsync().GetAwaiter().GetResult());

    internal TransparencyDatabaseDouble Transparency => database.Value;

    protected override string[] Arguments =>
    [
        .. base.Arguments, $"--TransparencyDatabase:Url={Transparency.Url}", $"--TransparencyDatabase:Token={TransparencyDatabaseDouble.Token}", "--TransparencyDatabase:Poll=00:00:00.100",
        "--TransparencyDatabase:FirstRetry=00:00:00.200", "--TransparencyDatabase:Timeout=00:00:10", "--TransparencyDatabase:Lease=00:00:20",
    ];
}

/// <summary>The same with a policy under which few complaints tell much.</summary>
public sealed class StrictService : PartiesService
{
    private static readonly string Policy = Path.Combine(AppContext.BaseDirectory, "strict-policy.json");

    protected override string[] Arguments
    {
        get
        {
            File.WriteAllText(Policy,
                """
                { "default": {
                    "trust": {"months": 3, "fewestDecided": 3, "upheldPercent": 90, "counteredPercent": 5, "readmissionMonths": 3, "evidence": "ProductDefault"},
                    "newcomers": {"fewestDecided": 2, "perHour": 3, "perDay": 20, "sampleEvery": 2, "evidence": "ProductDefault"},
                    "misuse": {"days": 30, "fewestUnfounded": 1, "unfoundedPercent": 25, "longestSuspensionDays": 90, "warningMonths": 12, "evidence": "ProductDefault"},
                    "trustedFlaggers": ["flagger-hotline"] }, "tenants": {} }
                """);
            return [.. base.Arguments, $"--Reporters:PolicyFile={Policy}"];
        }
    }
}

/// <summary>A picture that is known and who complains of it.</summary>
internal sealed class Complaint(LawService service)
{
    public const string Zone = "Europe/Brussels";
    private static readonly ScreeningThresholds Thresholds = new("pdq/1", 31, 50, 7);
    private readonly string unique = Guid.CreateVersion7().ToString("N");

    public string Image => $"img_{unique}";
    public string Work => $"wrk_{unique}";
    public string OwnWork => $"wrk_f{unique[1..]}";
    public string Respondent { get; init; } = $"seller-{Guid.CreateVersion7():N}";
    public string Complainant { get; init; } = $"author-{Guid.CreateVersion7():N}";
    public string CaseId { get; private set; } = "";

    /// <summary>Makes the picture known, as received at an instant, with the works that were found in it.</summary>
    public async Task<Complaint> KnownAsync(DateTimeOffset at, bool isRegistered = false, bool isFound = false)
    {
        if (isRegistered)
            await service.SayAsync(new WorkRegistered("*DEFAULT*", OwnWork, Respondent, "Bag", "Fang", null, new string('a', 64), "JPEG", 800, 800, at));
        ScreeningMatch[] matches =
        [
            .. isRegistered ? [new ScreeningMatch(Bank.Works, OwnWork, Respondent, 0, Contracts.Fingerprint.V1.Orientation.Original, Disposition.Own, null)] : Array.Empty<ScreeningMatch>(),
            .. isFound ? [new ScreeningMatch(Bank.Works, Work, Complainant, 12, Contracts.Fingerprint.V1.Orientation.FlipY, Disposition.Hit, null)] : Array.Empty<ScreeningMatch>(),
        ];
        await service.SayAsync(new ImageScreened("*DEFAULT*", Image, Respondent, Surface.Listing, "listing-7", isFound ? ScreeningVerdict.Match : ScreeningVerdict.Clear, matches, Thresholds, null, at));
        await Eventually.HoldsAsync(async () => (await service.PostAsync(
            "/v1/reports", new { imageId = Image, complainantAccountId = Respondent, reasonCode = "Other", statement = "My own." })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Complainant_Is_Respondent"));
        // The registration and the screening come by two queues.
        if (isRegistered) await Eventually.HoldsAsync(async () => (await FindWorkAsync()).ShouldNotBeNull());
        return this;

        async Task<KnownWork?> FindWorkAsync()
        {
            await using var session = service.Store.LightweightSession(EventStore.DocumentStore.DefaultTenant);
            return await session.LoadAsync<KnownWork>(OwnWork);
        }
    }

    /// <summary>Gives notice under the law of the Union.</summary>
    public async Task<Answer> NotifyAsync(string? firstPublishedOn = null)
    {
        var answer = await service.PostAsync("/v1/notices", new
        {
            regime = "eu-dsa", complainantAccountId = Complainant, workId = Work, firstPublishedOn,
            elements = new { explanation = "I took the photograph.", nameEmail = "Fang Meiling, fang@studio.example", bonaFide = "I believe so in good faith." },
            items = new[] { new { imageId = Image } },
        });
        if (answer.Status == HttpStatusCode.Created) CaseId = (string)answer.Body!["cases"]![0]!["caseId"]!;
        return answer;
    }

    public async Task<Answer> StepAsync(string step, object body) => await service.PostAsync($"/v1/cases/{CaseId}/{step}", body, "*");

    public object Decision(string by = "reviewer-mei", string statement = "As the series of negatives shows.") => new { actor = by, reasonCode = "Copyright", statement };

    public async Task<JsonArray> MessagesAsync(string party, string language = "en") => (await service.GetAsync($"/v1/cases/{CaseId}/messages?party={party}&language={language}")).ShouldBe(HttpStatusCode.OK).Body!.AsArray();

    /// <summary>The message of a fact to a party, once it is there.</summary>
    public async Task<string> MessageAsync(string fact, string party, string language = "en") => await Eventually.GetAsync<string>(async () =>
        (string?)(await MessagesAsync(party, language)).FirstOrDefault(message => (string)message!["fact"]! == fact)?["body"]);
}

[CollectionDefinition(Name)]
public sealed class PartiesCollection : ICollectionFixture<PartiesService>, ICollectionFixture<StrictService>
{
    public const string Name = "parties";
}
