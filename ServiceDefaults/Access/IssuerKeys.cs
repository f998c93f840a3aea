using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>The keys of one issuer: fetched when a token first needs them, every few minutes, and at once when a token names a key that is not among them. While the issuer is away those it had count on.</summary>
internal sealed class IssuerKeys : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    /// <summary>Between two looks after a failure, or after keys that nobody knows, lies at least this: tokens are made up faster than that.</summary>
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly string address;
    private readonly IConfigurationRetriever<OpenIdConnectConfiguration> retriever;
    private readonly IDocumentRetriever documents;
    private readonly TimeProvider clock = TimeProvider.System;
    private readonly SemaphoreSlim looking = new(1);
    private OpenIdConnectConfiguration? keys;
    private long? lookedAt, askedAt;
    private bool isAsked, hasFailed;

    /// <param name="address">The issuer's key set, or its OpenID configuration, as <paramref name="retriever"/> reads it.</param>
    public IssuerKeys(string address, IConfigurationRetriever<OpenIdConnectConfiguration> retriever, IDocumentRetriever documents)
    {
        (this.address, this.retriever, this.documents) = (address, retriever, documents);
        // A key that its issuer took back counts no more.
        UseLastKnownGoodConfiguration = false;
    }

    /// <summary>Whether the issuer could not be asked: then an unknown key says nothing about a token.</summary>
    public bool AreOutOfReach => Volatile.Read(ref hasFailed);

    private bool IsLookDue => isAsked || IsOver(lookedAt, keys is null || hasFailed ? BetweenLooks : Fresh);

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">They were never within reach.</exception>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        // Who has keys waits for nobody else's look.
        if (IsLookDue && await looking.WaitAsync(keys is null || isAsked ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancel))
        {
            try
            {
                if (IsLookDue) await LookAsync();
            }
            finally
            {
                looking.Release();
            }
        }
        return keys ?? throw new InvalidOperationException($"The keys at {address} are out of reach.");
    }

    /// <inheritdoc />
    public override async Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => await GetConfigurationAsync(cancel);

    /// <inheritdoc />
    public override void RequestRefresh()
    {
        if (!IsOver(askedAt, BetweenLooks)) return;
        askedAt = clock.GetTimestamp();
        isAsked = true;
    }

    private bool IsOver(long? since, TimeSpan wait) => since is not { } at || clock.GetElapsedTime(at) >= wait;

    private async Task LookAsync()
    {
        try
        {
            var found = await retriever.GetConfigurationAsync(address, documents, CancellationToken.None);
            if (found.SigningKeys.Count > 0) keys = found;
            hasFailed = found.SigningKeys.Count == 0;
        }
#pragma warning disable CA1031 // Whatever stands between us and its keys, they are out of reach.
        catch (Exception)
#pragma warning restore CA1031
        {
            hasFailed = true;
        }
        lookedAt = clock.GetTimestamp();
        isAsked = false;
    }

    /// <inheritdoc />
    public void Dispose() => looking.Dispose();
}

/// <summary>A token cannot be judged: its issuer's keys are out of reach.</summary>
internal sealed class KeysOutOfReachException() : Exception("The keys of the token's issuer are out of reach.");
