using System.Text;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>What a caller may do. Each operation of each service names the one that it requires; <see cref="Roles"/> says who has it.</summary>
public enum Permission
{
    /// <summary>Read pictures, their state and metadata.</summary>
    ImagesRead,

    /// <summary>Upload and withdraw pictures.</summary>
    ImagesWrite,

    /// <summary>Read registered originals.</summary>
    WorksRead,

    /// <summary>Register originals.</summary>
    WorksWrite,

    /// <summary>Keep originals from being matched against, and let them be matched again.</summary>
    WorksSuspend,

    /// <summary>Read licences.</summary>
    LicencesRead,

    /// <summary>Grant and end licences.</summary>
    LicencesWrite,

    /// <summary>Ask what an upload would come to.</summary>
    PrechecksRun,

    /// <summary>Send events of the marketplace.</summary>
    EventsSend,

    /// <summary>See the events that could not be taken.</summary>
    ParkedEventsRead,

    /// <summary>Try parked events again.</summary>
    ParkedEventsReplay,

    /// <summary>Read what this installation takes in.</summary>
    LimitsRead,

    /// <summary>Read uploaded bytes as they are. Services only: people see pictures that were drawn anew.</summary>
    ContentsRead,

    /// <summary>Have a picture decoded and hashed.</summary>
    FingerprintsCompute,

    /// <summary>Read a picture's perceptual hashes.</summary>
    FingerprintsRead,

    /// <summary>See pictures, drawn anew.</summary>
    RenditionsRead,

    /// <summary>Read what screening found.</summary>
    ScreeningsRead,

    /// <summary>Search the index by hash.</summary>
    IndexSearch,

    /// <summary>Read the index's size and state.</summary>
    IndexRead,

    /// <summary>Have everything compared anew.</summary>
    IndexRescan,

    /// <summary>Read cases, notices and their history.</summary>
    CasesRead,

    /// <summary>Complain of a picture; give notice under a regime.</summary>
    CasesReport,

    /// <summary>Report and follow for people without an account.</summary>
    GuestsServe,

    /// <summary>Decide cases: take down, dismiss, reinstate, close.</summary>
    CasesDecide,

    /// <summary>Object to a decision for the account that it hit.</summary>
    CasesObject,

    /// <summary>Record what parties settled.</summary>
    CasesSettle,

    /// <summary>Read regime packs and simulate them.</summary>
    RegimesRead,

    /// <summary>Choose the laws that notices are dealt with under.</summary>
    RegimesChoose,

    /// <summary>Read how reporters fared, and what follows from it.</summary>
    ReportersRead,

    /// <summary>Link, suspend and restore reporters.</summary>
    ReportersDecide,

    /// <summary>Read what goes to the EU Transparency Database.</summary>
    SubmissionsRead,

    /// <summary>Send parked statements of reasons again.</summary>
    SubmissionsRetry,

    /// <summary>Read erasures of personal data, and what holds against them.</summary>
    ErasuresRead,

    /// <summary>Erase personal data, place and lift legal holds.</summary>
    ErasuresDecide,

    /// <summary>Read entries of the transparency log and their proofs.</summary>
    LogRead,

    /// <summary>Read webhook endpoints.</summary>
    EndpointsRead,

    /// <summary>Register, change and disable webhook endpoints.</summary>
    EndpointsWrite,

    /// <summary>Read the delivery log.</summary>
    DeliveriesRead,

    /// <summary>Send deliveries again.</summary>
    DeliveriesReplay,

    /// <summary>Read the event feed.</summary>
    FeedRead,

    /// <summary>Read what the marketplace told of accounts, without names and addresses.</summary>
    SellersRead,

    /// <summary>Erase names and addresses of accounts.</summary>
    SellersErase,

    /// <summary>Read names and addresses of accounts.</summary>
    ContactsRead,

    /// <summary>Read settlements as the marketplace carried them out.</summary>
    SettlementsRead,

    /// <summary>Read the inbox of an account; a party's own only.</summary>
    InboxRead,

    /// <summary>Mark messages as read; a party's own only.</summary>
    InboxOpen,

    /// <summary>Read the course of mail.</summary>
    MailsRead,

    /// <summary>Manage accounts and API clients of the tenant.</summary>
    AccessManage,

    /// <summary>Make tenants.</summary>
    TenantsManage,
}

/// <summary>Names of permissions on the wire: as OAuth scopes, <c>images:read</c>, <c>parked-events:replay</c>.</summary>
public static class Permissions
{
    private static readonly Dictionary<Permission, string> Names = Enum.GetValues<Permission>().ToDictionary(permission => permission, Name);
    private static readonly Dictionary<string, Permission> ByName = Names.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The scope that stands for it.</summary>
    public static string Scope(this Permission permission) => Names[permission];

    /// <summary>The permission that a scope stands for; null for one that is not ours.</summary>
    public static Permission? FromScope(string scope) => ByName.TryGetValue(scope, out var permission) ? permission : null;

    private static string Name(Permission permission)
    {
        var words = new StringBuilder();
        foreach (var letter in permission.ToString()) words.Append(char.IsAsciiLetterUpper(letter) && words.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(letter));
        var name = words.ToString();
        var verb = name.LastIndexOf('-');
        return $"{name[..verb]}:{name[(verb + 1)..]}";
    }
}
