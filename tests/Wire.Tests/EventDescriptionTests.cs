using System.Text.Json.Nodes;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Inbound.V1;
using ImageRights.Notification.Features.DescribingEvents;
using ImageRights.Notification.Notices;
using ImageRights.ServiceDefaults.Messaging;

namespace ImageRights.Wire.Tests;

public sealed class EventDescriptionTests(RunningServices services) : IClassFixture<RunningServices>
{
    [Fact]
    public async Task The_description_of_events_passes_the_linter_without_a_warning()
    {
        var document = JsonNode.Parse(await services.Http("Notification").GetStringAsync("/asyncapi/v1.json"))!;
        document["asyncapi"]!.GetValue<string>().ShouldStartWith("3.");
        await Linter.ShouldPassAsync(document, "spectral-asyncapi.json");
    }

    [Fact]
    public void It_is_the_one_that_was_agreed() => Golden.Matches("asyncapi.json", AsyncApiDocument.Create("localhost:5105", "http").ToJsonString(AsyncApiDocument.Form));

    [Fact]
    public void It_names_every_event_that_is_sent_or_taken() =>
        AsyncApiDocument.Create("localhost", "http")["components"]!["messages"]!.AsObject().Select(message => message.Key)
            .ShouldBe([.. NoticeTypes.Names, NoticeTypes.Tested, .. InboundEvents.Types.Keys], ignoreOrder: true);

    [Fact]
    public void It_describes_every_attribute_that_an_event_has()
    {
        var contract = new CaseClosed("t", "case_1", "img_1", "seller-1", null, CaseOutcome.Dismissed, DateTimeOffset.UtcNow);
        var large = new MeasureApplied("t", "case_1", "msr_1", "img_1", "seller-1", null, "Copyright_Infringement", new string('x', Notice.LargestBody), "reviewer-1", DateTimeOffset.UtcNow);
        var sent = new object[] { contract, large }.SelectMany(it => JsonNode.Parse(Notice.Of(it, Guid.CreateVersion7(), "00-1-1-01", "bm90ZQ==", new FactPlace("case-case_1", 7)).Body)!.AsObject().Select(attribute => attribute.Key));
        var described = AsyncApiDocument.Create("localhost", "http")["components"]!["schemas"]!["CloudEvent"]!["properties"]!.AsObject().Select(property => property.Key);
        described.ShouldBe(sent.Distinct().Except(["data"]), ignoreOrder: true);
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var document = AsyncApiDocument.Create("localhost", "http");
        var references = References(document).ToList();
        references.Count.ShouldBeGreaterThan(60);
        foreach (var reference in references)
        {
            JsonNode? node = document;
            foreach (var part in reference.Split('/')[1..]) node = node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node?[part];
            node.ShouldNotBeNull(reference);
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject form => form.SelectMany(member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
