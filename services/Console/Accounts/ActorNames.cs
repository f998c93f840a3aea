using ImageRights.Console.Pages;
using Microsoft.EntityFrameworkCore;

namespace ImageRights.Console.Accounts;

/// <summary>Names of the people and programs who acted: what is recorded is the token's subject.</summary>
internal sealed class ActorNames
{
    private readonly Dictionary<string, string?> names;

    private ActorNames(Dictionary<string, string?> names) => this.names = names;

    /// <summary>Knows nobody.</summary>
    public static ActorNames None { get; } = new([]);

    /// <summary>Reads the names of a tenant's people and programs.</summary>
    /// <param name="actors">Signatures as they are recorded.</param>
    public static async Task<ActorNames> ReadAsync(AccountsDb database, string tenant, IEnumerable<string?> actors, CancellationToken cancellationToken)
    {
        var ids = actors.SelectMany(actor => actor?.Split('/') ?? []).Distinct().ToList();
        var people = await database.Users.AsNoTracking().Where(account => account.TenantId == tenant && ids.Contains(account.Id))
            .ToDictionaryAsync(account => account.Id, account => account.UserName, cancellationToken);
        foreach (var program in await database.Clients.AsNoTracking().Where(client => client.TenantId == tenant && ids.Contains(client.Id)).ToListAsync(cancellationToken)) people[program.Id] = program.Name;
        return new ActorNames(people);
    }

    /// <summary>The signature with names for ids; a program's human is named as the program names him.</summary>
    public Phrase Of(string? actor) => actor?.Split('/').Select(part => names.GetValueOrDefault(part) ?? part).ToList() switch
    {
        null => new("", ""),
        [var program, var human] => new($"{human} through {program}", $"{human}（经由 {program}）"),
        var parts => new(string.Join('/', parts), string.Join('/', parts)),
    };
}
