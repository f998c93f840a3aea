using Microsoft.Extensions.Configuration;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>Resolves <c>http://matching</c>, <c>https+http://matching</c> by the <c>services__matching__http__0</c> convention; hosts that are not named there pass unchanged.</summary>
public sealed class ServiceDiscoveryHandler(IConfiguration configuration) : DelegatingHandler
{
    /// <inheritdoc />
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } uri && Resolve(uri) is { } resolved) request.RequestUri = resolved;
        return base.SendAsync(request, cancellationToken);
    }

    private Uri? Resolve(Uri uri)
    {
        foreach (var scheme in uri.Scheme.Split('+'))
        {
            if (configuration[$"services:{uri.Host}:{scheme}:0"] is { } address) return new Uri(new Uri(address), uri.PathAndQuery);
        }
        return null;
    }
}
