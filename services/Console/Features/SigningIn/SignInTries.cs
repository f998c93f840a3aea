using ImageRights.Console.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ImageRights.Console.Features.SigningIn;

/// <summary>Tries at an account's password and codes. A try is counted before it is looked at: Identity counts afterwards, and of tries side by side all would be looked at and one counted.</summary>
internal sealed class SignInTries(AccountsDb database, IOptions<IdentityOptions> options, TimeProvider clock)
{
    private readonly LockoutOptions lockout = options.Value.Lockout;

    /// <summary>Whether the account has a try left, which is counted with that; the last one locks it, and tries count anew once the lock is over.</summary>
    public async Task<bool> TakeAsync(Account account, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (most, until) = (lockout.MaxFailedAccessAttempts, now + lockout.DefaultLockoutTimeSpan);
        var isTaken = await database.Users.Where(known => known.Id == account.Id && (known.LockoutEnd == null || known.LockoutEnd <= now)).ExecuteUpdateAsync(change => change
            .SetProperty(known => known.LockoutEnd, known => (known.LockoutEnd == null ? known.AccessFailedCount : 0) + 1 >= most ? until : null)
            .SetProperty(known => known.AccessFailedCount, known => (known.LockoutEnd == null ? known.AccessFailedCount : 0) + 1), cancellationToken) == 1;
        // Identity would refuse what was read while a try beside this one held the account, and the try would count though nobody looked at it.
        if (isTaken) account.LockoutEnd = null;
        return isTaken;
    }

    /// <summary>The try was right as far as it went: it counts no more, those before it do. The lock that it set, if it was the last, is off.</summary>
    /// <remarks>An account is never counted beyond its last try, so that with one try less it has one left.</remarks>
    public async Task ReturnAsync(Account account, CancellationToken cancellationToken)
    {
        var longest = clock.GetUtcNow() + lockout.DefaultLockoutTimeSpan;
        await database.Users.Where(known => known.Id == account.Id && known.AccessFailedCount > 0 && (known.LockoutEnd == null || known.LockoutEnd <= longest)).ExecuteUpdateAsync(change => change
            .SetProperty(known => known.LockoutEnd, (DateTimeOffset?)null)
            .SetProperty(known => known.AccessFailedCount, known => known.AccessFailedCount - 1), cancellationToken);
    }

    /// <summary>The try was right: those before it count no more. A lock that an administrator set stays.</summary>
    public async Task ForgetAsync(Account account, CancellationToken cancellationToken)
    {
        var longest = clock.GetUtcNow() + lockout.DefaultLockoutTimeSpan;
        await database.Users.Where(known => known.Id == account.Id && (known.LockoutEnd == null || known.LockoutEnd <= longest)).ExecuteUpdateAsync(change => change
            .SetProperty(known => known.LockoutEnd, (DateTimeOffset?)null)
            .SetProperty(known => known.AccessFailedCount, 0), cancellationToken);
    }
}
