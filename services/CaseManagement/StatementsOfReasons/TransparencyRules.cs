using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageRights.CaseManagement.StatementsOfReasons;

/// <summary>Why the database would refuse a statement, or why it must not be sent.</summary>
/// <param name="Field">Field of the payload.</param>
/// <param name="Code">Stable code of the rule.</param>
public sealed record TransparencyFault(string Field, string Code);

/// <summary>The rules of the EU Transparency Database, and the two that its documents state and its own validator does not check: an end is not before the beginning, and nothing in it is personal data.</summary>
public static partial class TransparencyRules
{
    /// <summary>A field that must be there is not.</summary>
    public const string Required = "Tdb_Required";

    /// <summary>A field is there that must not be.</summary>
    public const string Excluded = "Tdb_Excluded";

    /// <summary>A value is none of those that are allowed.</summary>
    public const string Unknown = "Tdb_Value_Unknown";

    /// <summary>A value is given twice.</summary>
    public const string Repeated = "Tdb_Value_Repeated";

    /// <summary>A text is too long.</summary>
    public const string TooLong = "Tdb_Text_Too_Long";

    /// <summary>A text has the wrong form.</summary>
    public const string Malformed = "Tdb_Malformed";

    /// <summary>A date is out of range.</summary>
    public const string DateOutOfRange = "Tdb_Date_Out_Of_Range";

    /// <summary>A restriction ends before it begins.</summary>
    public const string EndsBeforeStart = "Tdb_Ends_Before_Start";

    /// <summary>None of the four families of restriction is chosen.</summary>
    public const string NoRestriction = "Tdb_No_Restriction";

    /// <summary>Countries are not sorted.</summary>
    public const string Unsorted = "Tdb_Unsorted";

    /// <summary>A text has personal data.</summary>
    public const string PersonalData = "Tdb_Personal_Data";

    private static readonly DateOnly Latest = new(2038, 1, 1);

    /// <summary>Every fault of a payload.</summary>
    /// <param name="knownNames">Names of parties, as far as the case knows them.</param>
    public static IReadOnlyList<TransparencyFault> Check(TransparencyPayload payload, TransparencyMapping mapping, IReadOnlyCollection<string> knownNames)
    {
        var faults = new List<TransparencyFault>();
        var allowed = mapping.Vocabulary;

        if (payload.DecisionVisibility is not { Count: > 0 } && payload.DecisionMonetary is null && payload.DecisionProvision is null && payload.DecisionAccount is null) Fault("decision_visibility", NoRestriction);
        Choices("decision_visibility", payload.DecisionVisibility, "decision_visibility", isRequired: false);
        Other("decision_visibility_other", payload.DecisionVisibilityOther, payload.DecisionVisibility?.Contains("DECISION_VISIBILITY_OTHER") == true, isRequired: true, 500);
        Choice("decision_monetary", payload.DecisionMonetary, "decision_monetary", isRequired: false);
        Other("decision_monetary_other", payload.DecisionMonetaryOther, payload.DecisionMonetary == "DECISION_MONETARY_OTHER", isRequired: true, 500);
        Choice("decision_provision", payload.DecisionProvision, "decision_provision", isRequired: false);
        Choice("decision_account", payload.DecisionAccount, "decision_account", isRequired: false);
        Choice("account_type", payload.AccountType, "account_type", isRequired: false);

        Choice("decision_ground", payload.DecisionGround, "decision_ground", isRequired: true);
        Text("decision_ground_reference_url", payload.DecisionGroundReferenceUrl, isRequired: false, 500);
        if (payload.DecisionGroundReferenceUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")) Fault("decision_ground_reference_url", Malformed);
        var (isIllegal, isIncompatible) = (payload.DecisionGround == "DECISION_GROUND_ILLEGAL_CONTENT", payload.DecisionGround == "DECISION_GROUND_INCOMPATIBLE_CONTENT");
        Other("illegal_content_legal_ground", payload.IllegalContentLegalGround, isIllegal, isRequired: true, 500);
        Other("illegal_content_explanation", payload.IllegalContentExplanation, isIllegal, isRequired: true, 2000);
        Other("incompatible_content_ground", payload.IncompatibleContentGround, isIncompatible, isRequired: true, 500);
        Other("incompatible_content_explanation", payload.IncompatibleContentExplanation, isIncompatible, isRequired: true, 2000);
        Choice("incompatible_content_illegal", payload.IncompatibleContentIllegal, "yes_no", isRequired: false);
        if (payload.IncompatibleContentIllegal is not null && !isIncompatible) Fault("incompatible_content_illegal", Excluded);

        Choices("content_type", payload.ContentType, "content_type", isRequired: true);
        Other("content_type_other", payload.ContentTypeOther, payload.ContentType?.Contains("CONTENT_TYPE_OTHER") == true, isRequired: true, 500);
        Choice("category", payload.Category, "category", isRequired: true);
        Choices("category_addition", payload.CategoryAddition, "category", isRequired: false);
        if (payload.Category is { } category && payload.CategoryAddition?.Contains(category) == true) Fault("category_addition", Repeated);
        Choices("category_specification", payload.CategorySpecification, "category_specification", isRequired: false);
        Other("category_specification_other", payload.CategorySpecificationOther, payload.CategorySpecification?.Contains("KEYWORD_OTHER") == true, isRequired: false, 500);
        Choices("territorial_scope", payload.TerritorialScope, "territorial_scope", isRequired: false);
        if (payload.TerritorialScope is { } scope && !scope.SequenceEqual(scope.Order(StringComparer.Ordinal))) Fault("territorial_scope", Unsorted);
        if (payload.ContentLanguage is { } language && !Language().IsMatch(language)) Fault("content_language", Malformed);

        Date("content_date", payload.ContentDate, isRequired: true, new DateOnly(2000, 1, 1));
        var begins = Date("application_date", payload.ApplicationDate, isRequired: true, new DateOnly(2020, 1, 1));
        foreach (var (field, value) in Ends(payload))
        {
            if (Date(field, value, isRequired: false, DateOnly.MinValue) is { } ends && ends < begins) Fault(field, EndsBeforeStart);
        }

        Text("decision_facts", payload.DecisionFacts, isRequired: true, 5000);
        Choice("source_type", payload.SourceType, "source_type", isRequired: true);
        Text("source_identity", payload.SourceIdentity, isRequired: false, 500);
        if (payload.SourceIdentity is not null && payload.SourceType == "SOURCE_VOLUNTARY") Fault("source_identity", Excluded);
        Choice("automated_detection", payload.AutomatedDetection, "yes_no", isRequired: true);
        Choice("automated_decision", payload.AutomatedDecision, "automated_decision", isRequired: true);
        if (payload.ContentId is { } id && (id.Count != 1 || !id.TryGetValue("EAN-13", out var digits) || !Ean().IsMatch(digits))) Fault("content_id", Malformed);
        Text("puid", payload.Puid, isRequired: true, 500);
        if (!string.IsNullOrEmpty(payload.Puid) && !Puid().IsMatch(payload.Puid)) Fault("puid", Malformed);

        foreach (var (field, text) in Texts(payload))
        {
            if (text is not null && PersonalDataSearch.Find(text, knownNames) is not null) Fault(field, PersonalData);
        }
        return faults;

        void Fault(string field, string code) => faults.Add(new TransparencyFault(field, code));

        void Choice(string field, string? value, string vocabulary, bool isRequired)
        {
            if (value is null && isRequired) Fault(field, Required);
            else if (value is not null && !allowed[vocabulary].Contains(value)) Fault(field, Unknown);
        }

        void Choices(string field, IReadOnlyList<string>? values, string vocabulary, bool isRequired)
        {
            if (values is not { Count: > 0 })
            {
                if (isRequired) Fault(field, Required);
                return;
            }
            if (values.Any(value => !allowed[vocabulary].Contains(value))) Fault(field, Unknown);
            if (values.Distinct().Count() != values.Count) Fault(field, Repeated);
        }

        void Text(string field, string? value, bool isRequired, int longest)
        {
            if (isRequired && string.IsNullOrWhiteSpace(value)) Fault(field, Required);
            if (value?.Length > longest) Fault(field, TooLong);
        }

        void Other(string field, string? value, bool applies, bool isRequired, int longest)
        {
            if (applies) Text(field, value, isRequired, longest);
            else if (value is not null) Fault(field, Excluded);
        }

        DateOnly? Date(string field, string? value, bool isRequired, DateOnly earliest)
        {
            if (value is null)
            {
                if (isRequired) Fault(field, Required);
                return null;
            }
            if (!DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                Fault(field, Malformed);
                return null;
            }
            if (date < earliest || date > Latest) Fault(field, DateOutOfRange);
            return date;
        }
    }

    private static IEnumerable<(string Field, string? Value)> Ends(TransparencyPayload payload) =>
    [
        ("end_date_visibility_restriction", payload.EndDateVisibilityRestriction), ("end_date_monetary_restriction", payload.EndDateMonetaryRestriction),
        ("end_date_service_restriction", payload.EndDateServiceRestriction), ("end_date_account_restriction", payload.EndDateAccountRestriction),
    ];

    private static IEnumerable<(string Field, string? Text)> Texts(TransparencyPayload payload) =>
    [
        ("decision_visibility_other", payload.DecisionVisibilityOther), ("decision_monetary_other", payload.DecisionMonetaryOther),
        ("illegal_content_legal_ground", payload.IllegalContentLegalGround), ("illegal_content_explanation", payload.IllegalContentExplanation),
        ("incompatible_content_ground", payload.IncompatibleContentGround), ("incompatible_content_explanation", payload.IncompatibleContentExplanation),
        ("content_type_other", payload.ContentTypeOther), ("category_specification_other", payload.CategorySpecificationOther),
        ("decision_facts", payload.DecisionFacts), ("source_identity", payload.SourceIdentity),
    ];

    [GeneratedRegex(@"^[a-zA-Z0-9_-]+\z")]
    private static partial Regex Puid();

    [GeneratedRegex(@"^[0-9]{13}\z")]
    private static partial Regex Ean();

    [GeneratedRegex(@"^[A-Z]{2}\z")]
    private static partial Regex Language();
}
