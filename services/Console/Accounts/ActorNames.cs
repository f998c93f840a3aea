using Microsoft.EntityFrameworkCore;

namespace ImageRights.Console.Accounts;

/// <summary>Names of the people who acted: what is recorded is the token's subject.</summary>
internal sealed class ActorNames
{
    private readonly Dictionary<string, string?> names;

    private ActorNames(Dictionary<string, string?> names) => this.names = names;

    /// <summary>Knows nobody.</summary>
    public static ActorNames None { get; } = new([]);

    /// <summary>Reads the names of a tenant's people.</summary>
    /// <param name="actors">Signatures as they are recorded.</param>
    public static async Task<ActorNames> ReadAsync(AccountsDb database, string tenant, IEnumerable<string?> actors, CancellationToken cancellationToken)
    {
        var ids = actors.SelectMany(actor => actor?.Split('/') ?? []).Distinct().ToList();
        return new ActorNames(await database.Users.AsNoTracking().Where(account => account.TenantId == tenant && ids.Contains(account.Id))
            .ToDictionaryAsync(account => account.Id, account => account.UserName, cancellationToken));
    }

    /// <summary>The signature with names for ids; a program's human is named as the program names him.</summary>
    public string? Of(string? actor) => actor is null ? null : string.Join('/', actor.Split('/').Select(part => names.GetValueOrDefault(part) ?? part));
}
