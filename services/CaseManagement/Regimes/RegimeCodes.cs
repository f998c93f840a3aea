namespace ImageRights.CaseManagement.Regimes;

/// <summary>Codes with which requests about regimes are refused; texts are in <c>problems.json</c>.</summary>
public static class RegimeCodes
{
    /// <summary>No pack has this name and version.</summary>
    public const string NotFound = "Regime_Not_Found";

    /// <summary>No pack knows such a fact.</summary>
    public const string FactUnknown = "Fact_Unknown";

    /// <summary>There is no notice under this identity.</summary>
    public const string NoticeNotFound = "Notice_Not_Found";

    /// <summary>The tenant deals with such notices under another regime.</summary>
    public const string NotChosen = "Regime_Not_Chosen";

    /// <summary>The term cannot be made longer.</summary>
    public const string ExtensionNotProvided = "Extension_Not_Provided";

    /// <summary>It was made longer already.</summary>
    public const string ExtensionExhausted = "Extension_Exhausted";

    /// <summary>It is to be made longer by nothing, or by more than it can be.</summary>
    public const string ExtensionTooLong = "Extension_Too_Long";

    /// <summary>The term is over, or has not begun.</summary>
    public const string TermNotRunning = "Term_Not_Running";
}
