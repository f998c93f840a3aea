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
}
