using System.Security.Claims;
using ImageRights.ServiceDefaults.Protection;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>Every service takes tokens alike: JWTs of the configured issuers; every operation says what it requires, and what says nothing is refused.</summary>
public static class AccessExtensions
{
    private const string ByIssuer = JwtBearerDefaults.AuthenticationScheme;
    private const string Own = "Own";
    private const string Services = "Services";

    // What providers sign with by default (OpenID Connect Core 15.1), and what we do.
    private static readonly string[] AlgorithmsOfOthers = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256];

    /// <summary>Authentication by token and authorization by permission, from the section <c>Access</c>.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or unfit.</exception>
    public static void AddAccess(this IHostApplicationBuilder builder)
    {
        var access = AccessOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(access);
        builder.AddServiceTokens();
        builder.Services.AddSingleton(RateLimits.Read(builder.Configuration)).AddSingleton<Buckets>().AddScoped<Spending>();
        builder.Services.AddHttpClient(KeySetDocuments.Client, client => client.Timeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton<KeySetDocuments>();
        var schemes = access.Foreign.Select((issuer, index) => (issuer.Issuer, Scheme: $"Issuer {index}"))
            .Append((access.Issuer, Own)).Append((ServiceTokens.Issuer, Services))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2);
        var authentication = builder.Services.AddAuthentication(ByIssuer)
            .AddPolicyScheme(ByIssuer, null, policy => policy.ForwardDefaultSelector = context => schemes.GetValueOrDefault(IssuerOf(context.Request) ?? "", Own))
            .AddJwtBearer(Own, options => Configure(options, access.Issuer, AccessOptions.Audience, SecurityAlgorithms.EcdsaSha256))
            .AddJwtBearer(Services, options =>
            {
                Configure(options, ServiceTokens.Issuer, AccessOptions.Audience, SecurityAlgorithms.HmacSha256);
                options.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(access.ServiceKey);
                options.Events.OnTokenValidated = token => BeAsync(token, identity => Only(identity, CallerClaims.Role, Roles.Service));
            });
        builder.Services.AddOptions<JwtBearerOptions>(Own).Configure<KeySetDocuments>((options, documents) => options.ConfigurationManager = access.KeySet is { } keys
            ? new StaticConfigurationManager<OpenIdConnectConfiguration>(KeySetRetriever.FromKeySet(keys))
            : new IssuerKeys(access.JwksUrl, new KeySetRetriever(), documents));
        foreach (var foreign in access.Foreign)
        {
            var scheme = schemes[foreign.Issuer];
            authentication.AddJwtBearer(scheme, options =>
            {
                Configure(options, foreign.Issuer, foreign.Audience, AlgorithmsOfOthers);
                options.TokenValidationParameters.ValidTypes = null;
                // Whatever it says of tenants and services, it speaks for people and programs of its own tenant.
                options.Events.OnTokenValidated = token => BeAsync(token, identity =>
                {
                    Only(identity, CallerClaims.Tenant, foreign.Tenant);
                    var roles = identity.FindAll(foreign.RolesClaim).Select(claim => claim.Value).Intersect(Roles.OfOtherIssuers).ToArray();
                    Only(identity, CallerClaims.Role, roles);
                });
            });
            builder.Services.AddOptions<JwtBearerOptions>(scheme).Configure<KeySetDocuments>((options, documents) => options.ConfigurationManager = foreign.JwksUrl is { } url
                ? new IssuerKeys(url, new KeySetRetriever(), documents)
                : new IssuerKeys($"{foreign.Issuer.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), documents));
        }
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder(ByIssuer).RequireAuthenticatedUser().AddRequirements(new PermissionRequirement()).Build());
        builder.Services.AddSingleton<IAuthorizationHandler>(new PermissionRequirement());
    }

    /// <summary>What a service needs to call another.</summary>
    public static void AddServiceTokens(this IHostApplicationBuilder builder) =>
        builder.Services.AddSingleton(new ServiceTokens(AccessOptions.ReadServiceKey(builder.Configuration), builder.Environment.ApplicationName));

    /// <summary>Asks every request who it is, whether it may, and whether it is within its share.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<RateLimiting>();
    }

    private static void Configure(JwtBearerOptions options, string issuer, string audience, params string[] algorithms)
    {
        options.MapInboundClaims = false;
        options.RequireHttpsMetadata = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = audience,
            ValidAlgorithms = algorithms,
            // RFC 9068: a token that was made for another purpose, such as an ID token, is no access token.
            ValidTypes = ["at+jwt"],
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = CallerClaims.Subject,
            RoleClaimType = CallerClaims.Role,
        };
        options.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = failed =>
            {
                if (failed.Exception is SecurityTokenSignatureKeyNotFoundException && failed.Options.ConfigurationManager is IssuerKeys { AreOutOfReach: true }) failed.Fail(new KeysOutOfReachException());
                return Task.CompletedTask;
            },
        };
    }

    private static Task BeAsync(TokenValidatedContext token, Action<ClaimsIdentity> change)
    {
        change((ClaimsIdentity)token.Principal!.Identity!);
        return Task.CompletedTask;
    }

    private static void Only(ClaimsIdentity identity, string type, params string[] values)
    {
        foreach (var claim in identity.FindAll(type).ToList()) identity.RemoveClaim(claim);
        identity.AddClaims(values.Select(value => new Claim(type, value)));
    }

    // Only chooses who is to judge the token; nothing in it counts before that.
    private static string? IssuerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return new JsonWebToken(header["Bearer ".Length..].Trim()).Issuer;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or SecurityTokenMalformedException)
        {
            return null;
        }
    }
}
