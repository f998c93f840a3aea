using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace ImageRights.Console.Accounts;

/// <summary>Tenants, accounts, programs and keys.</summary>
public sealed class AccountsDb(DbContextOptions<AccountsDb> options) : IdentityUserContext<Account, string>(options)
{
    /// <summary>Any number; all replicas lock on the same one.</summary>
    private const long StartLock = 0x696d_6167_6572_6967;

    public DbSet<Tenant> Tenants => Set<Tenant>();
    public DbSet<ApiClient> Clients => Set<ApiClient>();
    public DbSet<ClientSecret> Secrets => Set<ClientSecret>();
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();
    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    /// <summary>Runs <paramref name="work"/> in a transaction, one replica at a time, on tables that are up to date.</summary>
    public async Task AloneAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        await Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({StartLock})", cancellationToken);
        await Database.ExecuteSqlRawAsync(Script(), cancellationToken);
        await work();
        await SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Account>().ToTable("accounts").HasOne<Tenant>().WithMany().HasForeignKey(account => account.TenantId);
        builder.Entity<IdentityUserClaim<string>>().ToTable("account_claims");
        builder.Entity<IdentityUserLogin<string>>().ToTable("account_logins");
        builder.Entity<IdentityUserToken<string>>().ToTable("account_tokens");
        builder.Entity<Tenant>().ToTable("tenants");
        builder.Entity<ApiClient>().HasOne<Tenant>().WithMany().HasForeignKey(client => client.TenantId);
        builder.Entity<ApiClient>().ToTable("api_clients").HasMany(client => client.Secrets).WithOne().HasForeignKey(secret => secret.ClientId);
        builder.Entity<ClientSecret>().ToTable("client_secrets");
        builder.Entity<SigningKey>().ToTable("signing_keys");
        builder.Entity<ProtectionKey>().ToTable("protection_keys").HasKey(key => key.Name);
        foreach (var property in builder.Model.GetEntityTypes().SelectMany(type => type.GetProperties())) property.SetColumnName(ColumnName(property.Name));
    }

    private static string ColumnName(string property)
    {
        var name = new StringBuilder();
        foreach (var letter in property) name.Append(char.IsAsciiLetterUpper(letter) && name.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(letter));
        return name.ToString();
    }

    private static string Script()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("accounts.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
