using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.Regimes;

namespace ImageRights.CaseManagement.UnitTests.Regimes;

public class RegimeCatalogueTests
{
    internal static readonly RegimeCatalogue Catalogue = RegimeCatalogue.BuiltIn();

    [Fact]
    public void Every_pack_and_calendar_is_as_its_schema_says_and_its_references_hold()
    {
        Catalogue.Packs.Select(pack => pack.Name).ShouldBe(
            [
                "cn-civil-code", "cn-ecl", "cn-ricr", "eu-dsa", "preset-alibaba-ipp", "preset-aliexpress", "preset-amazon", "preset-ebay-vero", "preset-github", "preset-joom", "preset-meta",
                "preset-pinduoduo", "preset-taobao", "preset-temu", "preset-youtube", "product-default", "us-dmca-512", "us-take-it-down", "us-tro",
            ]);
        Catalogue.Calendars.Keys.Count(name => name.StartsWith("eu-", StringComparison.Ordinal)).ShouldBe(27);
    }

    [Fact]
    public void The_schemas_know_every_value_that_the_code_knows()
    {
        var schema = JsonNode.Parse(RegimeCatalogue.EmbeddedDocuments()["regime-pack.schema.json"])!;
        Names(schema["$defs"]!["effect"]!).ShouldBe(Enum.GetNames<Effect>());
        Names(schema["$defs"]!["evidence"]!).ShouldBe(Enum.GetNames<Evidence>());
        Names(schema["$defs"]!["clock"]!["properties"]!["dayKind"]!).ShouldBe(Enum.GetNames<DayKind>());
        Names(schema["$defs"]!["clock"]!["properties"]!["unit"]!).ShouldBe(Enum.GetNames<PeriodUnit>());
        Names(schema["$defs"]!["step"]!["properties"]!["needs"]!["items"]!["properties"]!["that"]!).ShouldBe(Enum.GetNames<Condition>());

        static IEnumerable<string> Names(JsonNode node) => node["enum"]!.AsArray().Select(name => (string)name!);
    }

    [Theory]
    [InlineData("version", "\"one\"", "#/version")]
    [InlineData("jurisdiction", "\"us\"", "#/jurisdiction")]
    [InlineData("kind", "\"Custom\"", "#/kind")]
    [InlineData("colour", "1", "#/colour")]
    [InlineData("clocks", "[{}]", "#/clocks/0")]
    [InlineData("calendar", "\"moon\"", "calendar moon is not known")]
    [InlineData("zone", "\"Mars/Olympus\"", "zone Mars/Olympus is not known")]
    [InlineData("sources", "{}", "source S61 of US-05 is not given")]
    [InlineData("forms", "[]", "form US_DMCA_NOTICE is missing")]
    public void A_pack_with_a_fault_is_refused_and_the_fault_is_named(string member, string value, string fault)
    {
        const string name = "Packs/us-dmca-512.v1.json";
        var documents = new Dictionary<string, string>(RegimeCatalogue.EmbeddedDocuments());
        var pack = JsonNode.Parse(documents[name])!;
        pack[member] = JsonNode.Parse(value);
        documents[name] = pack.ToJsonString();
        Should.Throw<InvalidDataException>(() => new RegimeCatalogue(documents)).Message.ShouldContain(fault);
    }

    [Fact]
    public void A_schema_keyword_without_force_is_an_error() =>
        new JsonSchema(JsonDocument.Parse("""{"type":"integer","maximum":3}""").RootElement).Faults(JsonDocument.Parse("4").RootElement).ShouldHaveSingleItem().ShouldContain("maximum");

    [Fact]
    public void A_pack_is_found_by_name_or_by_name_and_version_and_never_by_another()
    {
        Catalogue.Find("us-dmca-512")!.Id.ShouldBe("us-dmca-512.v1");
        Catalogue.Find("us-dmca-512.v1")!.Id.ShouldBe("us-dmca-512.v1");
        Catalogue.Find("us-dmca-512", 1)!.Id.ShouldBe("us-dmca-512.v1");
        Catalogue.Find("us-dmca-512", 2).ShouldBeNull();
        Catalogue.Find("us-dmca").ShouldBeNull();
    }

    [Fact]
    public void Every_source_key_is_written_out() =>
        Catalogue.Packs.SelectMany(pack => pack.Sources.Values).ShouldAllBe(source => source.Length > 10);

    [Fact]
    public void Every_location_code_and_every_cure_is_in_data()
    {
        foreach (var field in Catalogue.Packs.SelectMany(pack => pack.Forms).SelectMany(form => form.Fields).Where(field => field.IsLocation))
            field.Code.ShouldBeOneOf("Material_Not_Located", "Location_Not_Exact");
        Catalogue.Packs.SelectMany(pack => pack.Forms).Where(form => form.Cure is not null).ShouldAllBe(form => form.Name == "US_DMCA_NOTICE");
    }
}
