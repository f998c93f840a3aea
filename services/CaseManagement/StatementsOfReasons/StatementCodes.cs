namespace ImageRights.CaseManagement.StatementsOfReasons;

/// <summary>Codes with which requests about statements of reasons are refused; texts are in <c>problems.json</c>.</summary>
public static class StatementCodes
{
    /// <summary>There is no statement under this identity.</summary>
    public const string NotFound = "Statement_Not_Found";
}
