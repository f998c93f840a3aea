using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>Tokens that services make for each other, with a secret that the host gives them: calls among services need no issuer to be up.</summary>
public sealed class ServiceTokens
{
    /// <summary>Value of <c>iss</c>.</summary>
    public const string Issuer = "urn:imagerights:services";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);
    private static readonly HttpRequestOptionsKey<string> TenantOption = new("imagerights.tenant");
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials credentials;
    private readonly string service;

    /// <param name="key">The shared secret.</param>
    /// <param name="service">Name of the caller, for <c>sub</c>.</param>
    public ServiceTokens(byte[] key, string service) =>
        (credentials, this.service) = (new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256), service);

    /// <summary>A token of this service for a tenant's data.</summary>
    public string Create(string tenant, DateTimeOffset now) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = AccessOptions.Audience,
        IssuedAt = now.UtcDateTime,
        Expires = (now + Lifetime).UtcDateTime,
        Claims = new Dictionary<string, object> { [CallerClaims.Subject] = service, [CallerClaims.Tenant] = tenant },
        SigningCredentials = credentials,
        TokenType = "at+jwt",
    });

    internal static string? TenantOf(HttpRequestMessage request) => request.Options.TryGetValue(TenantOption, out var tenant) ? tenant : null;

    internal static void SetTenant(HttpRequestMessage request, string tenant) => request.Options.Set(TenantOption, tenant);
}

/// <summary>Calls from service to service.</summary>
public static class ServiceCalls
{
    /// <summary>Says whose data the call is about; the client puts this service's own token on it.</summary>
    public static HttpRequestMessage For(this HttpRequestMessage request, string tenant)
    {
        ServiceTokens.SetTenant(request, tenant);
        return request;
    }

    /// <summary>A client whose requests carry this service's token for the tenant that they are <see cref="For"/>.</summary>
    public static IHttpClientBuilder CallAsService(this IHttpClientBuilder client) => client.AddHttpMessageHandler(services =>
        new Handler(services.GetRequiredService<ServiceTokens>()));

    private sealed class Handler(ServiceTokens tokens) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var tenant = ServiceTokens.TenantOf(request) ?? throw new InvalidOperationException("A call to another service says whose data it is about.");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Create(tenant, DateTimeOffset.UtcNow));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
