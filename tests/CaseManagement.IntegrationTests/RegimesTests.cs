using System.Net;
using System.Text.Json.Nodes;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class RegimesTests(RunningService service)
{
    private static object Fact(string fact, string at, params string[] missing) => new { fact, at, missing };

    [Fact]
    public async Task Packs_are_listed_and_read_with_their_calendar_and_sources()
    {
        var list = (await service.GetAsync("/v1/regimes")).ShouldBe(HttpStatusCode.OK).Body!.AsArray();
        list.Select(pack => (string)pack!["id"]!).ShouldContain("us-dmca-512.v1");
        var pack = (await service.GetAsync("/v1/regimes/us-dmca-512")).ShouldBe(HttpStatusCode.OK).Body!;
        var restore = pack["pack"]!["clocks"]!.AsArray().Single(clock => (string)clock!["id"]! == "US-06")!;
        ((int)restore["amount"]!["min"]!, (int)restore["amount"]!["max"]!, (string)restore["dayKind"]!).ShouldBe((10, 14, "Business"));
        ((string)pack["pack"]!["sources"]!["S61"]!).ShouldContain("Pub. L. 105-304");
        ((string)pack["calendar"]!["name"]!).ShouldBe("us-federal");
        ((bool)pack["isConfirmed"]!).ShouldBeFalse();
        pack["unconfirmedClocks"]!.AsArray().Select(id => (string)id!).ShouldContain("US-10");
        ((string)pack["codes"]!["Signature_Missing"]!["zh"]!).ShouldBe("缺少签名");
        (await service.GetAsync("/v1/regimes/us-dmca-512?version=9")).ShouldBe(HttpStatusCode.NotFound, "Regime_Not_Found");
        (await service.GetAsync("/v1/regimes/roman-law")).ShouldBe(HttpStatusCode.NotFound, "Regime_Not_Found");
    }

    [Fact]
    public async Task One_history_under_several_packs_is_answered_side_by_side()
    {
        var answer = (await service.PostAsync("/v1/simulations", new
        {
            history = new[]
            {
                Fact("NoticeReceived", "2026-09-10T10:00:00+08:00"), Fact("MeasureApplied", "2026-09-10T12:00:00+08:00"),
                Fact("CounterNoticeReceived", "2026-09-16T10:00:00+08:00"), Fact("CounterNoticeDelivered", "2026-09-18T09:00:00+08:00"),
            },
            regimes = new object[]
            {
                new { name = "cn-ecl" }, new { name = "cn-ecl", clocks = new Dictionary<string, object> { ["CN-03"] = new { roll = "NextOpenDay" } } },
                new { name = "cn-civil-code", clocks = new Dictionary<string, object> { ["CN-08"] = new { days = 20 } } }, new { name = "cn-ricr.v1" },
                new { name = "us-dmca-512", zone = "America/Los_Angeles", restoration = "Manual" },
            },
        })).ShouldBe(HttpStatusCode.OK);
        answer.Body!["runs"]!.AsArray().Select(run => (string?)run!["outcome"]!["restoredAt"]?["local"]).ShouldBe(
            ["2026-10-04T00:00:00+08:00", "2026-10-09T00:00:00+08:00", "2026-10-09T00:00:00+08:00", "2026-09-16T10:00:00+08:00", null]);
        var deadline = answer.Body["runs"]![0]!["deadlines"]!.AsArray().Single(deadline => (string)deadline!["rule"]! == "CN-03")!;
        ((string)deadline["lastDay"]!, (string)deadline["source"]!).ShouldBe(("2026-10-03", "S60"));
        ((string)deadline["whenMissed"]!).ShouldContain("reinstate");
        ((string)deadline["notAfter"]!["utc"]!).ShouldStartWith("2026-10-03T16:00:00");
    }

    [Fact]
    public async Task A_simulation_stores_nothing()
    {
        // Letters of other tests may be written meanwhile; a simulation that stored something would be seen every time.
        await Eventually.HoldsAsync(async () =>
        {
            var before = await CountAsync();
            await One_history_under_several_packs_is_answered_side_by_side();
            (await CountAsync()).ShouldBe(before);
        });

        async Task<long> CountAsync()
        {
            await using var connection = new Npgsql.NpgsqlConnection(service.Database);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand(
                "select coalesce(sum((xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', schemaname, tablename), false, true, '')))[1]::text::bigint), 0) " +
                "from pg_tables where schemaname not in ('pg_catalog', 'information_schema') and tablename not like '%progression%' and tablename not like 'mt_log%'", connection);
            return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [InlineData("""{}""", "/history")]
    [InlineData("""{"history":[null],"regimes":[{"name":"cn-ecl"}]}""", "/history/0/fact")]
    [InlineData("""{"history":[{"fact":"Rain","at":"2026-09-10T10:00:00Z"}],"regimes":[{"name":"cn-ecl"}]}""", "/history/0/fact")]
    [InlineData("""{"history":[{"fact":"NoticeReceived"}],"regimes":[{"name":"cn-ecl"}]}""", "/history/0/at")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"9999-12-31T23:59:59Z"}],"regimes":[{"name":"cn-ecl"}]}""", "/history/0/at")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z","missing":[null]}],"regimes":[{"name":"cn-ecl"}]}""", "/history/0/missing")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z"}],"regimes":[]}""", "/regimes")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z"}],"regimes":[null]}""", "/regimes/0/name")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z"}],"regimes":[{"name":"cn-ecl","zone":"Moon"}]}""", "/regimes/0/zone")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z"}],"regimes":[{"name":"cn-ecl","calendar":"moon"}]}""", "/regimes/0/calendar")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z"}],"regimes":[{"name":"cn-ecl","clocks":{"CN-03":{"days":3}}}]}""", "/regimes/0/clocks/CN-03/days")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z"}],"regimes":[{"name":"cn-civil-code","clocks":{"CN-08":{"days":0}}}]}""", "/regimes/0/clocks/CN-08/days")]
    [InlineData("""{"history":[{"fact":"NoticeReceived","at":"2026-09-10T10:00:00Z"}],"regimes":[{"name":"us-dmca-512","clocks":{"US-06":{"roll":"Stay"}}}]}""", "/regimes/0/clocks/US-06/roll")]
    public async Task A_question_that_makes_no_sense_is_refused_with_its_place(string body, string pointer)
    {
        var answer = await service.SendAsync("/v1/simulations", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        ((int)answer.Status).ShouldBeInRange(404, 422);
        ((string)answer.Body!["errors"]![0]!["pointer"]!).ShouldBe(pointer);
    }
}
