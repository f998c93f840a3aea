using static ImageRights.ServiceDefaults.Access.Permission;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>Who may do what: the one table. A token carries roles; a service turns them into permissions by this table, so that a change here holds for tokens that are out already.</summary>
public static class Roles
{
    /// <summary>Registers works and complains, for an account of the marketplace.</summary>
    public const string RightsHolder = "rights-holder";

    /// <summary>Acts for a rights holder.</summary>
    public const string Agent = "agent";

    /// <summary>Uploads pictures, for an account of the marketplace.</summary>
    public const string Seller = "seller";

    /// <summary>Decides cases.</summary>
    public const string Reviewer = "reviewer";

    /// <summary>Decides cases and looks after deliveries and parked events.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Leads what goes to court and what was settled.</summary>
    public const string Legal = "legal";

    /// <summary>Reads everything, changes nothing.</summary>
    public const string Auditor = "auditor";

    /// <summary>Everything within the tenant.</summary>
    public const string TenantAdmin = "tenant-admin";

    /// <summary>Makes tenants; sees none of their data.</summary>
    public const string Operator = "operator";

    /// <summary>A program of the marketplace; what it may do is further bounded by its scopes.</summary>
    public const string ApiClient = "api-client";

    /// <summary>The console's pages for people without an account.</summary>
    public const string GuestDesk = "guest-desk";

    /// <summary>The console's origin for pictures.</summary>
    public const string MediaDesk = "media-desk";

    /// <summary>One of the product's own services; given by the services' own key, never to people or programs.</summary>
    public const string Service = "service";

    private static readonly Permission[] Everyone = [LimitsRead, RegimesRead];

    // Each of these only with what is the account's own: Parties sees to it, and refuses them where an operation does not say that it does.
    private static readonly Permission[] Party = [.. Everyone, ImagesRead, WorksRead, LicencesRead, ScreeningsRead, PrechecksRun, CasesRead, CasesObject, InboxRead, InboxOpen];

    private static readonly Permission[] Claimant = [.. Party, WorksWrite, LicencesWrite, CasesReport];

    private static readonly Permission[] Desk =
        [.. Everyone, ImagesRead, WorksRead, LicencesRead, RenditionsRead, ScreeningsRead, IndexRead, CasesRead, ReportersRead, LogRead, SellersRead, SettlementsRead];

    private static readonly Permission[] Watch = [ParkedEventsRead, SubmissionsRead, ErasuresRead, EndpointsRead, DeliveriesRead, FeedRead, MailsRead];

    private static readonly Dictionary<string, Permission[]> Table = new()
    {
        [RightsHolder] = Claimant,
        [Agent] = Claimant,
        [Seller] = [.. Party, ImagesWrite],
        [Reviewer] = [.. Desk, PrechecksRun, IndexSearch, CasesReport, CasesDecide],
        [Supervisor] = [.. Desk, .. Watch, PrechecksRun, IndexSearch, IndexRescan, FingerprintsRead, CasesReport, CasesDecide, CasesSettle, ReportersDecide, ImagesWrite, WorksSuspend, LicencesWrite, ParkedEventsReplay, SubmissionsRetry, DeliveriesReplay],
        [Legal] = [.. Desk, ErasuresRead, ErasuresDecide, CasesReport, CasesDecide, CasesSettle, RegimesChoose, ReportersDecide, SubmissionsRead, SubmissionsRetry, WorksSuspend, LicencesWrite, FingerprintsRead, SellersErase],
        [Auditor] = [.. Desk, .. Watch, FingerprintsRead],
        [TenantAdmin] = [.. Enum.GetValues<Permission>().Except([ContentsRead, ContactsRead, TenantsManage])],
        [Operator] = [.. Everyone, TenantsManage],
        [ApiClient] = [.. Enum.GetValues<Permission>().Except([ContentsRead, ContactsRead, GuestsServe, ErasuresDecide, AccessManage, TenantsManage])],
        [GuestDesk] = [GuestsServe],
        [MediaDesk] = [ImagesRead, WorksRead, RenditionsRead],
        [Service] = [.. Everyone, ContentsRead, ContactsRead, ImagesRead, WorksRead, FingerprintsCompute, IndexSearch, ScreeningsRead, RenditionsRead],
    };

    /// <summary>Every role.</summary>
    public static IReadOnlyCollection<string> All => Table.Keys;

    /// <summary>Those that people are given.</summary>
    public static IReadOnlyList<string> OfPeople { get; } = [TenantAdmin, Supervisor, Reviewer, Legal, Auditor, RightsHolder, Agent, Seller, Operator];

    /// <summary>Those of parties: what they may, they may with what is their own account's.</summary>
    public static IReadOnlyList<string> OfParties { get; } = [RightsHolder, Agent, Seller];

    /// <summary>Those that another issuer may give within its tenant: none of the product's own.</summary>
    public static IReadOnlyList<string> OfOtherIssuers { get; } = [.. OfPeople.Except([Operator]), ApiClient];

    /// <summary>What a program may be given: the permissions of <see cref="ApiClient"/>, as scopes.</summary>
    public static IReadOnlyList<string> Scopes { get; } = [.. Table[ApiClient].Select(permission => permission.Scope())];

    /// <summary>Whether it is about nobody's things.</summary>
    internal static bool IsOfEverybody(Permission permission) => Everyone.Contains(permission);

    /// <summary>What a role may do; nothing for one that is not ours.</summary>
    public static IReadOnlyCollection<Permission> PermissionsOf(string role) => Table.GetValueOrDefault(role, []);
}
