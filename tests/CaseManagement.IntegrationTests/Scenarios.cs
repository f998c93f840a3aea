using System.Net;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>Pictures, works and accounts that no other test has, and the ways in which cases begin and go on.</summary>
internal sealed class Scenarios(RunningService service)
{
    private static readonly ScreeningThresholds Thresholds = new("pdq/1", 31, 50, 7);
    private readonly string unique = Guid.CreateVersion7().ToString("N");

    public string Image => $"img_{unique}";
    public string Work => $"wrk_{unique}";
    public string Respondent => $"seller-{unique}";
    public string Complainant => $"author-{unique}";

    public ImageScreened Screened(ScreeningVerdict verdict, params ScreeningMatch[] matches) =>
        new("*DEFAULT*", Image, Respondent, Surface.Listing, "listing-7", verdict, matches, Thresholds, null, DateTimeOffset.UtcNow);

    public ScreeningMatch Hit(string? work = null, Bank bank = Bank.Works, Disposition disposition = Disposition.Hit) =>
        new(bank, work ?? Work, Complainant, 12, Orientation.FlipY, disposition, null);

    public CopyFound Copy() => new("*DEFAULT*", Work, Complainant, Image, Respondent, Surface.Review, null, 4, Orientation.Original, Thresholds, DateTimeOffset.UtcNow);

    public object Report(string? account = null, string? work = null, string statement = "It is my photograph.") =>
        new { imageId = Image, workId = work ?? Work, complainantAccountId = account ?? Complainant, reasonCode = "Copyright", statement };

    public object Step(string actor, string reasonCode = "Copyright", string statement = "As the file shows.") => new { actor, reasonCode, statement };

    /// <summary>A screened picture without a finding, so that only reports can open a case.</summary>
    public async Task<Scenarios> KnownAsync()
    {
        await service.SayAsync(Screened(ScreeningVerdict.Clear));
        await Eventually.HoldsAsync(async () => (await service.PostAsync("/v1/reports", new { imageId = Image, reasonCode = "Copyright", statement = "?", contactEmail = "x" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid"));
        // The report above is refused before the picture is looked for; this one asks for the picture itself, in a dispute of its own.
        await Eventually.HoldsAsync(async () => (await service.PostAsync(
            "/v1/reports", new { imageId = Image, complainantAccountId = Respondent, reasonCode = "Other", statement = "My own." })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Complainant_Is_Respondent"));
        return this;
    }

    /// <summary>Everything said so far has been consumed: a later message on each queue has had its effect.</summary>
    public async Task DrainedAsync()
    {
        var (screened, copied) = (new Scenarios(service), new Scenarios(service));
        await service.SayAsync(screened.Screened(ScreeningVerdict.Match, screened.Hit()));
        await service.SayAsync(copied.Copy());
        foreach (var each in new[] { screened, copied })
            await Eventually.HoldsAsync(async () => (await service.GetAsync($"/v1/cases?imageId={each.Image}")).Body!["items"]!.AsArray().Count.ShouldBe(1));
    }

    /// <summary>A case that a report opened.</summary>
    public async Task<OpenedCase> ReportedAsync()
    {
        await KnownAsync();
        var answer = (await service.PostAsync("/v1/reports", Report())).ShouldBe(HttpStatusCode.Created);
        return new OpenedCase(service, this, (string)answer.Body!["caseId"]!, answer.ETag!);
    }

    public async Task<OpenedCase> TakenDownAsync()
    {
        var opened = await ReportedAsync();
        (await opened.TakeAsync("takedown", Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
        return opened;
    }
}

/// <summary>A case and the entity tag that was last seen of it.</summary>
internal sealed class OpenedCase(RunningService service, Scenarios scenario, string id, string tag)
{
    public string Id => id;
    public string Tag { get; private set; } = tag;
    public Scenarios Scenario => scenario;

    public async Task<Answer> TakeAsync(string step, object body)
    {
        var answer = await service.PostAsync($"/v1/cases/{id}/{step}", body, Tag);
        Tag = answer.ETag ?? Tag;
        return answer;
    }

    public async Task<string[]> HistoryAsync() =>
        [.. (await service.GetAsync($"/v1/cases/{id}/history")).ShouldBe(HttpStatusCode.OK).Body!["events"]!.AsArray().Select(entry => (string)entry!["type"]!)];
}
