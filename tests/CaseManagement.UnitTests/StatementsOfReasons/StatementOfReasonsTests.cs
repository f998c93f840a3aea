using System.Text.Json;
using System.Text.RegularExpressions;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.StatementsOfReasons.StatementEvent;

namespace ImageRights.CaseManagement.UnitTests.StatementsOfReasons;

public partial class StatementOfReasonsTests
{
    private static readonly TransparencyMapping Mapping = TransparencyMapping.BuiltIn(Samples.Catalogue);
    private static readonly DateTimeOffset At = new(2026, 8, 31, 9, 0, 0, TimeSpan.Zero);

    internal static readonly Reasons Sample = new(
        "case_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b", "msr_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b", "seller-lin", "img_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b", Restriction.Disabled, ["PT", "DE", "FR"],
        new DateOnly(2026, 8, 31), null, "Copyright", "Listing", new DateOnly(2026, 8, 1), Impulse.Notice, new DateOnly(2026, 8, 30), true, Automation.Partial, null, "The series of negatives shows it.",
        "eu-dsa.v1", IsUnlicensed: true);

    /// <summary>As statements were stored before they kept the regime.</summary>
    private static readonly Reasons Before = Sample with { Regime = null, IsUnlicensed = null };

    private static StatementOfReasons Issued(Reasons reasons) =>
        StatementOfReasons.Evolve(null, StatementOfReasons.IdOf(reasons.MeasureId, 1), 1, new StatementIssued(reasons, null, true, At));

    [Fact]
    public void A_copied_picture_down_in_three_countries_is_told_as_the_law_names_it()
    {
        var payload = Mapping.Payload(Issued(Sample));
        TransparencyRules.Check(payload, Mapping, ["seller-lin"]).ShouldBeEmpty();
        payload.DecisionGround.ShouldBe("DECISION_GROUND_ILLEGAL_CONTENT");
        payload.Category.ShouldBe("STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS");
        payload.CategorySpecification.ShouldBe(["KEYWORD_COPYRIGHT_INFRINGEMENT"]);
        payload.ContentType.ShouldBe(["CONTENT_TYPE_IMAGE", "CONTENT_TYPE_PRODUCT"]);
        payload.AutomatedDetection.ShouldBe("Yes");
        payload.AutomatedDecision.ShouldBe("AUTOMATED_DECISION_PARTIALLY");
        payload.TerritorialScope.ShouldBe(["DE", "FR", "PT"]);
        Golden.Matches("payload.json", JsonSerializer.Serialize(payload, new JsonSerializerOptions(TransparencyPayload.Json) { WriteIndented = true }));
    }

    /// <summary>The mapping of the specification, written down a second time.</summary>
    private static readonly (string Reason, string Surface, string Category, string[] Additions, string[] Keywords, string[] Types)[] Table =
    [
        ("Copyright", "Listing", "INTELLECTUAL_PROPERTY_INFRINGEMENTS", [], ["COPYRIGHT_INFRINGEMENT"], ["IMAGE", "PRODUCT"]),
        ("Portrait", "Avatar", "SCAMS_AND_FRAUD", ["DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"], ["IMPERSONATION_ACCOUNT_HIJACKING", "INAUTHENTIC_ACCOUNTS"], ["IMAGE"]),
        ("ClonedListing", "Listing", "SCAMS_AND_FRAUD", [], ["INAUTHENTIC_LISTINGS"], ["IMAGE"]),
        ("Portrait", "Review", "SCAMS_AND_FRAUD", [], ["INAUTHENTIC_USER_REVIEWS"], ["IMAGE"]),
        ("IntimateImage", "Profile", "CYBER_VIOLENCE", [], ["NON_CONSENSUAL_IMAGE_SHARING"], ["IMAGE"]),
        ("Deepfake", "Detail", "CYBER_VIOLENCE", [], ["NON_CONSENSUAL_MATERIAL_DEEPFAKE"], ["IMAGE", "SYNTHETIC_MEDIA"]),
    ];

    [Fact]
    public void Every_kind_of_case_goes_where_the_specification_says()
    {
        foreach (var (reason, surface, category, additions, keywords, types) in Table)
        {
            var payload = Mapping.Payload(Issued(Sample with { Subject = Mapping.SubjectOf(reason, surface), Surface = surface }));
            payload.Category.ShouldBe($"STATEMENT_CATEGORY_{category}", reason);
            (payload.CategoryAddition ?? []).ShouldBe(additions.Select(name => $"STATEMENT_CATEGORY_{name}"), reason);
            payload.CategorySpecification.ShouldBe(keywords.Select(name => $"KEYWORD_{name}"), reason);
            payload.ContentType.ShouldBe(types.Select(name => $"CONTENT_TYPE_{name}"), reason);
        }
    }

    [Fact]
    public void Whatever_can_be_stated_keeps_every_rule_of_the_database_and_is_said_in_both_languages()
    {
        var count = 0;
        foreach (var regime in Samples.Catalogue.Packs.Select(pack => pack.Id).Where(id => id is "eu-dsa.v1" or "us-dmca-512.v1" or "cn-ecl.v1" or "preset-taobao.v1").Append("house-v1").Append(null))
        foreach (var subject in Mapping.Subjects.Keys)
        foreach (var restriction in Enum.GetValues<Restriction>())
        foreach (var impulse in Enum.GetValues<Impulse>())
        foreach (var automation in Enum.GetValues<Automation>())
        foreach (var clause in new[] { null, "Clause 4.2 of the terms." })
        foreach (var end in new DateOnly?[] { null, new DateOnly(2026, 9, 30) })
        {
            var statement = Issued(Sample with { Subject = subject, Restriction = restriction, Impulse = impulse, Automation = automation, ContractClause = clause, EndsOn = end, Regime = regime });
            TransparencyRules.Check(Mapping.Payload(statement), Mapping, ["seller-lin"]).ShouldBeEmpty($"{regime} {subject} {restriction} {impulse} {automation} {clause}");
            foreach (var language in new[] { "en", "zh" })
            {
                var parts = Mapping.Say(statement.Reasons, language);
                parts.Select(part => part.Letter).ShouldBe(["a", "b", "c", clause is null ? "d" : "e", "f"]);
                var told = string.Join('\n', parts.Select(part => $"{part.Title}: {part.Text}"));
                told.ShouldNotContain("{");
                if (language == "zh") English().Match(told.Replace(Sample.Statement, "").Replace("Clause 4.2 of the terms.", "").Replace("TAKE IT DOWN", "")).Value.ShouldBeEmpty(told);
                else Chinese().IsMatch(told).ShouldBeFalse(told);
            }
            count++;
        }
        count.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void A_statement_that_was_stored_before_is_said_as_it_was_said()
    {
        Golden.Matches("events/statement_issued_v1.required.json", Samples.Json(new StatementIssued(Before, null, true, At)));
        var parts = Mapping.Say(Before, "en");
        parts[1].Text.ShouldBe("A notice under Article 16 of Regulation (EU) 2022/2065 was received on 2026-08-30. Found by who decided: The series of negatives shows it.");
        parts[2].Text.ShouldStartWith("The picture was found by automated comparison with registered works.");
        parts[3].Text.ShouldBe("Copyright: reproduction and making available without the rightholder's authorisation (Directive 2001/29/EC, Articles 2 and 3). The picture shows a work of another rightholder, and no licence for this use is registered.");
        parts[4].Text.ShouldStartWith("You can lodge a complaint, free of charge and electronically, within at least six months of this statement;");
        Mapping.Say(Before with { Subject = "Other" }, "en")[3].Text.ShouldBe("Illegal content as told in the notice. The facts that the notice tells were found to be so.");
        Mapping.Say(Before with { Subject = "Portrait" }, "zh")[3].Text.ShouldStartWith("无合法依据公开他人肖像(第2016/679号条例第6条)。");
    }

    [Theory]
    [InlineData("eu-dsa.v1", "Directive 2001/29/EC", "第2001/29/EC号指令", "within at least 6 months", "至少6个月")]
    [InlineData("us-dmca-512.v1", "17 USC 106 and 512(c)", "美国法典第17编第106条", "counter-notice under 17 USC 512(g)(3)", "反通知")]
    [InlineData("cn-ecl.v1", "Copyright Law of the People's Republic of China, Article 53", "著作权法第五十三条", "E-Commerce Law, Article 43", "电子商务法第四十三条")]
    [InlineData("cn-civil-code.v1", "Civil Code, Article 1195", "民法典第一千一百九十五条", "Civil Code, Article 1196", "民法典第一千一百九十六条")]
    [InlineData("preset-taobao.v1", "Article 53", "第五十三条", "once within 15 days", "起15日内申诉一次")]
    [InlineData("house-v1", "without the rightholder's authorisation. ", "未经权利人许可复制和提供作品。", "object to this in the case", "在本案中提出异议")]
    public void Ground_and_redress_are_the_law_s_of_the_case(string regime, string ground, string groundZh, string redress, string redressZh)
    {
        var reasons = Sample with { Regime = regime, Territories = [] };
        foreach (var (language, right, way) in new[] { ("en", ground, redress), ("zh", groundZh, redressZh) })
        {
            var parts = Mapping.Say(reasons, language);
            parts[3].Text.ShouldContain(right);
            parts[4].Text.ShouldContain(way);
            if (regime == "eu-dsa.v1") continue;
            parts[3].Text.ShouldNotContain("2001/29");
            parts[4].Text.ShouldNotContain(language == "zh" ? "庭外争议解决机构" : "out-of-court");
        }
    }

    [Fact]
    public void What_was_named_as_the_law_is_the_ground_and_what_a_court_ordered_rests_on_the_order()
    {
        Mapping.Say(Sample with { LegalBasis = "UrhG 97" }, "en")[3].Text.ShouldStartWith("Law relied on: UrhG 97. The picture shows");
        Mapping.Say(Sample with { LegalBasis = "us-dmca-512.v1" }, "en")[3].Text.ShouldStartWith("Law relied on: United States: Digital Millennium Copyright Act, 17 USC 512. ");
        var ordered = Mapping.Say(Sample with { Impulse = Impulse.Order }, "en");
        ordered[3].Text.ShouldStartWith("An order of a court.");
        ordered[4].Text.ShouldBe("What a court ordered is objected to before that court, not here.");
    }

    [Fact]
    public void Under_the_house_s_rules_the_Union_s_law_is_the_ground_only_where_nothing_else_is_concerned()
    {
        Mapping.Say(Sample with { Regime = "house-v1", Territories = ["DE", "EL"] }, "en")[3].Text.ShouldContain("2001/29");
        Mapping.Say(Sample with { Regime = "house-v1", Territories = ["DE", "US"] }, "en")[3].Text.ShouldNotContain("2001/29");
    }

    [Fact]
    public void Greece_is_GR_and_what_is_outside_the_area_is_not_told()
    {
        Mapping.Payload(Issued(Sample with { Territories = ["US", "EL", "DE", "GR"] })).TerritorialScope.ShouldBe(["DE", "GR"]);
        Mapping.Payload(Issued(Sample with { Territories = ["US"] })).TerritorialScope.ShouldBeNull();
        Mapping.Payload(Issued(Sample with { Territories = [] })).TerritorialScope.ShouldBeNull();
    }

    [Fact]
    public void The_identity_is_the_same_for_the_same_measure_and_another_for_its_change()
    {
        StatementOfReasons.IdOf(Sample.MeasureId, 1).ShouldBe("sor_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b_1");
        StatementOfReasons.IdOf(Sample.MeasureId, 2).ShouldNotBe(StatementOfReasons.IdOf(Sample.MeasureId, 1));
    }

    [Fact]
    public void A_correction_changes_what_is_reported_and_not_what_was_stated()
    {
        var issued = Issued(Sample);
        var fact = StatementDecider.Correct(issued, new DateOnly(2026, 7, 1), "The series shows it.", "officer", "A name was in it.", At).ShouldHaveSingleItem();
        var corrected = StatementOfReasons.Evolve(issued, issued.StatementId, 2, fact);
        corrected.Reasons.ShouldBe(Sample);
        Mapping.Payload(corrected).ContentDate.ShouldBe("2026-07-01");
        Mapping.Payload(corrected).DecisionFacts!.ShouldContain("The series shows it.");
        StatementDecider.Correct(corrected, new DateOnly(2026, 7, 1), "The series shows it.", "officer", "A name was in it.", At).ShouldBeEmpty();
        StatementDecider.Correct(corrected, null, null, "officer", "?", At).ShouldBeEmpty();
    }

    [Fact]
    public void An_end_is_reported_once_and_not_before_the_beginning()
    {
        var issued = Issued(Sample);
        var fact = StatementDecider.End(issued, new DateOnly(2026, 8, 1), "Overturned", At).ShouldHaveSingleItem();
        var ended = StatementOfReasons.Evolve(issued, issued.StatementId, 2, fact);
        ended.EndedOn.ShouldBe(Sample.AppliesFrom);
        Mapping.Payload(ended).EndDateVisibilityRestriction.ShouldBe("2026-08-31");
        TransparencyRules.Check(Mapping.Payload(ended), Mapping, []).ShouldBeEmpty();
        StatementDecider.End(ended, new DateOnly(2026, 9, 9), "Overturned", At).ShouldBeEmpty();
    }

    [Fact]
    public void Stored_JSON_stays_as_it_is()
    {
        (string Name, StatementEvent Fact)[] facts =
        [
            ("statement_issued_v1", new StatementIssued(Sample, null, true, At)), ("statement_corrected_v1", new StatementCorrected(new DateOnly(2026, 7, 1), "In other words.", "officer", "A name was in it.", At)),
            ("statement_ended_v1", new StatementEnded(new DateOnly(2026, 9, 9), "Overturned", At)),
        ];
        facts.Select(fact => fact.Fact.GetType()).ShouldBe(typeof(StatementEvent).GetNestedTypes(), ignoreOrder: true);
        foreach (var (name, fact) in facts)
        {
            Golden.Matches($"events/{name}.json", Samples.Json(fact));
            Samples.Json(JsonSerializer.Deserialize(Samples.Json(fact), fact.GetType(), StoreOptions.Json)!).ShouldBe(Samples.Json(fact));
        }
    }

    // Codes of countries, numbers of statutes and a term's abbreviation are the same in both languages.
    [GeneratedRegex(@"(?<![A-Za-z0-9/])(?!EC\b|EU\b|DE\b|FR\b|PT\b)[A-Za-z]{2,}")]
    private static partial Regex English();

    [GeneratedRegex(@"[\u3000-\u9fff]")]
    private static partial Regex Chinese();
}
