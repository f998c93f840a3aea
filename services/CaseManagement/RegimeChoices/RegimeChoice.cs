using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.RegimeChoices;

/// <summary>What kind of operator the marketplace is where a picture is shown. Laws treat them differently, and one operator can be several.</summary>
public enum PlatformType
{
    /// <summary>Goods are sold there.</summary>
    ECommerce,

    /// <summary>Users keep what they upload there, such as avatars.</summary>
    InformationStorage,

    /// <summary>Users publish there, such as reviews and posts.</summary>
    ContentSharing,

    /// <summary>Sites of others are hosted there.</summary>
    Hosting,
}

/// <summary>One choice of a tenant: the law that a notice is dealt with under.</summary>
/// <param name="Surfaces">Places at which it holds; null for all.</param>
/// <param name="Jurisdiction">Where the law is in force: a country of ISO 3166, EU, or ZZ for none.</param>
/// <param name="Regime">Name of a pack for its newest version at the time of a notice, or name and version.</param>
/// <param name="Settings">What is chosen in the pack; null for its own.</param>
public sealed record RegimeRule(PlatformType PlatformType, IReadOnlyList<string>? Surfaces, string Jurisdiction, string Regime, ChosenSettings? Settings);

/// <summary>A tenant chose the laws that its notices are dealt with under. Cases that have begun keep theirs.</summary>
public sealed record RegimesChosen(IReadOnlyList<RegimeRule> Rules, Act Act);

/// <summary>The choices as they stand.</summary>
/// <param name="Version">Version of the stream, and the entity tag; 0 while nothing was chosen.</param>
public sealed record ChosenRegimes(long Version, IReadOnlyList<RegimeRule> Rules)
{
    /// <summary>The stream of a tenant's choices.</summary>
    public const string Stream = "settings-regimes";

    /// <summary>Before the first choice.</summary>
    public static readonly ChosenRegimes Initial = new(0, []);

    /// <summary>Folds the next fact.</summary>
    public static ChosenRegimes Evolve(ChosenRegimes chosen, object fact) => fact is RegimesChosen e
        ? new ChosenRegimes(chosen.Version + 1, e.Rules)
        : throw new InvalidOperationException($"{fact.GetType().Name} is no fact of the settings.");

    /// <summary>The choice for a place and a jurisdiction: one that names the place goes before one for all places.</summary>
    public RegimeRule? Find(string? surface, string jurisdiction) => Rules
        .Where(rule => rule.Jurisdiction == jurisdiction && (rule.Surfaces is null || (surface is not null && rule.Surfaces.Contains(surface))))
        .OrderBy(rule => rule.Surfaces is null).FirstOrDefault();
}
