namespace ImageRights.CaseManagement.Cases;

/// <summary>Accounts, or file numbers of what is pending: each once, in the order in which they came.</summary>
internal static class OnceEach
{
    /// <summary>With a further one.</summary>
    public static IReadOnlyList<string> With(this IReadOnlyList<string> known, string? further) => further is null || known.Contains(further) ? known : [.. known, further];

    /// <summary>All but one.</summary>
    public static IReadOnlyList<string> Without(this IReadOnlyList<string> known, string? ended) => [.. known.Where(one => one != ended)];

    /// <summary>Whether it is there and another one is, too.</summary>
    public static bool HaveBeside(this IReadOnlyList<string> known, string? one) => known.Count > 1 && one is not null && known.Contains(one);
}
