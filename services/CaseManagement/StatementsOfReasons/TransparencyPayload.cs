using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageRights.CaseManagement.StatementsOfReasons;

/// <summary>A statement as the EU Transparency Database takes it (schema of 1 July 2025). Its field names are the database's.</summary>
public sealed record TransparencyPayload
{
    /// <summary>Its JSON: snake_case, absent fields left out.</summary>
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Restrictions of visibility.</summary>
    public IReadOnlyList<string>? DecisionVisibility { get; init; }

    /// <summary>Another restriction of visibility, in words.</summary>
    public string? DecisionVisibilityOther { get; init; }

    /// <summary>Restriction of payments.</summary>
    public string? DecisionMonetary { get; init; }

    /// <summary>Another restriction of payments, in words.</summary>
    public string? DecisionMonetaryOther { get; init; }

    /// <summary>Restriction of the service.</summary>
    public string? DecisionProvision { get; init; }

    /// <summary>Restriction of the account.</summary>
    public string? DecisionAccount { get; init; }

    /// <summary>Whether the account is a trader's.</summary>
    public string? AccountType { get; init; }

    /// <summary>Law or terms.</summary>
    public string? DecisionGround { get; init; }

    /// <summary>Address of the law or the terms.</summary>
    public string? DecisionGroundReferenceUrl { get; init; }

    /// <summary>The law relied on.</summary>
    public string? IllegalContentLegalGround { get; init; }

    /// <summary>Why the content is illegal.</summary>
    public string? IllegalContentExplanation { get; init; }

    /// <summary>The clause relied on.</summary>
    public string? IncompatibleContentGround { get; init; }

    /// <summary>Why the content is incompatible with it.</summary>
    public string? IncompatibleContentExplanation { get; init; }

    /// <summary>Whether what breaks the terms is illegal too.</summary>
    public string? IncompatibleContentIllegal { get; init; }

    /// <summary>Kinds of content.</summary>
    public IReadOnlyList<string>? ContentType { get; init; }

    /// <summary>Another kind of content, in words.</summary>
    public string? ContentTypeOther { get; init; }

    /// <summary>What the content does.</summary>
    public string? Category { get; init; }

    /// <summary>Further categories.</summary>
    public IReadOnlyList<string>? CategoryAddition { get; init; }

    /// <summary>Keywords.</summary>
    public IReadOnlyList<string>? CategorySpecification { get; init; }

    /// <summary>Another keyword, in words.</summary>
    public string? CategorySpecificationOther { get; init; }

    /// <summary>Countries of the EEA in which it applies, sorted.</summary>
    public IReadOnlyList<string>? TerritorialScope { get; init; }

    /// <summary>Language of the content.</summary>
    public string? ContentLanguage { get; init; }

    /// <summary>Day of publication, YYYY-MM-DD.</summary>
    public string? ContentDate { get; init; }

    /// <summary>First day of the decision, YYYY-MM-DD.</summary>
    public string? ApplicationDate { get; init; }

    /// <summary>Last day of the restriction of visibility.</summary>
    public string? EndDateVisibilityRestriction { get; init; }

    /// <summary>Last day of the restriction of payments.</summary>
    public string? EndDateMonetaryRestriction { get; init; }

    /// <summary>Last day of the restriction of the service.</summary>
    public string? EndDateServiceRestriction { get; init; }

    /// <summary>Last day of the restriction of the account.</summary>
    public string? EndDateAccountRestriction { get; init; }

    /// <summary>Facts and circumstances.</summary>
    public string? DecisionFacts { get; init; }

    /// <summary>What made the platform look.</summary>
    public string? SourceType { get; init; }

    /// <summary>Who notified, where that is necessary.</summary>
    public string? SourceIdentity { get; init; }

    /// <summary>Whether a machine found the content.</summary>
    public string? AutomatedDetection { get; init; }

    /// <summary>How far machines decided.</summary>
    public string? AutomatedDecision { get; init; }

    /// <summary>Identifiers of the product.</summary>
    public IReadOnlyDictionary<string, string>? ContentId { get; init; }

    /// <summary>The platform's own identity of the statement, unique for ever.</summary>
    public string? Puid { get; init; }
}
