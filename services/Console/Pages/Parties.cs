using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.Console.Pages;

/// <summary>Sellers, rights holders and agents as the pages see them.</summary>
internal static class Parties
{
    /// <summary>The account of a party that looks at a page; null for who works at the desk, also for an account besides.</summary>
    public static string? PartyAccount(this HttpContext context) =>
        Roles.OfPeople.Except([.. Roles.OfParties, Roles.Operator]).Any(context.User.IsInRole) ? null : context.OwnAccount();

    /// <summary>The part that an account has in a case, as terms name it; null for none.</summary>
    public static string? PartOf(this Case it, string? account) =>
        account is null ? null : account == it.RespondentAccountId ? Respondent : it.ComplainantAccountIds.Contains(account) ? Complainant : null;

    /// <summary>Whether a term is of this part.</summary>
    public static bool IsOf(this CaseTerm term, string part) => term.Actor.Split('|').Any(one => one.ToLowerInvariant() switch
    {
        "both" or "either party" => true,
        "notifier" or "rights holder" => part == Complainant,
        var actor => actor == part,
    });

    /// <summary>Whether it is the marketplace's alone.</summary>
    public static bool IsPlatforms(this CaseTerm term) => string.Equals(term.Actor, "platform", StringComparison.OrdinalIgnoreCase);

    private const string Respondent = "respondent";
    private const string Complainant = "complainant";
}
