using System.Text.Json.Nodes;
using ImageRights.Contracts.Inbound.V1;
using ImageRights.Notification.Features.DescribingEvents;
using ImageRights.Notification.Notices;

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
