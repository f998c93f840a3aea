using System.Net;
using System.Text.Json.Nodes;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class ReadingCasesTests(RunningService service)
{
    private readonly Scenarios scenario = new(service);

    [Fact]
    public async Task History_is_the_stream_in_order_with_who_why_and_when()
    {
        var down = await scenario.TakenDownAsync();
        await down.TakeAsync("counter-notice", scenario.Step(scenario.Respondent, "Own_Work", "It is my own photograph."));
        var history = (await service.GetAsync($"/v1/cases/{down.Id}/history")).ShouldBe(HttpStatusCode.OK).Body!;
        var events = history["events"]!.AsArray();
        events.Select(entry => (int)entry!["version"]!).ShouldBe([1, 2, 3]);
        events.Select(entry => (string)entry!["actor"]!).ShouldBe([$"tester/{scenario.Complainant}", "tester/reviewer-mei", $"tester/{scenario.Respondent}"]);
        events.Select(entry => (DateTimeOffset)entry!["timestamp"]!).ShouldBeInOrder();
        events.Select(entry => (string)entry!["eventId"]!).Distinct().Count().ShouldBe(3);
        ((string)events[2]!["data"]!["act"]!["statement"]!).ShouldBe("It is my own photograph.");
        ((string)history["case"]!["state"]!).ShouldBe("CounterNoticed");
    }

    [Fact]
    public async Task A_case_can_be_seen_as_it_was_at_a_version_and_at_an_instant()
    {
        var down = await scenario.TakenDownAsync();
        await down.TakeAsync("reinstatement", scenario.Step("reviewer-mei"));
        var events = (await service.GetAsync($"/v1/cases/{down.Id}/history")).Body!["events"]!.AsArray();
        string[] states = ["Open", "TakenDown", "Reinstated"];
        for (var version = 1; version <= 3; version++)
        {
            var asOf = (await service.GetAsync($"/v1/cases/{down.Id}/history?version={version}")).ShouldBe(HttpStatusCode.OK).Body!;
            ((string)asOf["case"]!["state"]!).ShouldBe(states[version - 1]);
            ((int)asOf["version"]!).ShouldBe(version);
            asOf["events"]!.AsArray().Count.ShouldBe(version);
            var at = Uri.EscapeDataString((string)events[version - 1]!["timestamp"]!);
            ((string)(await service.GetAsync($"/v1/cases/{down.Id}/history?at={at}")).ShouldBe(HttpStatusCode.OK).Body!["case"]!["state"]!).ShouldBe(states[version - 1]);
        }
        (await service.GetAsync($"/v1/cases/{down.Id}/history?at=2020-01-01T00:00:00Z")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
        ((int)(await service.GetAsync($"/v1/cases/{down.Id}/history?version=99")).Body!["version"]!).ShouldBe(3);
    }

    [Theory]
    [InlineData("version=0")]
    [InlineData("version=-1")]
    [InlineData("version=x")]
    [InlineData("version=99999999999999999999")]
    [InlineData("at=yesterday")]
    [InlineData("at=%00")]
    public async Task A_wrong_point_in_time_is_refused(string query)
    {
        var reported = await scenario.ReportedAsync();
        (await service.GetAsync($"/v1/cases/{reported.Id}/history?{query}")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
    }

    [Theory]
    [InlineData("at=0001-01-01T00:00:00Z")]
    [InlineData("at=0001-01-01T00:00:00%2B14:00")]
    public async Task The_beginning_of_time_has_no_cases(string query)
    {
        var reported = await scenario.ReportedAsync();
        (await service.GetAsync($"/v1/cases/{reported.Id}/history?{query}")).Status.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task The_list_filters_by_each_of_its_fields()
    {
        var down = await scenario.TakenDownAsync();
        var queries = new[]
        {
            $"respondentAccountId={scenario.Respondent}", $"complainantAccountId={scenario.Complainant}", $"imageId={scenario.Image}", $"workId={scenario.Work}",
            $"state=TakenDown&imageId={scenario.Image}", $"state=TakenDown&respondentAccountId={scenario.Respondent}&workId={scenario.Work}",
        };
        foreach (var query in queries) (await IdsAsync(query)).ShouldBe([down.Id], query);
        (await IdsAsync($"state=Open&imageId={scenario.Image}")).ShouldBeEmpty();
        (await IdsAsync($"respondentAccountId={scenario.Complainant}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_pages_newest_first_without_gap_or_repetition()
    {
        var works = Enumerable.Range(0, 5).Select(number => scenario.Hit($"{scenario.Work}-{number}")).ToArray();
        await service.SayAsync(scenario.Screened(ScreeningVerdict.Match, works));
        await Eventually.HoldsAsync(async () => (await IdsAsync($"imageId={scenario.Image}")).Length.ShouldBe(5));
        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = (await service.GetAsync($"/v1/cases?imageId={scenario.Image}&limit=2{cursor}")).ShouldBe(HttpStatusCode.OK).Body!;
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["caseId"]!));
            cursor = page["next"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        seen.Count.ShouldBe(5);
        seen.ShouldBe(seen.Distinct().OrderByDescending(id => id, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("state=Lost", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("state=1", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("imageId=", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("workId=%00", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("complainantAccountId=%00", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("limit=0", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("limit=201", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("cursor=!", HttpStatusCode.BadRequest, "Cursor_Invalid")]
    [InlineData("cursor=AAAA", HttpStatusCode.BadRequest, "Cursor_Invalid")]
    public async Task A_wrong_question_is_refused(string query, HttpStatusCode status, string code) =>
        (await service.GetAsync($"/v1/cases?{query}")).ShouldBe(status, code);

    private async Task<string[]> IdsAsync(string query) =>
        [.. (await service.GetAsync($"/v1/cases?{query}")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().Select((JsonNode? item) => (string)item!["caseId"]!)];
}
