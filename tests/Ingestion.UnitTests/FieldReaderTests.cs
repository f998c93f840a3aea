using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Intake;
using ImageRights.ServiceDefaults.Http;
using static ImageRights.Ingestion.UnitTests.Facts;

namespace ImageRights.Ingestion.UnitTests;

public class FieldReaderTests
{
    [Theory]
    [InlineData("seller-1")]
    [InlineData("卖家42")]
    [InlineData("a")]
    [InlineData("urn:shop:42/x?y#z")]
    public void An_identifier_is_any_visible_text(string text)
    {
        var reader = Reading(text);
        reader.Identifier("field").ShouldBe(text);
        reader.Rejection.ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with blank")]
    [InlineData("nul\0")]
    [InlineData("line\n")]
    [InlineData("right\u202Eleft")]
    [InlineData("zero\u200Bwidth")]
    [InlineData("lone\uD800surrogate")]
    public void An_identifier_is_nothing_else(string? text)
    {
        var reader = Reading(text);
        reader.Identifier("field");
        reader.Rejection.ShouldNotBeNull();
        reader.Rejection.Code.ShouldBe("Request_Invalid");
        reader.Rejection.Pointer.ShouldBe("/field");
    }

    [Fact]
    public void An_identifier_has_128_characters_at_most()
    {
        Texts.IsIdentifier(new string('x', 128)).ShouldBeTrue();
        Texts.IsIdentifier(new string('x', 129)).ShouldBeFalse();
    }

    [Fact]
    public void The_first_fault_is_the_one_that_is_told()
    {
        var reader = new FieldReader(_ => null);
        reader.Identifier("first");
        reader.Line("second", 10);
        reader.Rejection!.Pointer.ShouldBe("/first");
    }

    [Theory]
    [InlineData(null, Surface.Listing)]
    [InlineData("", Surface.Listing)]
    [InlineData("videocover", Surface.VideoCover)]
    [InlineData("Review", Surface.Review)]
    public void A_surface_is_named_in_any_case(string? text, Surface surface) => Reading(text).OneOf("field", Surface.Listing).ShouldBe(surface);

    [Theory]
    [InlineData("1")]
    [InlineData("Listing,Sku")]
    [InlineData("Poster")]
    public void A_surface_is_not_a_number_or_a_list(string text)
    {
        var reader = Reading(text);
        reader.OneOf("field", Surface.Listing);
        reader.Rejection!.Code.ShouldBe("Request_Invalid");
    }

    [Fact]
    public void A_field_that_nothing_asked_for_is_refused_before_what_is_missing()
    {
        var fields = new Dictionary<string, string> { ["accountId"] = "shop", ["listingid"] = "l-1" };
        var reader = new FieldReader(fields.GetValueOrDefault, fields.Keys);
        reader.Identifier("accountId");
        reader.Identifier("listingId");
        (reader.Rejection!.Code, reader.Rejection.Pointer).ShouldBe(("Field_Unknown", "/listingid"));
    }

    [Fact]
    public void A_day_has_begun_somewhere_although_that_may_be_ahead_of_utc()
    {
        Reading("2024-05-02").OptionalPastDay("field", Noon).ShouldBe(new DateOnly(2024, 5, 2));
        var reader = Reading("2024-05-03");
        reader.OptionalPastDay("field", Noon).ShouldBeNull();
        reader.Rejection!.Code.ShouldBe("Request_Invalid");
    }

    [Theory]
    [InlineData("2024-02-30")]
    [InlineData("01.05.2024")]
    [InlineData("2024-5-1")]
    public void A_day_is_written_in_one_way(string text)
    {
        var reader = Reading(text);
        reader.OptionalPastDay("field", Noon);
        reader.Rejection!.Code.ShouldBe("Request_Invalid");
    }

    [Fact]
    public void A_title_is_one_line_and_a_description_may_have_several()
    {
        Reading("  Coat, autumn ").Line("field", 20).ShouldBe("Coat, autumn");
        var line = Reading("two\nlines");
        line.Line("field", 20);
        line.Rejection.ShouldNotBeNull();
        Reading("two\r\nlines").OptionalText("field", 20).ShouldBe("two\nlines");
        var text = Reading(new string('x', 21));
        text.OptionalText("field", 20);
        text.Rejection.ShouldNotBeNull();
    }

    private static FieldReader Reading(string? text) => new(_ => text);
}
