using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ImageRights.CaseManagement.Regimes;

namespace ImageRights.CaseManagement.StatementsOfReasons;

/// <summary>A text in both languages.</summary>
public sealed record Text(string En, string Zh)
{
    /// <summary>In one language: <c>zh</c>, or English.</summary>
    public string In(string language) => language == "zh" ? Zh : En;
}

/// <summary>A choice of the database, and how it is said.</summary>
public sealed record MappedChoice(string Value, Text Words);

/// <summary>A restriction, the field that it goes in, and how it is said.</summary>
public sealed record MappedRestriction(string Field, string Value, Text Words);

/// <summary>A kind of case in the database's terms.</summary>
/// <param name="Ground">What is relied on where no law of <paramref name="Grounds"/> is.</param>
/// <param name="Why">Why the content is illegal on that ground.</param>
/// <param name="Other">Another keyword, in words.</param>
/// <param name="Grounds">The law that is relied on, by jurisdiction.</param>
/// <param name="Unlicensed">What is added where the comparison knew no licence.</param>
/// <param name="Before">Ground and why, as statements that keep no regime said them; null where they said the same.</param>
public sealed record MappedSubject(
    string Category, IReadOnlyList<string> Additions, IReadOnlyList<string> Keywords, IReadOnlyList<string> ContentTypes, Text Ground, Text Why, string? Other = null,
    IReadOnlyDictionary<string, Text>? Grounds = null, Text? Unlicensed = null, SubjectBefore? Before = null);

/// <summary>A ground and its why.</summary>
public sealed record SubjectBefore(Text Ground, Text Why);

/// <summary>The database's vocabulary, our words, and what of ours goes where in it: <c>transparency-database.json</c>.</summary>
/// <param name="Surfaces">Kind of case by the place of a picture that shows a person.</param>
/// <param name="Reasons">Kind of case by the reason code.</param>
/// <param name="ProductSurfaces">Places where the picture sells a product.</param>
public sealed record TransparencyMapping(
    string Source, IReadOnlyDictionary<string, IReadOnlyList<string>> Vocabulary, IReadOnlyDictionary<string, MappedRestriction> Restrictions, IReadOnlyDictionary<string, MappedChoice> Origins,
    IReadOnlyDictionary<string, MappedChoice> Automations, IReadOnlyDictionary<string, MappedSubject> Subjects, IReadOnlyDictionary<string, string> Surfaces,
    IReadOnlyDictionary<string, string> Reasons, IReadOnlyList<string> ProductSurfaces, IReadOnlyDictionary<string, Text> Texts)
{
    private const string Resource = "StatementsOfReasons/transparency-database.json";
    private const string Union = "EU";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>The regimes that statements name.</summary>
    [JsonIgnore]
    public RegimeCatalogue Catalogue { get; init; } = null!;

    /// <summary>The table that is built into the service.</summary>
    public static TransparencyMapping BuiltIn(RegimeCatalogue catalogue)
    {
        using var stream = typeof(TransparencyMapping).Assembly.GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<TransparencyMapping>(stream, Json)! with { Catalogue = catalogue };
    }

    /// <summary>The kind of case that a reason at a place is.</summary>
    public string SubjectOf(string reasonCode, string surface)
    {
        if (Subjects.ContainsKey(reasonCode)) return reasonCode == "Portrait" && Surfaces.TryGetValue(surface, out var kind) ? kind : reasonCode;
        if (!Reasons.TryGetValue(reasonCode, out var subject)) return "Other";
        return subject == "Portrait" && Surfaces.TryGetValue(surface, out var at) ? at : subject;
    }

    /// <summary>What the database is told of a statement.</summary>
    public TransparencyPayload Payload(StatementOfReasons statement)
    {
        var reasons = statement.Reported;
        var subject = Subjects[reasons.Subject];
        var restriction = Restrictions[reasons.Restriction.ToString()];
        var isByTerms = reasons.ContractClause is not null;
        var (ground, why) = GroundOf(reasons, "en");
        var end = reasons.EndsOn is { } day ? Day(day) : null;
        bool In(string field) => restriction.Field == field;
        return new TransparencyPayload
        {
            DecisionVisibility = In("decision_visibility") ? [restriction.Value] : null,
            DecisionMonetary = In("decision_monetary") ? restriction.Value : null,
            DecisionProvision = In("decision_provision") ? restriction.Value : null,
            DecisionAccount = In("decision_account") ? restriction.Value : null,
            EndDateVisibilityRestriction = In("decision_visibility") ? end : null,
            EndDateMonetaryRestriction = In("decision_monetary") ? end : null,
            EndDateServiceRestriction = In("decision_provision") ? end : null,
            EndDateAccountRestriction = In("decision_account") ? end : null,
            DecisionGround = isByTerms ? "DECISION_GROUND_INCOMPATIBLE_CONTENT" : "DECISION_GROUND_ILLEGAL_CONTENT",
            IllegalContentLegalGround = isByTerms ? null : ground,
            IllegalContentExplanation = isByTerms ? null : why,
            IncompatibleContentGround = reasons.ContractClause,
            IncompatibleContentExplanation = isByTerms ? why : null,
            ContentType = ContentTypes(subject, reasons.Surface),
            Category = subject.Category,
            CategoryAddition = subject.Additions.Count > 0 ? subject.Additions : null,
            CategorySpecification = subject.Keywords,
            CategorySpecificationOther = subject.Other,
            TerritorialScope = Scope(reasons.Territories),
            ContentDate = Day(reasons.ContentOn),
            ApplicationDate = Day(reasons.AppliesFrom),
            DecisionFacts = Facts(reasons, "en"),
            SourceType = Origins[reasons.Impulse.ToString()].Value,
            AutomatedDetection = reasons.IsDetectedByMachine ? "Yes" : "No",
            AutomatedDecision = Automations[reasons.Automation.ToString()].Value,
            Puid = statement.StatementId,
        };
    }

    /// <summary>The statement in a language, as Article 17(3) numbers it: (a) restriction, (b) facts, (c) automation, (d) or (e) ground, (f) redress.</summary>
    public IReadOnlyList<StatementPart> Say(Reasons reasons, string language)
    {
        string T(string name) => Texts[name].In(language);
        var where = reasons.Territories.Count == 0 ? T("everywhere") : T("territories").Replace("{territories}", string.Join(", ", reasons.Territories.Order(StringComparer.Ordinal)), StringComparison.Ordinal);
        var until = reasons.EndsOn is { } day ? T("until").Replace("{date}", Day(day), StringComparison.Ordinal) : T("open");
        var detection = T(reasons.IsDetectedByMachine ? "detected" : reasons.Automation == Automation.Partial ? "recognised" : "undetected");
        var (ground, why) = GroundOf(reasons, language);
        var redress = reasons.Regime is { } regime ? Catalogue.RedressOf(regime, reasons.Impulse == Impulse.Order).In(language) : T("redressText");
        return
        [
            new StatementPart("a", T("restriction"), Join(language, Restrictions[reasons.Restriction.ToString()].Words.In(language), where, until)),
            new StatementPart("b", T("facts"), Facts(reasons, language)),
            new StatementPart("c", T("automation"), Join(language, detection, Automations[reasons.Automation.ToString()].Words.In(language))),
            reasons.ContractClause is { } clause ? new StatementPart("e", T("contractGround"), $"{clause} {why}") : new StatementPart("d", T("legalGround"), Join(language, ground, why)),
            new StatementPart("f", T("redress"), redress),
        ];
    }

    /// <summary>What is relied on, and why.</summary>
    private (string Ground, string Why) GroundOf(Reasons reasons, string language)
    {
        var subject = Subjects[reasons.Subject];
        if (reasons.Regime is null) return ((subject.Before?.Ground ?? subject.Grounds?.GetValueOrDefault(Union) ?? subject.Ground).In(language), (subject.Before?.Why ?? subject.Why).In(language));
        if (reasons.Impulse == Impulse.Order) return (Texts["orderGround"].In(language), Texts["orderWhy"].In(language));
        var ground = reasons.LegalBasis is { } basis
            ? Texts["reliedOn"].In(language).Replace("{law}", Catalogue.Find(basis)?.Title.In(language) ?? basis, StringComparison.Ordinal)
            : (subject.Grounds?.GetValueOrDefault(JurisdictionOf(reasons) ?? "") ?? subject.Ground).In(language);
        return (ground, reasons.IsUnlicensed == true && subject.Unlicensed is { } unlicensed ? Join(language, subject.Why.In(language), unlicensed.In(language)) : subject.Why.In(language));
    }

    /// <summary>Where the law is; what is down in countries of the Union alone by the house's own rules is down by the Union's law.</summary>
    private string? JurisdictionOf(Reasons reasons) =>
        Catalogue.Find(reasons.Regime!)?.Jurisdiction ?? (reasons.Territories.Count > 0 && reasons.Territories.Count == Scope(reasons.Territories)?.Count ? Union : null);

    private string Facts(Reasons reasons, string language)
    {
        string T(string name) => Texts[name].In(language);
        var origin = Origins[reasons.Impulse.ToString()].Words.In(language).Replace("{law}", reasons.Regime is null ? "" : Catalogue.Find(reasons.Regime)?.Title.In(language), StringComparison.Ordinal);
        var impulse = T("on").Replace("{origin}", origin, StringComparison.Ordinal).Replace("{date}", Day(reasons.NotifiedOn), StringComparison.Ordinal);
        return Join(language, impulse, T("reviewer").Replace("{statement}", reasons.Statement, StringComparison.Ordinal));
    }

    private IReadOnlyList<string> ContentTypes(MappedSubject subject, string surface) =>
        [.. subject.ContentTypes.Where(type => type != "CONTENT_TYPE_PRODUCT" || ProductSurfaces.Contains(surface))];

    private IReadOnlyList<string>? Scope(IReadOnlyList<string> territories)
    {
        // Elsewhere in the Union's own documents Greece is EL; the database takes GR.
        var known = territories.Select(country => country == "EL" ? "GR" : country).Where(Vocabulary["territorial_scope"].Contains).Distinct().Order(StringComparer.Ordinal).ToList();
        return known.Count == 0 ? null : known;
    }

    private static string Join(string language, params string[] sentences) => string.Join(language == "zh" ? "" : " ", sentences);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>One part of a statement.</summary>
/// <param name="Letter">Letter of Article 17(3).</param>
public sealed record StatementPart(string Letter, string Title, string Text);
