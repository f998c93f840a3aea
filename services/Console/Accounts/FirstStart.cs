using System.Text;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ImageRights.Console.Accounts;

/// <summary>Before anything is served: tables, and on an empty database a tenant, its administrator and a first program, whose credentials are shown once.</summary>
internal sealed class FirstStart(
    IServiceScopeFactory scopes, IConfiguration configuration, TimeProvider clock, ILogger<FirstStart> logger) : IHostedService
{
    private const string Administrator = "admin";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            try
            {
                await PrepareAsync(limit.Token);
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException { IsTransient: true } or InvalidOperationException { InnerException: NpgsqlException { IsTransient: true } })
            {
                logger.LogWarning("The database does not answer yet: {Reason}", failure.Message);
                await Task.Delay(Pause, limit.Token);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        FirstCredentials? credentials = null;
        await database.AloneAsync(async () =>
        {
            if (await database.Tenants.AnyAsync(cancellationToken)) return;
            var now = clock.GetUtcNow();
            // What was stored before there were tenants is the first one's.
            var tenant = new Tenant { Id = DocumentStore.DefaultTenant, Name = "Marketplace", CreatedAt = now };
            var password = Credentials.DrawPassword();
            var administrator = new Account
            {
                Id = $"acc_{Guid.CreateVersion7():N}", TenantId = tenant.Id, UserName = Administrator, NormalizedUserName = Administrator.ToUpperInvariant(),
                Roles = [Roles.TenantAdmin, Roles.Operator], MustChangePassword = true, CreatedAt = now, LockoutEnabled = true, SecurityStamp = Guid.NewGuid().ToString("N"),
            };
            administrator.PasswordHash = scope.ServiceProvider.GetRequiredService<IPasswordHasher<Account>>().HashPassword(administrator, password);
            var (client, secret) = (new ApiClient { Id = $"cli_{Guid.CreateVersion7():N}", TenantId = tenant.Id, Name = "First program", Scopes = [.. Roles.Scopes], CreatedAt = now }, Credentials.DrawSecret());
            client.Secrets.Add(new ClientSecret { Id = $"sec_{Guid.CreateVersion7():N}", ClientId = client.Id, Hash = Credentials.Hash(secret), CreatedAt = now });
            database.AddRange(tenant, administrator, client);
            credentials = new FirstCredentials(Administrator, password, client.Id, secret);
            // Before the commit: credentials that nobody saw would lock everybody out.
            Show(credentials);
        }, cancellationToken);
    }

    private void Show(FirstCredentials credentials)
    {
        if (configuration["Access:FirstCredentials"] is not { Length: > 0 } path)
        {
            logger.LogWarning(
                "First start. Sign in as {User} with {Password}, once: it asks for a password of your own. The first program is {ClientId} with the secret {Secret}. Nothing shows them again",
                credentials.User, credentials.Password, credentials.ClientId, credentials.Secret);
            return;
        }
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(credentials.ToString()));
        file.Flush(flushToDisk: true);
        logger.LogWarning("First start: the credentials of the administrator and of the first program are in {Path}, for its owner only. Keep them elsewhere and delete it", path);
    }
}

/// <summary>What the first start shows, in the form of a shell's variables.</summary>
internal sealed record FirstCredentials(string User, string Password, string ClientId, string Secret)
{
    public override string ToString() => $"user={User}\npassword={Password}\nclient_id={ClientId}\nclient_secret={Secret}\n";
}
