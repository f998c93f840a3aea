using System.Security.Claims;
using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.Console.Pages;

/// <summary>Who takes a step of a case.</summary>
internal static class StepRights
{
    /// <summary>What the service asks of who takes it.</summary>
    public static Permission PermissionFor(string step) => step switch
    {
        "counter-notice" or "complaint" or "appeal" or "objection" or "change" => Permission.CasesObject,
        "retraction" => Permission.CasesReport,
        "settlement" => Permission.CasesSettle,
        _ => Permission.CasesDecide,
    };

    /// <summary>The steps that somebody may take now: the desk's, what it records of the parties among them, and a party's own for who acts for that party.</summary>
    /// <param name="own">The account that he acts for.</param>
    public static IEnumerable<string> Offered(Case it, ClaimsPrincipal viewer, string? own)
    {
        if (it.Next is not { } next) return [];
        IEnumerable<string> parties = [.. own == it.RespondentAccountId ? next.Respondent : [], .. own is not null && it.ComplainantAccountIds.Contains(own) ? next.Complainant : []];
        return next.Reviewer.Concat(next.Respondent).Concat(next.Complainant).Distinct().Where(step => viewer.May(PermissionFor(step)) && (!IsPartys(step) || parties.Contains(step)));
    }

    /// <summary>Whether it is a party's own: in somebody else's name the service takes none of these.</summary>
    public static bool IsPartys(string step) => PermissionFor(step) is Permission.CasesObject or Permission.CasesReport;
}
