using System.Text.Json;
using ImageRights.CaseManagement.StatementsOfReasons;
using static ImageRights.CaseManagement.StatementsOfReasons.TransparencyRules;

namespace ImageRights.CaseManagement.UnitTests.StatementsOfReasons;

/// <summary>Every rule of the EU Transparency Database, with its code: a payload that keeps all of them, and one change that breaks one.</summary>
public class TransparencyRulesTests
{
    private static readonly TransparencyMapping Mapping = TransparencyMapping.BuiltIn(Samples.Catalogue);

    private static readonly TransparencyPayload Good = new()
    {
        DecisionVisibility = ["DECISION_VISIBILITY_CONTENT_DISABLED"],
        DecisionGround = "DECISION_GROUND_ILLEGAL_CONTENT",
        IllegalContentLegalGround = "Directive 2001/29/EC, Articles 2 and 3.",
        IllegalContentExplanation = "The picture shows a work of another rightholder.",
        ContentType = ["CONTENT_TYPE_IMAGE", "CONTENT_TYPE_PRODUCT"],
        Category = "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        CategorySpecification = ["KEYWORD_COPYRIGHT_INFRINGEMENT"],
        TerritorialScope = ["DE", "FR", "PT"],
        ContentDate = "2026-08-01",
        ApplicationDate = "2026-08-31",
        DecisionFacts = "A notice under Article 16 of Regulation (EU) 2022/2065 was received on 2026-08-30.",
        SourceType = "SOURCE_ARTICLE_16",
        AutomatedDetection = "Yes",
        AutomatedDecision = "AUTOMATED_DECISION_PARTIALLY",
        Puid = "sor_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b_1",
    };

    private static readonly TransparencyPayload ByTerms = Good with
    {
        DecisionGround = "DECISION_GROUND_INCOMPATIBLE_CONTENT", IllegalContentLegalGround = null, IllegalContentExplanation = null,
        IncompatibleContentGround = "Clause 4", IncompatibleContentExplanation = "It is a copy.", IncompatibleContentIllegal = "Yes",
    };

    private static string Long(int length) => new('a', length);

    /// <summary>Each breach: name, payload, field, code.</summary>
    private static readonly (string Name, TransparencyPayload Payload, string Field, string Code)[] Breaches =
    [
        ("no family of restriction", Good with { DecisionVisibility = null }, "decision_visibility", NoRestriction),
        ("an empty family", Good with { DecisionVisibility = [] }, "decision_visibility", NoRestriction),
        ("visibility unknown", Good with { DecisionVisibility = ["DECISION_VISIBILITY_GONE"] }, "decision_visibility", Unknown),
        ("visibility twice", Good with { DecisionVisibility = ["DECISION_VISIBILITY_CONTENT_DISABLED", "DECISION_VISIBILITY_CONTENT_DISABLED"] }, "decision_visibility", Repeated),
        ("other visibility without words", Good with { DecisionVisibility = ["DECISION_VISIBILITY_OTHER"] }, "decision_visibility_other", Required),
        ("other visibility too long", Good with { DecisionVisibility = ["DECISION_VISIBILITY_OTHER"], DecisionVisibilityOther = Long(501) }, "decision_visibility_other", TooLong),
        ("words of another visibility that was not chosen", Good with { DecisionVisibilityOther = "blurred" }, "decision_visibility_other", Excluded),
        ("monetary unknown", Good with { DecisionMonetary = "DECISION_MONETARY_FINE" }, "decision_monetary", Unknown),
        ("other monetary without words", Good with { DecisionMonetary = "DECISION_MONETARY_OTHER" }, "decision_monetary_other", Required),
        ("other monetary too long", Good with { DecisionMonetary = "DECISION_MONETARY_OTHER", DecisionMonetaryOther = Long(501) }, "decision_monetary_other", TooLong),
        ("words of another monetary that was not chosen", Good with { DecisionMonetary = "DECISION_MONETARY_SUSPENSION", DecisionMonetaryOther = "held" }, "decision_monetary_other", Excluded),
        ("provision unknown", Good with { DecisionProvision = "DECISION_PROVISION_NONE" }, "decision_provision", Unknown),
        ("account unknown", Good with { DecisionAccount = "DECISION_ACCOUNT_WARNED" }, "decision_account", Unknown),
        ("account type unknown", Good with { AccountType = "ACCOUNT_TYPE_TRADER" }, "account_type", Unknown),
        ("no ground", Good with { DecisionGround = null, IllegalContentLegalGround = null, IllegalContentExplanation = null }, "decision_ground", Required),
        ("ground unknown", Good with { DecisionGround = "DECISION_GROUND_TASTE", IllegalContentLegalGround = null, IllegalContentExplanation = null }, "decision_ground", Unknown),
        ("reference is no address", Good with { DecisionGroundReferenceUrl = "our terms" }, "decision_ground_reference_url", Malformed),
        ("reference too long", Good with { DecisionGroundReferenceUrl = "https://market.example/" + Long(500) }, "decision_ground_reference_url", TooLong),
        ("no law", Good with { IllegalContentLegalGround = null }, "illegal_content_legal_ground", Required),
        ("law too long", Good with { IllegalContentLegalGround = Long(501) }, "illegal_content_legal_ground", TooLong),
        ("no explanation of the law", Good with { IllegalContentExplanation = " " }, "illegal_content_explanation", Required),
        ("explanation of the law too long", Good with { IllegalContentExplanation = Long(2001) }, "illegal_content_explanation", TooLong),
        ("law with terms", ByTerms with { IllegalContentLegalGround = "law" }, "illegal_content_legal_ground", Excluded),
        ("explanation of the law with terms", ByTerms with { IllegalContentExplanation = "law" }, "illegal_content_explanation", Excluded),
        ("no clause", ByTerms with { IncompatibleContentGround = null }, "incompatible_content_ground", Required),
        ("clause too long", ByTerms with { IncompatibleContentGround = Long(501) }, "incompatible_content_ground", TooLong),
        ("no explanation of the clause", ByTerms with { IncompatibleContentExplanation = null }, "incompatible_content_explanation", Required),
        ("explanation of the clause too long", ByTerms with { IncompatibleContentExplanation = Long(2001) }, "incompatible_content_explanation", TooLong),
        ("clause with law", Good with { IncompatibleContentGround = "Clause 4" }, "incompatible_content_ground", Excluded),
        ("explanation of the clause with law", Good with { IncompatibleContentExplanation = "Clause 4" }, "incompatible_content_explanation", Excluded),
        ("illegal besides, unknown", ByTerms with { IncompatibleContentIllegal = "yes" }, "incompatible_content_illegal", Unknown),
        ("illegal besides, with law", Good with { IncompatibleContentIllegal = "No" }, "incompatible_content_illegal", Excluded),
        ("no content type", Good with { ContentType = null }, "content_type", Required),
        ("empty content types", Good with { ContentType = [] }, "content_type", Required),
        ("content type unknown", Good with { ContentType = ["CONTENT_TYPE_PICTURE"] }, "content_type", Unknown),
        ("content type twice", Good with { ContentType = ["CONTENT_TYPE_IMAGE", "CONTENT_TYPE_IMAGE"] }, "content_type", Repeated),
        ("other content type without words", Good with { ContentType = ["CONTENT_TYPE_OTHER"] }, "content_type_other", Required),
        ("other content type too long", Good with { ContentType = ["CONTENT_TYPE_OTHER"], ContentTypeOther = Long(501) }, "content_type_other", TooLong),
        ("words of another content type that was not chosen", Good with { ContentTypeOther = "hologram" }, "content_type_other", Excluded),
        ("no category", Good with { Category = null }, "category", Required),
        ("category unknown", Good with { Category = "STATEMENT_CATEGORY_COPYRIGHT" }, "category", Unknown),
        ("further category unknown", Good with { CategoryAddition = ["STATEMENT_CATEGORY_COPYRIGHT"] }, "category_addition", Unknown),
        ("further category is the category", Good with { CategoryAddition = ["STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"] }, "category_addition", Repeated),
        ("keyword unknown", Good with { CategorySpecification = ["KEYWORD_COPYRIGHT"] }, "category_specification", Unknown),
        ("keyword twice", Good with { CategorySpecification = ["KEYWORD_COPYRIGHT_INFRINGEMENT", "KEYWORD_COPYRIGHT_INFRINGEMENT"] }, "category_specification", Repeated),
        ("other keyword too long", Good with { CategorySpecification = ["KEYWORD_OTHER"], CategorySpecificationOther = Long(501) }, "category_specification_other", TooLong),
        ("words of another keyword that was not chosen", Good with { CategorySpecificationOther = "collage" }, "category_specification_other", Excluded),
        ("country outside the area", Good with { TerritorialScope = ["DE", "US"] }, "territorial_scope", Unknown),
        ("Greece as EL", Good with { TerritorialScope = ["DE", "EL"] }, "territorial_scope", Unknown),
        ("country twice", Good with { TerritorialScope = ["DE", "DE"] }, "territorial_scope", Repeated),
        ("countries unsorted", Good with { TerritorialScope = ["PT", "DE", "FR"] }, "territorial_scope", Unsorted),
        ("language in lower case", Good with { ContentLanguage = "de" }, "content_language", Malformed),
        ("no content date", Good with { ContentDate = null }, "content_date", Required),
        ("content date is none", Good with { ContentDate = "2026-02-30" }, "content_date", Malformed),
        ("content date with a time", Good with { ContentDate = "2026-08-01 10:00" }, "content_date", Malformed),
        ("content date too early", Good with { ContentDate = "1999-12-31" }, "content_date", DateOutOfRange),
        ("content date too late", Good with { ContentDate = "2038-01-02" }, "content_date", DateOutOfRange),
        ("no application date", Good with { ApplicationDate = null }, "application_date", Required),
        ("application date malformed", Good with { ApplicationDate = "31.08.2026" }, "application_date", Malformed),
        ("application date too early", Good with { ApplicationDate = "2019-12-31" }, "application_date", DateOutOfRange),
        ("application date too late", Good with { ApplicationDate = "2038-01-02" }, "application_date", DateOutOfRange),
        ("visibility ends before it begins", Good with { EndDateVisibilityRestriction = "2026-08-30" }, "end_date_visibility_restriction", EndsBeforeStart),
        ("payments end before they begin", Good with { EndDateMonetaryRestriction = "2026-08-30" }, "end_date_monetary_restriction", EndsBeforeStart),
        ("service ends before it begins", Good with { EndDateServiceRestriction = "2026-08-30" }, "end_date_service_restriction", EndsBeforeStart),
        ("account ends before it begins", Good with { EndDateAccountRestriction = "2026-08-30" }, "end_date_account_restriction", EndsBeforeStart),
        ("end malformed", Good with { EndDateVisibilityRestriction = "soon" }, "end_date_visibility_restriction", Malformed),
        ("end too late", Good with { EndDateVisibilityRestriction = "2040-01-01" }, "end_date_visibility_restriction", DateOutOfRange),
        ("no facts", Good with { DecisionFacts = "" }, "decision_facts", Required),
        ("facts too long", Good with { DecisionFacts = Long(5001) }, "decision_facts", TooLong),
        ("no source", Good with { SourceType = null }, "source_type", Required),
        ("source unknown", Good with { SourceType = "SOURCE_NOTICE" }, "source_type", Unknown),
        ("identity too long", Good with { SourceIdentity = Long(501) }, "source_identity", TooLong),
        ("identity of nobody", Good with { SourceType = "SOURCE_VOLUNTARY", SourceIdentity = "A collecting society" }, "source_identity", Excluded),
        ("no word on detection", Good with { AutomatedDetection = null }, "automated_detection", Required),
        ("detection unknown", Good with { AutomatedDetection = "true" }, "automated_detection", Unknown),
        ("no word on automation", Good with { AutomatedDecision = null }, "automated_decision", Required),
        ("automation unknown", Good with { AutomatedDecision = "Yes" }, "automated_decision", Unknown),
        ("content id of another kind", Good with { ContentId = new Dictionary<string, string> { ["ISBN"] = "9783161484100" } }, "content_id", Malformed),
        ("content id too short", Good with { ContentId = new Dictionary<string, string> { ["EAN-13"] = "123456789012" } }, "content_id", Malformed),
        ("no puid", Good with { Puid = null }, "puid", Required),
        ("puid with a dot", Good with { Puid = "sor.1" }, "puid", Malformed),
        ("puid with a line end", Good with { Puid = "sor_1\n" }, "puid", Malformed),
        ("puid too long", Good with { Puid = Long(501) }, "puid", TooLong),
        ("an e-mail address", Good with { DecisionFacts = "Written by fang.li@studio.example" }, "decision_facts", PersonalData),
        ("an e-mail address written out", Good with { IllegalContentExplanation = "fang (at) studio.example says so" }, "illegal_content_explanation", PersonalData),
        ("a mobile number", Good with { DecisionFacts = "Call 138 0013 8000" }, "decision_facts", PersonalData),
        ("an international number", Good with { SourceIdentity = "+49 (30) 123 45 67" }, "source_identity", PersonalData),
        ("a mobile number among Chinese words", Good with { DecisionFacts = "请联系电话13800138000核实" }, "decision_facts", PersonalData),
        ("a handle", Good with { DecisionFacts = "first shown by @fang_photos" }, "decision_facts", PersonalData),
        ("an account number", Good with { DecisionFacts = "to DE89 3704 0044 0532 0130 00" }, "decision_facts", PersonalData),
        ("a party's name", Good with { DecisionFacts = "The photograph is Fang Meiling's" }, "decision_facts", PersonalData),
        ("a party's family name", Good with { DecisionFacts = "Taken by Meiling" }, "decision_facts", PersonalData),
        ("a party's name in Chinese", Good with { DecisionFacts = "该照片由方美玲拍摄" }, "decision_facts", PersonalData),
        ("a party's account", Good with { DecisionFacts = "uploaded by seller-lin first" }, "decision_facts", PersonalData),
        ("an identity number", Good with { DecisionFacts = "11010519491231002X" }, "decision_facts", PersonalData),
    ];

    private static readonly string[] Names = ["Fang Meiling", "方美玲", "seller-lin"];

    public static TheoryData<string> BreachNames => [.. Breaches.Select(breach => breach.Name)];

    [Theory]
    [MemberData(nameof(BreachNames))]
    public void A_breach_has_its_code(string name)
    {
        var (_, payload, field, code) = Breaches.Single(breach => breach.Name == name);
        Check(payload, Mapping, Names).ShouldContain(new TransparencyFault(field, code));
    }

    [Fact]
    public void Breaches_have_names_of_their_own_and_touch_every_field()
    {
        Breaches.Select(breach => breach.Name).ShouldBeUnique();
        var fields = typeof(TransparencyPayload).GetProperties().Where(property => property.Name != "EqualityContract").Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        Breaches.Select(breach => breach.Field).Distinct().ShouldBe(fields, ignoreOrder: true);
        var codes = typeof(TransparencyRules).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        Breaches.Select(breach => breach.Code).Distinct().ShouldBe(codes, ignoreOrder: true);
    }

    [Fact]
    public void What_keeps_every_rule_has_no_fault()
    {
        TransparencyPayload[] good =
        [
            Good, ByTerms,
            Good with { DecisionVisibility = null, DecisionAccount = "DECISION_ACCOUNT_SUSPENDED", EndDateAccountRestriction = "2026-08-31", AccountType = "ACCOUNT_TYPE_BUSINESS" },
            Good with { DecisionVisibility = ["DECISION_VISIBILITY_OTHER"], DecisionVisibilityOther = Long(500) },
            Good with { TerritorialScope = ["DE", "GR", "NO"], ContentLanguage = "ZH", ContentId = new Dictionary<string, string> { ["EAN-13"] = "4006381333931" } },
            Good with { TerritorialScope = null, ContentDate = "2000-01-01", ApplicationDate = "2020-01-01", DecisionFacts = Long(5000) },
            Good with { SourceType = "SOURCE_TRUSTED_FLAGGER", SourceIdentity = "A collecting society" },
            Good with { CategorySpecification = ["KEYWORD_OTHER"] },
            Good with { DecisionFacts = "The linen picture wrk_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b was first received on 2026-08-01T10:11:12Z; distance 12 of 256." },
        ];
        foreach (var payload in good) Check(payload, Mapping, Names).ShouldBeEmpty();
    }
}
