using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.Informing;
using ImageRights.CaseManagement.Features.StatingReasons;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests.StatementsOfReasons;

/// <summary>What is stated is what the case's facts say: no sentence of another law, nobody's notice that nobody gave, no comparison that was not made.</summary>
public class StatingTests
{
    private static readonly TransparencyMapping Mapping = TransparencyMapping.BuiltIn(Catalogue);
    private static readonly MessageBook Book = MessageBook.BuiltIn();
    private static readonly ReporterPolicies Policies = ReporterPolicies.BuiltIn();
    private static readonly Stating Stating = new(Catalogue, Mapping, Policies);
    private static readonly NoticeReference Notice = new("ntc_1", Noon.AddDays(-2), Noon.AddDays(-2), []);

    private static readonly CaseOpened Reported = Opened with { Finding = null };
    private static readonly CaseOpened Found = Opened with { Origin = Origin.Screening, ReportId = null, Act = By("screening") };

    private static CaseOpened Noticed(string regime) => Reported with { Regime = regime, Notice = Notice };

    private static Reasons Of(params CaseEvent[] facts) => Stating.ReasonsOf(Id, facts, facts.OfType<MeasureApplied>().Last(), null, Policies.Default with { TrustedFlaggers = ["author-flagger"] });

    private static string Said(Reasons reasons, string letter = "b", string language = "en") => Mapping.Say(reasons, language).Single(part => part.Letter == letter).Text;

    [Fact]
    public void A_notice_is_one_under_Article_16_only_where_it_was()
    {
        Said(Of(Noticed("eu-dsa.v1"), Applied)).ShouldStartWith("A notice under Article 16 of Regulation (EU) 2022/2065 was received on 2026-11-18.");
        Said(Of(Noticed("us-dmca-512.v1"), Applied)).ShouldStartWith("A notice under “United States: Digital Millennium Copyright Act, 17 USC 512” was received on 2026-11-18.");
        Said(Of(Noticed("cn-ecl.v1"), Applied), language: "zh").ShouldStartWith("收到依据“中国:电子商务法第四十二至四十五条”提交的通知(2026-11-18)。");
        Mapping.Payload(Issued(Of(Noticed("us-dmca-512.v1"), Applied))).SourceType.ShouldBe("SOURCE_TYPE_OTHER_NOTIFICATION");
    }

    [Fact]
    public void A_report_is_no_notice_and_counts_from_its_own_day()
    {
        Said(Of(Reported, Applied)).ShouldStartWith("A report of the picture was received on 2026-11-20.");
        Said(Of(Found, Joined with { Act = Joined.Act with { At = Noon.AddDays(3) } }, Applied)).ShouldStartWith("A report of the picture was received on 2026-11-23.");
        Said(Of(Found, Applied)).ShouldStartWith("The platform looked by itself and was not notified on 2026-11-20.");
        Said(Of(Reported, Joined with { Notice = Notice }, new RegimeAdopted(TheDispute, "eu-dsa.v1", null, Notice, By("author-weber")), Applied)).ShouldStartWith("A notice under Article 16");
    }

    [Fact]
    public void A_trusted_flagger_is_one_by_a_notice_under_the_Union_s_law()
    {
        var flagged = TheDispute with { ComplainantAccountId = "author-flagger" };
        Of(Noticed("eu-dsa.v1") with { Dispute = flagged }, Applied).Impulse.ShouldBe(Impulse.TrustedFlagger);
        Of(Noticed("us-dmca-512.v1") with { Dispute = flagged }, Applied).Impulse.ShouldBe(Impulse.OtherNotice);
        Of(Reported with { Dispute = flagged }, Applied).Impulse.ShouldBe(Impulse.Report);
    }

    [Fact]
    public void An_order_is_stated_as_the_order_of_its_day()
    {
        var ordered = Applied with { Cause = nameof(CourtOrderedRemoval), Act = Applied.Act with { At = Noon.AddDays(9) } };
        Said(Of(Noticed("us-dmca-512.v1"), ordered)).ShouldStartWith("An order or another notification was received on 2026-11-29.");
        Said(Of(Noticed("us-dmca-512.v1"), ordered), "f").ShouldBe("What a court ordered is objected to before that court, not here.");
    }

    [Fact]
    public void A_comparison_is_stated_where_one_was_made_and_a_licence_is_missed_only_by_it()
    {
        const string unlicensed = "no licence for this use was registered";
        (Said(Of(Found, Applied), "c"), Said(Of(Found, Applied), "d")).ShouldSatisfyAllConditions(
            said => said.Item1.ShouldStartWith("The picture was found by automated comparison with registered works."), said => said.Item2.ShouldContain(unlicensed));
        (Said(Of(Reported, Applied), "c"), Said(Of(Reported, Applied), "d")).ShouldSatisfyAllConditions(
            said => said.Item1.ShouldBe("The picture was not found by automated means. No automated means took part in the decision; a person took it."), said => said.Item2.ShouldNotContain("licence"));
        var later = Of(Reported, Joined with { ReportId = null, Finding = Samples.Evidence, Act = By("screening") }, Applied);
        Said(later, "c").ShouldBe("The picture was named by a person; automated comparison recognised a registered work in it. Automated comparison prepared the decision; a person took it.");
        Said(later, "d").ShouldContain(unlicensed);
        Mapping.Payload(Issued(later)).AutomatedDetection.ShouldBe("No");
    }

    [Fact]
    public void A_clause_of_the_terms_and_a_named_law_are_kept_apart()
    {
        Reasons Under(string basis) => Of(Noticed("us-dmca-512.v1"), Applied with { Scope = new MeasureScope(basis, null, false) });
        (Under("terms: Clause 4.").ContractClause, Under("terms: Clause 4.").LegalBasis).ShouldBe(("Clause 4.", null));
        (Under("UrhG 97").ContractClause, Under("UrhG 97").LegalBasis).ShouldBe((null, "UrhG 97"));
        Under("us-dmca-512.v1").LegalBasis.ShouldBeNull();
    }

    [Fact]
    public void The_letter_points_to_the_same_redress_as_the_statement_that_it_names()
    {
        foreach (var regime in Catalogue.Packs.Where(pack => pack.Steps.Any(step => step.On == "MeasureApplied")).Select(pack => pack.Id).Append("house-v1"))
        {
            var opened = regime == "house-v1" ? Reported : Noticed(regime);
            var letter = new Correspondence(Catalogue, Book).Of(Id.Value, [opened, Applied]).Single(letter => letter.Values.Party == Party.Respondent);
            foreach (var text in Book.Write(letter.Values)!) text.Body.ShouldContain(Said(Of(opened, Applied), "f", text.Language));
        }
    }

    private static StatementOfReasons Issued(Reasons reasons) => StatementOfReasons.Evolve(null, "sor_1_1", 1, new StatementEvent.StatementIssued(reasons, null, true, Noon));
}
