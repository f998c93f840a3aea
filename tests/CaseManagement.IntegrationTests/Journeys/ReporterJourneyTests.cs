using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>Complaints without ground: warning, suspension, appeal; and the thief who reports the author.</summary>
[Collection(PartiesCollection.Name)]
public class ReporterJourneyTests(PartiesService service, StrictService strict)
{
    private const string Zone = Complaint.Zone;

    [Fact]
    public async Task Six_without_ground_of_eight_in_thirty_days_are_warned_of_and_who_goes_on_is_suspended_for_a_time_and_may_appeal()
    {
        var rex = $"rex-{Guid.CreateVersion7():N}";
        for (var number = 0; number < 8; number++)
        {
            var complaint = await FiledAsync(service, rex, $"2026-10-{1 + number:00}T10:00");
            (await complaint.StepAsync(number < 2 ? "takedown" : "dismissal", complaint.Decision())).ShouldBe(HttpStatusCode.OK);
        }
        var warned = await ReporterAsync(service, rex, reporter => reporter["warning"] is not null);
        ((int)warned["warning"]!["factors"]!["unfounded"]!, (int)warned["warning"]!["factors"]!["complaints"]!).ShouldBe((6, 8));
        warned["proposal"].ShouldBeNull();
        var message = await Eventually.GetAsync<string>(async () => (string?)(await service.GetAsync($"/v1/reporters/{rex}/messages")).Body!.AsArray().FirstOrDefault(each => (string)each!["fact"]! == "MisuseWarned")?["body"]);
        message.ShouldContain("6 of 8 complaints and objections (75 %)");
        var unfit = await service.PostAsync($"/v1/reporters/{rex}/suspension", Suspension(), "*");
        unfit.ShouldBe(HttpStatusCode.Conflict, "Suspension_Not_Proposed");

        var further = await FiledAsync(service, rex, "2026-10-12T10:00");
        (await further.StepAsync("dismissal", further.Decision())).ShouldBe(HttpStatusCode.OK);
        var proposed = await ReporterAsync(service, rex, reporter => reporter["proposal"] is not null);
        ((bool)proposed["isSuspended"]!).ShouldBeFalse("a machine suspends nobody");
        (await service.GetAsync("/v1/reporters?state=Proposed")).Body!["items"]!.AsArray().ShouldContain(row => (string)row!["accountId"]! == rex);

        (await service.PostAsync($"/v1/reporters/{rex}/suspension", Suspension(gravity: ""), "*")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Suspension_Factors_Missing");
        (await service.PostAsync($"/v1/reporters/{rex}/suspension", Suspension(until: "2027-10-12T00:00:00Z"), "*")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Suspension_Too_Long");
        var suspended = (await service.PostAsync($"/v1/reporters/{rex}/suspension", Suspension(), "*")).ShouldBe(HttpStatusCode.OK);
        var factors = suspended.Body!["suspension"]!["factors"]!;
        ((int)factors["unfounded"]!, (int)factors["complaints"]!, (string)factors["gravity"]!, (string)factors["intent"]!).ShouldBe((7, 9, "A shop lost its best days.", "He knew the photographs were hers."));

        var picture = await new Complaint(service) { Complainant = rex }.KnownAsync(LawService.At("2026-10-12T10:00", Zone));
        using (var refused = await service.Http.PostAsync("/v1/reports", System.Net.Http.Json.JsonContent.Create(new { imageId = picture.Image, complainantAccountId = rex, reasonCode = "Copyright", statement = "Mine." })))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            ((string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["code"]!).ShouldBe("Reporter_Suspended");
            int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture).ShouldBeGreaterThan(86_400);
        }
        (await picture.NotifyAsync()).ShouldBe(HttpStatusCode.Forbidden, "Reporter_Suspended");

        (await service.PostAsync($"/v1/reporters/{rex}/suspension/appeal", Act("a-friend"), "*")).ShouldBe(HttpStatusCode.Forbidden, "Appeal_Not_By_Reporter");
        (await service.PostAsync($"/v1/reporters/{rex}/suspension/appeal", Act(rex), "*")).ShouldBe(HttpStatusCode.OK);
        (await service.PostAsync($"/v1/reporters/{rex}/suspension/decision", new { actor = "officer-weber", reasonCode = "Appeal", statement = "It stands.", lift = false }, "*")).ShouldBe(HttpStatusCode.Forbidden, "Appeal_Same_Person");
        (await service.PostAsync($"/v1/reporters/{rex}/suspension/decision", new { actor = "officer-jo", reasonCode = "Appeal", statement = "Two were right after all.", lift = true }, "*")).ShouldBe(HttpStatusCode.OK);
        (await picture.NotifyAsync()).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Who_copies_and_reports_the_author_meets_the_sealed_history()
    {
        var rex = $"rex-{Guid.CreateVersion7():N}";
        for (var number = 0; number < 3; number++)
        {
            var right = await FiledAsync(strict, rex, $"2026-03-0{1 + number}T10:00");
            (await right.StepAsync("takedown", right.Decision())).ShouldBe(HttpStatusCode.OK);
        }
        await ReporterAsync(strict, rex, reporter => (string)reporter["lane"]! == "Fast");

        // Somebody else shows a certificate first.
        var number1 = $"CPCC-{Guid.CreateVersion7():N}";
        var other = await ContradictedAsync(strict, $"weber-{Guid.CreateVersion7():N}", "2026-03-05");
        (await other.StepAsync("priority/hearing", new { actor = other.Complainant, reasonCode = "Priority", statement = "My certificate.", documents = new[] { new { kind = "Certificate", number = number1 } } })).ShouldBe(HttpStatusCode.OK);

        // Day 1: Fang registers and publishes. Day 9: Rex, whose site is new, claims a day of the year before.
        var fang = await ContradictedAsync(strict, rex, "2026-03-06");
        var priority = (await strict.GetAsync($"/v1/cases/{fang.CaseId}/priority")).ShouldBe(HttpStatusCode.OK).Body!;
        ((string)priority["code"]!).ShouldBe("PriorityContradiction");
        ((string)priority["respondent"]!["reference"]!).ShouldBe(fang.OwnWork);
        priority["respondent"]!["eventId"].ShouldNotBeNull();
        ((string)priority["claimedOn"]!).ShouldBe("2025-03-01");
        (await fang.StepAsync("takedown", new { actor = "matcher", reasonCode = "Copyright", statement = "Distance 0.", automated = true })).ShouldBe(HttpStatusCode.Conflict, "PriorityContradiction");
        (await fang.StepAsync("takedown", fang.Decision())).ShouldBe(HttpStatusCode.Conflict, "PriorityContradiction");
        foreach (var party in new[] { "Complainant", "Respondent" })
        {
            var asked = await fang.MessageAsync("PriorityContradictionFound", party);
            asked.ShouldContain("19 March 2026");
            asked.ShouldNotContain(party == "Complainant" ? fang.Respondent : rex);
        }

        (await fang.StepAsync("priority/hearing", new { actor = fang.Respondent, reasonCode = "Priority", statement = "The raw file and the series.", documents = new[] { new { kind = "Raw", sha256 = new string('1', 64) }, new { kind = "Series", sha256 = new string('2', 64) } } })).ShouldBe(HttpStatusCode.OK);
        (await fang.StepAsync("priority/decision", Favour("Respondent"))).ShouldBe(HttpStatusCode.Conflict, "Priority_Not_Heard");
        var forged = (await fang.StepAsync("priority/hearing", new { actor = rex, reasonCode = "Priority", statement = "My certificate.", documents = new[] { new { kind = "Certificate", number = number1 } } })).ShouldBe(HttpStatusCode.OK);
        forged.Body!["signals"]!.AsArray().Select(each => (string)each!).ShouldBe(["Doc_Forged"]);
        var decided = (await fang.StepAsync("priority/decision", Favour("Respondent"))).ShouldBe(HttpStatusCode.OK);
        ((string)decided.Body!["favoured"]!).ShouldBe("Respondent");
        (await fang.StepAsync("takedown", fang.Decision())).ShouldBe(HttpStatusCode.Conflict, "PriorityContradiction");
        (await fang.StepAsync("dismissal", fang.Decision())).ShouldBe(HttpStatusCode.OK);

        // 3 of 4 are no 90 percent: out of the fast lane at once, and warned.
        var left = await ReporterAsync(strict, rex, reporter => (string)reporter["lane"]! == "Ordinary" && reporter["warning"] is not null);
        left["warning"]!["factors"]!["signals"]!.AsArray().Select(each => (string)each!).Order().ShouldBe(["Doc_Forged", "PriorityContradiction"]);
        var again = await FiledAsync(strict, rex, "2026-03-20T10:00");
        (await again.StepAsync("dismissal", again.Decision())).ShouldBe(HttpStatusCode.OK);
        await ReporterAsync(strict, rex, reporter => reporter["proposal"] is not null);
        (await strict.PostAsync($"/v1/reporters/{rex}/suspension", Suspension(until: "2026-05-01T00:00:00Z"), "*")).ShouldBe(HttpStatusCode.OK);
        (await (await new Complaint(strict) { Complainant = rex }.KnownAsync(LawService.At("2026-03-20T10:00", Zone))).NotifyAsync()).ShouldBe(HttpStatusCode.Forbidden, "Reporter_Suspended");

        // Nothing was down, so nothing is lost.
        var ledger = (await strict.GetAsync($"/v1/cases/{fang.CaseId}/damage-ledger?salesPerHour=12.50&currency=EUR")).ShouldBe(HttpStatusCode.OK).Body!;
        ((decimal)ledger["amount"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Who_complains_of_decisions_without_ground_is_warned_and_suspended_as_a_reporter_is()
    {
        // A policy under which one without ground of up to four is many.
        var seller = $"seller-{Guid.CreateVersion7():N}";
        var first = await ConfirmedAsync("2026-08-03T10:00");
        await ReporterAsync(strict, seller, reporter => reporter["warning"] is not null && (int)reporter["unfounded"]! == 1);
        var second = await ConfirmedAsync("2026-08-04T10:00");
        await ReporterAsync(strict, seller, reporter => reporter["proposal"] is not null);
        (await strict.PostAsync($"/v1/reporters/{seller}/suspension", Suspension(until: "2026-10-01T00:00:00Z"), "*")).ShouldBe(HttpStatusCode.OK);

        var third = await DecidedAsync("2026-08-05T10:00");
        (await third.StepAsync("complaint", third.Decision(seller, "Wrong again."))).ShouldBe(HttpStatusCode.Forbidden, "Reporter_Suspended");
        await strict.GoToAsync("2026-10-01T02:00:01", Zone);
        (await third.StepAsync("complaint", third.Decision(seller, "Wrong again."))).ShouldBe(HttpStatusCode.OK);
        new[] { first.CaseId, second.CaseId, third.CaseId }.Distinct().Count().ShouldBe(3);

        async Task<Complaint> ConfirmedAsync(string at)
        {
            var complaint = await DecidedAsync(at);
            (await complaint.StepAsync("complaint", complaint.Decision(seller, "Wrong."))).ShouldBe(HttpStatusCode.OK);
            (await complaint.StepAsync("complaint-decision", new { actor = "reviewer-ada", reasonCode = "Copyright", statement = "It is not.", party = "Respondent", upheld = false })).ShouldBe(HttpStatusCode.OK);
            return complaint;
        }

        async Task<Complaint> DecidedAsync(string at)
        {
            await strict.GoToAsync(at, Zone);
            var complaint = await new Complaint(strict) { Respondent = seller }.KnownAsync(LawService.At(at, Zone).AddDays(-1));
            (await complaint.NotifyAsync()).ShouldBe(HttpStatusCode.Created);
            (await complaint.StepAsync("takedown", complaint.Decision())).ShouldBe(HttpStatusCode.OK);
            (await complaint.StepAsync("information", new { actor = "clerk", reasonCode = "Informed", statement = "By e-mail.", party = "Respondent", toldAt = LawService.At(at, Zone) })).ShouldBe(HttpStatusCode.OK);
            return complaint;
        }
    }

    [Fact]
    public async Task Guests_of_one_address_share_a_limit_and_no_machine_takes_anybody_unknown_at_his_word()
    {
        await strict.GoToAsync("2026-08-20T10:00", Zone);
        var sender = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        var known = new List<Complaint>();
        for (var number = 0; number < 5; number++) known.Add(await new Complaint(strict).KnownAsync(LawService.At("2026-08-19T10:00", Zone)));
        (await ReportAsync(known[0], sender.ToUpperInvariant())).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        for (var number = 0; number < 3; number++) (await ReportAsync(known[number], sender)).ShouldBe(HttpStatusCode.Created);
        (await ReportAsync(known[3], sender)).ShouldBe(HttpStatusCode.TooManyRequests, "Reporter_Rate_Limited");
        (await ReportAsync(known[3], null)).ShouldBe(HttpStatusCode.Created);
        await strict.GoToAsync("2026-08-20T11:05", Zone);
        (await ReportAsync(known[4], sender)).ShouldBe(HttpStatusCode.Created);

        var open = (string)(await strict.GetAsync($"/v1/cases?imageId={known[3].Image}")).Body!["items"]![0]!["caseId"]!;
        (await strict.PostAsync($"/v1/cases/{open}/takedown", new { actor = "matcher", reasonCode = "Copyright", statement = "Distance 0.", automated = true }, "*")).ShouldBe(HttpStatusCode.Conflict, "Measure_Needs_Review");
        (await strict.PostAsync($"/v1/cases/{open}/takedown", known[3].Decision(), "*")).ShouldBe(HttpStatusCode.OK);

        Task<Answer> ReportAsync(Complaint complaint, string? senderHash) =>
            strict.PostAsync("/v1/guest/reports", new { imageId = complaint.Image, reasonCode = "Copyright", statement = "It is mine.", senderHash });
    }

    [Fact]
    public async Task A_guest_who_claims_a_date_meets_the_sealed_history_too()
    {
        var complaint = await new Complaint(strict).KnownAsync(LawService.At("2026-08-10T10:00", Zone), isRegistered: true);
        await strict.GoToAsync("2026-08-20T10:00", Zone);
        string caseId = "", number = "";
        await Eventually.HoldsAsync(async () =>
        {
            if (caseId.Length == 0)
            {
                var receipt = (await strict.PostAsync("/v1/guest/reports", new { imageId = complaint.Image, workId = complaint.Work, reasonCode = "Copyright", statement = "It is mine.", firstPublishedOn = "2025-03-01" })).ShouldBe(HttpStatusCode.Created);
                number = (string)receipt.Body!["number"]!;
                caseId = (string)(await strict.GetAsync($"/v1/cases?imageId={complaint.Image}&workId={complaint.Work}")).Body!["items"]![0]!["caseId"]!;
            }
            (await strict.GetAsync($"/v1/cases/{caseId}/priority")).ShouldBe(HttpStatusCode.OK);
        });
        (await strict.PostAsync($"/v1/cases/{caseId}/takedown", complaint.Decision(), "*")).ShouldBe(HttpStatusCode.Conflict, "PriorityContradiction");
        // He is asked as one whom no account names, and answers by his number.
        (await strict.PostAsync($"/v1/cases/{caseId}/priority/hearing", new { actor = number, reasonCode = "Priority", statement = "I have the film." }, "*")).ShouldBe(HttpStatusCode.OK);
        (await strict.PostAsync($"/v1/cases/{caseId}/priority/hearing", new { actor = complaint.Respondent, reasonCode = "Priority", statement = "So have I." }, "*")).ShouldBe(HttpStatusCode.OK);
        (await strict.PostAsync($"/v1/cases/{caseId}/priority/decision", Favour("Respondent"), "*")).ShouldBe(HttpStatusCode.OK);
        var asked = await Eventually.GetAsync<JsonNode>(async () => (await strict.GetAsync($"/v1/cases/{caseId}/messages?party=Complainant")).Body!.AsArray().FirstOrDefault(message => (string)message!["fact"]! == "PriorityContradictionFound"));
        asked["accountId"].ShouldBeNull();
        (await strict.GetAsync($"/v1/reporters/{number}")).Body!["signals"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_trusted_flagger_s_later_notice_overtakes_and_is_no_newcomer_s()
    {
        var ordinary = await FiledAsync(strict, $"author-{Guid.CreateVersion7():N}", "2026-09-07T10:00");
        var flagged = new List<Complaint>();
        // More than a newcomer may give within an hour.
        for (var number = 0; number < 5; number++) flagged.Add(await FiledAsync(strict, "flagger-hotline", $"2026-09-07T10:{10 + number}"));
        var queue = (await strict.GetAsync("/v1/cases?sort=queue&status=Open&from=2026-09-07T00:00:00Z&limit=100")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray();
        var order = queue.Select(item => (string)item!["caseId"]!).Where(id => id == ordinary.CaseId || flagged.Any(each => each.CaseId == id)).ToList();
        order.ShouldBe([.. flagged.Select(each => each.CaseId), ordinary.CaseId]);
        (await strict.GetAsync($"/v1/cases/{flagged[0].CaseId}/deadlines")).Body!["deadlines"]!.AsArray().Select(item => (string)item!["rule"]!).ShouldContain("EU-09");
        (await strict.GetAsync($"/v1/cases/{ordinary.CaseId}/deadlines")).Body!["deadlines"]!.AsArray().Select(item => (string)item!["rule"]!).ShouldNotContain("EU-09");

        (await flagged[0].StepAsync("takedown", flagged[0].Decision())).ShouldBe(HttpStatusCode.OK);
        var stated = (await strict.GetAsync($"/v1/cases/{flagged[0].CaseId}/statements-of-reasons")).ShouldBe(HttpStatusCode.OK).Body!.AsArray().ShouldHaveSingleItem()!;
        stated.ToJsonString().ShouldContain("trusted flagger");
    }

    [Theory]
    [InlineData("takedown", "MeasureApplied")]
    [InlineData("dismissal", "CaseDismissed")]
    public async Task Everybody_who_gave_notice_of_the_picture_is_told_what_came_of_it_in_both_languages(string decision, string fact)
    {
        var complaint = await FiledAsync(service, $"author-{Guid.CreateVersion7():N}", "2026-09-14T10:00");
        var others = new[] { $"agency-{Guid.CreateVersion7():N}", $"museum-{Guid.CreateVersion7():N}" };
        foreach (var other in others)
        {
            var joined = new { regime = "eu-dsa", complainantAccountId = other, workId = complaint.Work, elements = new { explanation = "It is ours.", nameEmail = "Ada, ada@agency.example", bonaFide = "In good faith." }, items = new[] { new { imageId = complaint.Image } } };
            var answer = (await service.PostAsync("/v1/notices", joined)).ShouldBe(HttpStatusCode.Created);
            ((string)answer.Body!["cases"]![0]!["caseId"]!).ShouldBe(complaint.CaseId);
        }
        (await complaint.StepAsync(decision, complaint.Decision())).ShouldBe(HttpStatusCode.OK);
        (await complaint.StepAsync("closure", new { actor = "reviewer-mei", reasonCode = "Done", statement = "Decided.", outcome = decision == "takedown" ? "Upheld" : "Dismissed" })).ShouldBe(HttpStatusCode.OK);
        foreach (var account in others.Append(complaint.Complainant))
        foreach (var (language, closed) in new[] { ("en", "closed"), ("zh", "结案") })
        {
            await Eventually.HoldsAsync(async () =>
            {
                var told = (await service.GetAsync($"/v1/cases/{complaint.CaseId}/messages?accountId={account}&language={language}")).Body!.AsArray();
                told.Count(message => (string)message!["fact"]! == fact).ShouldBe(1, account);
                ((string)told.Single(message => (string)message!["fact"]! == "CaseClosed")!["body"]!).ShouldContain(closed);
                told.ShouldAllBe(message => (string)message!["party"]! == "Complainant");
                foreach (var other in others.Append(complaint.Complainant).Except([account])) told.ShouldAllBe(message => !((string)message!["body"]!).Contains(other));
            });
        }
    }

    [Fact]
    public async Task Thirty_hours_down_cost_thirty_times_the_sales_of_an_hour()
    {
        var complaint = await FiledAsync(strict, $"author-{Guid.CreateVersion7():N}", "2026-06-01T10:00");
        (await complaint.StepAsync("takedown", complaint.Decision())).ShouldBe(HttpStatusCode.OK);
        var since = DateTimeOffset.Parse((string)(await strict.GetAsync($"/v1/cases/{complaint.CaseId}/history")).Body!["events"]!.AsArray().Single(entry => (string)entry!["type"]! == "measure_applied_v1")!["data"]!["act"]!["at"]!, CultureInfo.InvariantCulture);
        (await strict.PutAsync("/v1/clock", new { now = since.AddHours(30) })).ShouldBe(HttpStatusCode.OK);
        (await complaint.StepAsync("reinstatement", complaint.Decision("reviewer-jo"))).ShouldBe(HttpStatusCode.OK);
        var ledger = (await strict.GetAsync($"/v1/cases/{complaint.CaseId}/damage-ledger?salesPerHour=12.50&currency=EUR")).ShouldBe(HttpStatusCode.OK).Body!;
        // The request itself takes a moment.
        ((double)ledger["hours"]!).ShouldBeInRange(30, 30.01);
        ((decimal)ledger["amount"]!).ShouldBe(Math.Round((decimal)(double)ledger["hours"]! * 12.50m, 2, MidpointRounding.AwayFromZero));
        ((decimal)ledger["doubled"]!).ShouldBe((decimal)ledger["amount"]! * 2);
    }

    [Fact]
    public async Task Five_new_accounts_with_one_payout_share_one_limit_and_are_looked_at()
    {
        await strict.GoToAsync("2026-07-01T10:00", Zone);
        var payout = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        var accounts = Enumerable.Range(0, 5).Select(number => $"rex{number}-{Guid.CreateVersion7():N}").ToList();
        foreach (var account in accounts) (await strict.PostAsync($"/v1/reporters/{account}/links", new { payoutHash = payout })).ShouldBe(HttpStatusCode.OK);
        (await strict.GetAsync($"/v1/reporters/{accounts[0]}")).Body!["linkedAccounts"]!.AsArray().Count.ShouldBe(4);
        var filed = new List<Complaint>();
        foreach (var account in accounts)
        {
            var complaint = await new Complaint(strict) { Complainant = account }.KnownAsync(LawService.At("2026-06-30T10:00", Zone));
            var answer = await complaint.NotifyAsync();
            if (filed.Count < 3) answer.ShouldBe(HttpStatusCode.Created);
            else answer.ShouldBe(HttpStatusCode.TooManyRequests, "Reporter_Rate_Limited");
            if (answer.Status == HttpStatusCode.Created) filed.Add(complaint);
        }
        filed.Count.ShouldBe(3);
        // The first and the third are samples: no machine decides them.
        foreach (var (complaint, isSampled) in filed.Zip([true, false, true]))
        {
            var answer = await complaint.StepAsync("takedown", new { actor = "matcher", reasonCode = "Copyright", statement = "Distance 0.", automated = true });
            if (isSampled) answer.ShouldBe(HttpStatusCode.Conflict, "Measure_Needs_Review");
            else answer.ShouldBe(HttpStatusCode.OK);
        }
        (await filed[0].StepAsync("takedown", filed[0].Decision())).ShouldBe(HttpStatusCode.OK);
        await strict.GoToAsync("2026-07-01T11:05", Zone);
        (await (await new Complaint(strict) { Complainant = accounts[4] }.KnownAsync(LawService.At("2026-06-30T10:00", Zone))).NotifyAsync()).ShouldBe(HttpStatusCode.Created, null);
    }

    /// <summary>A picture of a registered author, reported eight days later with a date of the year before.</summary>
    private static async Task<Complaint> ContradictedAsync(LawService service, string complainant, string day)
    {
        var complaint = await new Complaint(service) { Complainant = complainant }.KnownAsync(LawService.At($"{day}T10:00", Zone), isRegistered: true);
        await service.GoToAsync("2026-03-14T10:00", Zone);
        (await complaint.NotifyAsync("2025-03-01")).ShouldBe(HttpStatusCode.Created);
        await Eventually.HoldsAsync(async () => (await service.GetAsync($"/v1/cases/{complaint.CaseId}/priority")).ShouldBe(HttpStatusCode.OK));
        return complaint;
    }

    private static async Task<Complaint> FiledAsync(LawService service, string complainant, string at)
    {
        await service.GoToAsync(at, Zone);
        var complaint = await new Complaint(service) { Complainant = complainant }.KnownAsync(LawService.At(at, Zone).AddDays(-1));
        (await complaint.NotifyAsync()).ShouldBe(HttpStatusCode.Created);
        return complaint;
    }

    private static Task<JsonNode> ReporterAsync(LawService service, string account, Func<JsonNode, bool> isSo) => Eventually.GetAsync<JsonNode>(async () =>
    {
        var reporter = (await service.GetAsync($"/v1/reporters/{account}")).ShouldBe(HttpStatusCode.OK).Body!;
        return isSo(reporter) ? reporter : null;
    });

    private static object Suspension(string gravity = "A shop lost its best days.", string until = "2026-12-01T00:00:00Z") =>
        new { actor = "officer-weber", reasonCode = "Misuse", statement = "After the warning he went on.", until, gravity, intent = "He knew the photographs were hers." };

    private static object Act(string by) => new { actor = by, reasonCode = "Appeal", statement = "I am the author." };

    private static object Favour(string party) => new { actor = "reviewer-mei", reasonCode = "Priority", statement = "The registration is sealed on day 1.", favours = party };
}
