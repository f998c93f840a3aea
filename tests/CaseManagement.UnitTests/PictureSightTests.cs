using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.CaseFiles;

namespace ImageRights.CaseManagement.UnitTests;

/// <summary>What of the record of pictures a party sees.</summary>
public class PictureSightTests
{
    private const string Respondent = "seller-lin", Complainant = "author-fang", Image = "img_1", Work = "wrk_1";
    private static readonly PictureSight OfRespondent = Sight(Respondent), OfComplainant = Sight(Complainant);

    private static readonly string Match = MatchWith(Work, Complainant), AnothersMatch = MatchWith("wrk_2", "author-weber");

    [Theory]
    [InlineData("picture_fingerprinted_v1", """{"subjectId":"img_1","accountId":"seller-lin","sha256":"aa","features":{"local":"…"}}""")]
    [InlineData("fingerprint_recorded_v1", """{"subjectId":"img_1","accountId":"seller-lin","sha256":"aa","features":{"local":"…"}}""")]
    [InlineData("fingerprint_renewed_v1", """{"fingerprint":{"subjectId":"img_1","accountId":"seller-lin","sha256":"aa"}}""")]
    [InlineData("picture_withdrawn_v1", """{"imageId":"img_1","accountId":"seller-lin"}""")]
    [InlineData("work_searched_v1", """{"workId":"wrk_9","accountId":"seller-lin","uploads":5,"copies":2}""")]
    public void What_is_about_one_picture_its_account_sees_whole_and_the_other_side_not_at_all(string type, string data)
    {
        ShouldBeWhole(OfRespondent, type, data);
        OfComplainant.Of(type, Element(data)).ShouldBeNull();
    }

    [Fact]
    public void A_finding_of_nothing_but_the_dispute_both_see_whole()
    {
        foreach (var sight in new[] { OfRespondent, OfComplainant })
        {
            ShouldBeWhole(sight, "image_screened_v1", Screened(Match));
            ShouldBeWhole(sight, "copy_found_v1", Copy(Work, Complainant));
        }
    }

    [Fact]
    public void Of_a_finding_that_names_others_a_party_sees_the_pair_and_the_complainant_no_verdict_on_the_rest()
    {
        foreach (var data in new[] { Screened($"{Match},{AnothersMatch}"), Screened(Match, related: AnothersMatch), Screened($"{MatchWith("wrk_1", "author-weber")},{Match}") })
        {
            var (respondent, complainant) = (OfRespondent.Of("image_screened_v1", Element(data))!.AsObject(), OfComplainant.Of("image_screened_v1", Element(data))!.AsObject());
            foreach (var shown in new[] { respondent, complainant })
            {
                shown.ToJsonString().ShouldNotContain("weber");
                shown.ToJsonString().ShouldNotContain("wrk_2");
                shown["matches"]!.AsArray().ShouldHaveSingleItem()!["evidence"]!["score"]!.GetValue<double>().ShouldBe(0.5);
                JsonElement.DeepEquals(JsonSerializer.SerializeToElement(shown), Element(data)).ShouldBeFalse();
            }
            ((string?)respondent["verdict"], complainant.ContainsKey("verdict"), complainant.ContainsKey("band")).ShouldBe(("Match", false, false));
        }
    }

    [Fact]
    public void What_is_found_of_other_works_or_of_a_work_of_neither_is_not_shown()
    {
        OfComplainant.Of("image_screened_v1", Element(Screened(AnothersMatch))).ShouldBeNull("that it matches somebody else's work is not the complainant's to know");
        var own = OfRespondent.Of("image_screened_v1", Element(Screened(AnothersMatch)))!.AsObject();
        (own["matches"]!.AsArray().Count, (string?)own["verdict"]).ShouldBe((0, "Match"));
        foreach (var sight in new[] { OfRespondent, OfComplainant })
        {
            sight.Of("copy_found_v1", Element(Copy("wrk_2", Complainant))).ShouldBeNull();
            sight.Of("copy_found_v1", Element(Copy(Work, "author-weber"))).ShouldBeNull("the complainant is not who registered it");
            sight.Of("copy_found_v1", Element(Copy(Work, Complainant).Replace(Image, "img_2", StringComparison.Ordinal))).ShouldBeNull();
            sight.Of("copy_found_v1", Element(Copy(Work, Complainant).Replace(Respondent, "seller-wu", StringComparison.Ordinal))).ShouldBeNull();
            sight.Of("ownership_conflict_found_v1", Element("""{"workId":"wrk_1","accountId":"author-fang","earlierWorkId":"wrk_2","earlierAccountId":"author-weber"}""")).ShouldBeNull();
        }
        // A complaint that names no work: nothing is the complainant's.
        var nameless = new PictureSight(Complainant, Element($$"""{"imageId":"{{Image}}","respondentAccountId":"{{Respondent}}","complainantAccountId":"{{Complainant}}"}"""));
        nameless.Of("image_screened_v1", Element(Screened(Match))).ShouldBeNull();
    }

    [Fact]
    public void A_fact_or_member_that_nobody_has_thought_about_is_kept_back()
    {
        OfRespondent.Of("heard_of_v1", Element(Screened(Match))).ShouldBeNull();
        foreach (var data in new[] { Screened(Match).Insert(1, "\"alsoSeen\":\"secret\","), Screened(Match.Insert(1, "\"alsoSeen\":\"secret\",")) })
            OfRespondent.Of("image_screened_v1", Element(data))!.ToJsonString().ShouldNotContain("secret");
        OfRespondent.Of("copy_found_v1", Element(Copy(Work, Complainant).Insert(1, "\"alsoSeen\":\"secret\",")))!.ToJsonString().ShouldNotContain("secret");
    }

    private static PictureSight Sight(string account) =>
        new(account, Element($$"""{"imageId":"{{Image}}","workId":"{{Work}}","respondentAccountId":"{{Respondent}}","complainantAccountId":"{{Complainant}}"}"""));

    private static string MatchWith(string work, string owner) =>
        $$$"""{"bank":"Works","referenceId":"{{{work}}}","ownerAccountId":"{{{owner}}}","distance":3,"transform":"FlipY","disposition":"Hit","evidence":{"score":0.5,"measures":{"hull":1}},"band":"Review"}""";

    private static string Screened(string matches, string related = "") =>
        $$"""{"imageId":"{{Image}}","accountId":"{{Respondent}}","surface":"Listing","listingId":"l","verdict":"Match","matches":[{{matches}}],"thresholds":{"indexVersion":7},"screenedAt":"2026-11-20T12:00:00+00:00","band":"Review","related":[{{related}}]}""";

    private static string Copy(string work, string owner) =>
        $$$"""{"workId":"{{{work}}}","workAccountId":"{{{owner}}}","imageId":"{{{Image}}}","imageAccountId":"{{{Respondent}}}","surface":"Listing","distance":3,"transform":"FlipY","thresholds":{"indexVersion":7},"foundAt":"2026-11-20T12:00:00+00:00","evidence":{"score":0.5}}""";

    private static void ShouldBeWhole(PictureSight sight, string type, string data) =>
        JsonElement.DeepEquals(JsonSerializer.SerializeToElement(sight.Of(type, Element(data))), Element(data)).ShouldBeTrue(type);

    private static JsonElement Element(string json) => JsonSerializer.SerializeToElement(JsonNode.Parse(json));
}
