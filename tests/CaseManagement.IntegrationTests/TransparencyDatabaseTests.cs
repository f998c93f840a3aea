using System.Net;
using ImageRights.CaseManagement.Features.SubmittingStatements;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Builder;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>The way to the EU Transparency Database: real PostgreSQL and HTTP, the database a double made from its rules.</summary>
public sealed class TransparencyDatabaseTests : IAsyncLifetime
{
    private static readonly string PersonalKey = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    private string connection = "";
    private string messaging = "";
    private TransparencyDatabaseDouble database = null!;
    private WebApplication? app;
    private HttpClient http = null!;
    private DocumentStore store = null!;

    public async Task InitializeAsync()
    {
        connection = await TestServers.CreateDatabaseAsync();
        messaging = await TestServers.CreateVirtualHostAsync();
        database = await TransparencyDatabaseDouble.StartAsync();
        var options = new StoreOptions { ConnectionString = connection, ServiceName = "casemanagement" };
        Composition.Register(options, Regimes.RegimeCatalogue.BuiltIn());
        store = new DocumentStore(options);
        await store.ApplySchemaAsync(default);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await store.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_of_a_hundred_with_one_bad_date_parks_that_one_and_sends_the_rest()
    {
        var bad = (await IssueAsync(100, (number, reasons) => number == 42 ? reasons with { ContentOn = new DateOnly(2031, 5, 5) } : reasons))[42];
        // The date keeps every rule that is written down; this database has one more.
        database.FurtherRule = statement => statement["content_date"]!.ToString() == "2031-05-05" ? "The date is after today." : null;
        await StartAsync();
        await SummaryIsAsync(pending: 0, sent: 99, parked: 1);
        database.Calls.First().ShouldBe((422, 100));
        database.Calls.Where(call => call.Status == 201).Sum(call => call.Statements).ShouldBe(99);
        var parked = (await GetAsync("/v1/transparency-submissions?state=Parked")).Body!["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)parked["puid"]!).ShouldBe(bad);
        ((string)parked["reason"]!).ShouldContain("after today");
        (await http.GetStringAsync("/health")).ShouldBe("Degraded\ntransparency-database: 1 statements of reasons are parked");

        var corrected = await http.PostAsync($"/v1/statements-of-reasons/{bad}/correction", System.Net.Http.Json.JsonContent.Create(new { actor = "officer-weber", why = "Typing error.", contentOn = "2026-05-05" }));
        corrected.StatusCode.ShouldBe(HttpStatusCode.OK);
        await SummaryIsAsync(pending: 0, sent: 100, parked: 0);
        database.Stored[bad]["content_date"]!.ToString().ShouldBe("2026-05-05");
        database.Stored.Count.ShouldBe(100);
        (await http.GetStringAsync("/health")).ShouldBe("Healthy");
        var report = await http.GetAsync("/v1/transparency-report?year=2026");
        report.Headers.GetValues("Reconciliation").ShouldHaveSingleItem().ShouldBe("agrees");
        (await report.Content.ReadAsStringAsync()).ShouldContain("2026,statements,all,100");
    }

    [Fact]
    public async Task What_was_stored_without_an_answer_is_found_there_and_counts_as_delivered()
    {
        await IssueAsync(10);
        database.StoreWithoutAnswer = 1;
        await StartAsync();
        await SummaryIsAsync(pending: 0, sent: 10, parked: 0);
        database.Stored.Count.ShouldBe(10);
        database.Calls.ShouldContain((0, 10));
        database.Calls.ShouldContain((422, 10));
    }

    [Fact]
    public async Task A_refused_token_stops_the_sending_says_so_and_another_one_goes_on()
    {
        await IssueAsync(3);
        database.AcceptedToken = "another";
        await StartAsync();
        await Eventually.HoldsAsync(async () => ((string?)(await GetAsync("/v1/transparency-submissions/summary")).Body!["blocked"]).ShouldNotBeNull());
        (await http.GetStringAsync("/health")).ShouldStartWith("Degraded\ntransparency-database: The Transparency Database refused the token");
        var calls = database.Calls.Count;
        // Four looks at the queue later, still nothing was tried.
        await Eventually.HoldsAsync(async () => ((long)(await GetAsync("/v1/transparency-submissions/summary")).Body!["pending"]!).ShouldBe(3));
        database.Calls.Count.ShouldBe(calls);
        app!.Configuration["TransparencyDatabase:Token"] = "another";
        await SummaryIsAsync(pending: 0, sent: 3, parked: 0);
    }

    [Fact]
    public async Task A_failing_server_is_tried_again_and_a_restart_loses_nothing()
    {
        await IssueAsync(5);
        database.FailNext = 1000;
        await StartAsync();
        await Eventually.HoldsAsync(() =>
        {
            database.Calls.Count(call => call.Status == 503).ShouldBeGreaterThan(1);
            return Task.CompletedTask;
        });
        await StopAsync();
        database.FailNext = 0;
        await StartAsync();
        await SummaryIsAsync(pending: 0, sent: 5, parked: 0);
    }

    [Fact]
    public async Task A_refusal_that_does_not_say_which_is_found_by_halves()
    {
        await IssueAsync(16, (number, reasons) => number == 11 ? reasons with { ContentOn = new DateOnly(2031, 5, 5) } : reasons);
        database.IsSilentOnPlaces = true;
        database.FurtherRule = statement => statement["content_date"]!.ToString() == "2031-05-05" ? "The date is after today." : null;
        await StartAsync();
        await SummaryIsAsync(pending: 0, sent: 15, parked: 1);
    }

    [Fact]
    public async Task Personal_data_never_leaves_the_house()
    {
        var ids = await IssueAsync(4, (number, reasons) => number switch
        {
            0 => reasons with { Statement = "Fang wrote to me from fang@studio.example." },
            1 => reasons with { Statement = "Call 138 0013 8000." },
            2 => reasons with { Statement = $"The account {reasons.RespondentAccountId} did it before." },
            _ => reasons,
        });
        await StartAsync();
        await SummaryIsAsync(pending: 0, sent: 1, parked: 3);
        database.Stored.Keys.ShouldBe([ids[3]]);
        (await GetAsync("/v1/transparency-submissions?state=Parked")).Body!["items"]!.AsArray().ShouldAllBe(row => ((string)row!["reason"]!).Contains(TransparencyRules.PersonalData));
        await http.PostAsync($"/v1/statements-of-reasons/{ids[0]}/correction", System.Net.Http.Json.JsonContent.Create(new { actor = "officer-weber", why = "An address was in it.", statement = "The rightholder wrote." }));
        await SummaryIsAsync(pending: 0, sent: 2, parked: 2);
    }

    [Fact]
    public async Task Without_an_address_nothing_is_sent_and_everything_waits()
    {
        await IssueAsync(2);
        await StartAsync("");
        var summary = (await GetAsync("/v1/transparency-submissions/summary")).Body!;
        ((bool)summary["isEnabled"]!).ShouldBeFalse();
        ((long)summary["pending"]!).ShouldBe(2);
        database.Calls.ShouldBeEmpty();
        // The bus may still be connecting.
        await Eventually.HoldsAsync(async () => (await http.GetStringAsync("/health")).ShouldBe("Healthy"));
    }

    private async Task<IReadOnlyList<string>> IssueAsync(int count, Func<int, Reasons, Reasons>? change = null)
    {
        var ids = new List<string>();
        await using var session = store.LightweightSession();
        for (var number = 0; number < count; number++)
        {
            var measure = $"msr_{Guid.CreateVersion7():N}";
            var reasons = new Reasons(
                $"case_{Guid.CreateVersion7():N}", measure, $"seller-{number}", $"img_{Guid.CreateVersion7():N}", Restriction.Disabled, ["DE", "FR", "PT"], new DateOnly(2026, 8, 31), null,
                "Copyright", "Listing", new DateOnly(2026, 8, 1), Impulse.Notice, new DateOnly(2026, 8, 30), true, Automation.Partial, null, "The series of negatives shows it.");
            var id = StatementOfReasons.IdOf(measure, 1);
            session.Events.StartStream(StatementOfReasons.StreamPrefix + id, new StatementEvent.StatementIssued(change?.Invoke(number, reasons) ?? reasons, null, true, DateTimeOffset.UtcNow));
            TransparencyQueue.Enqueue(session, id);
            ids.Add(id);
        }
        await session.SaveChangesAsync();
        return ids;
    }

    private async Task StartAsync(string? url = null)
    {
        app = Composition.Build(
        [
            "--urls=http://127.0.0.1:0", $"--ConnectionStrings:casesdb={connection}", $"--ConnectionStrings:messaging={messaging}", "--Messaging:AwaitSubscribers=false", "--Logging:LogLevel:Default=Error", .. TestAccess.Settings, $"--Personal:Key={PersonalKey}",
            $"--TransparencyDatabase:Url={url ?? database.Url.ToString()}", $"--TransparencyDatabase:Token={TransparencyDatabaseDouble.Token}", "--TransparencyDatabase:Poll=00:00:00.100",
            "--TransparencyDatabase:FirstRetry=00:00:00.200", "--TransparencyDatabase:Timeout=00:00:10", "--TransparencyDatabase:Lease=00:00:20",
        ]);
        await app.StartAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) }.Authorized();
    }

    private async Task StopAsync()
    {
        if (app is null) return;
        http.Dispose();
        await app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        await app.DisposeAsync();
        app = null;
    }

    private async Task<Answer> GetAsync(string path) => (await Answer.ReadAsync(await http.GetAsync(path))).ShouldBe(HttpStatusCode.OK);

    private Task SummaryIsAsync(long pending, long sent, long parked) => Eventually.HoldsAsync(async () =>
    {
        var summary = (await GetAsync("/v1/transparency-submissions/summary")).Body!;
        ((long)summary["pending"]!, (long)summary["sent"]!, (long)summary["parked"]!).ShouldBe((pending, sent, parked), summary.ToJsonString());
    }, TimeSpan.FromSeconds(30));
}
