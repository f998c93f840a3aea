using ImageRights.Console.Issuing;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ImageRights.Console.Accounts;

/// <summary>Accounts, sign-in and tokens.</summary>
internal static class AccountServices
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var connection = builder.Configuration.GetConnectionString("consoledb")
            ?? throw new InvalidOperationException("ConnectionStrings:consoledb is missing; start the console through AppHost or set ConnectionStrings__consoledb.");
        services.AddSingleton(TimeProvider.System);
        services.AddDbContextFactory<AccountsDb>(options => options.UseNpgsql(connection));
        // Before data protection looks for its keys.
        services.AddHostedService<FirstStart>();
        services.AddHealthChecks().AddCheck<AccountsHealthCheck>("accounts", tags: ["ready"]);
        services.AddSingleton(ConsoleKey.Read(builder.Configuration));
        services.AddDataProtection().SetApplicationName("imagerights-console");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, ProtectionKeys>();
        services.AddSingleton<SigningKeys>().AddSingleton<TokenIssuer>();

        services.AddIdentityCore<Account>(options =>
            {
                options.Password = new PasswordOptions { RequiredLength = 12, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false, RequiredUniqueChars = 4 };
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
                options.ClaimsIdentity.UserIdClaimType = CallerClaims.Subject;
                options.ClaimsIdentity.UserNameClaimType = CallerClaims.Name;
                options.ClaimsIdentity.RoleClaimType = CallerClaims.Role;
                options.Tokens.AuthenticatorIssuer = "ImageRights";
            })
            .AddEntityFrameworkStores<AccountsDb>().AddClaimsPrincipalFactory<AccountClaims>().AddSignInManager().AddDefaultTokenProviders().AddErrorDescriber<AccountErrors>();
        // PBKDF2 with HMAC-SHA-512; the count is OWASP's.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        // Roles that were taken away end within a minute.
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        var isSecure = builder.Configuration["Access:Issuer"]?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;
        services.ConfigureApplicationCookie(options =>
        {
            options.LoginPath = "/sign-in";
            options.AccessDeniedPath = "/denied";
            options.ReturnUrlParameter = "next";
            options.Events.OnRedirectToLogin = redirect =>
            {
                // A form's own address shows nothing: back to the page that it was on.
                var back = HttpMethods.IsGet(redirect.Request.Method) ? null : LocalReferer(redirect.Request);
                redirect.Response.Redirect(back is null ? redirect.RedirectUri : QueryHelpers.AddQueryString(options.LoginPath, options.ReturnUrlParameter, back));
                return Task.CompletedTask;
            };
            options.ExpireTimeSpan = TimeSpan.FromHours(8);
            // __Host-: a browser takes it by HTTPS only, for this host only, and no subdomain can set one.
            options.Cookie.Name = isSecure ? "__Host-imagerights" : "imagerights";
            options.Cookie.SecurePolicy = isSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(IdentityConstants.ApplicationScheme).RequireAuthenticatedUser().Build())
            .AddPolicy(Policies.ManageAccess, policy => policy.RequireAssertion(context => context.User.May(Permission.AccessManage)))
            .AddPolicy(Policies.DecideErasures, policy => policy.RequireAssertion(context => context.User.May(Permission.ErasuresDecide)))
            .AddPolicy(Policies.SuspendWorks, policy => policy.RequireAssertion(context => context.User.May(Permission.WorksSuspend)))
            .AddPolicy(Policies.ManageTenants, policy => policy.RequireAssertion(context => context.User.May(Permission.TenantsManage)));
    }

    /// <summary>Address here of the page that a form was on; null when the browser does not say, or says another site's.</summary>
    public static string? LocalReferer(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var page) && page.Authority == request.Host.Value ? page.PathAndQuery : null;

    /// <summary>A password that somebody else chose opens only the page that replaces it.</summary>
    public static void UsePasswordChange(this WebApplication app) => app.Use((context, next) =>
    {
        var mayPass = !context.User.HasClaim(AccountClaims.MustChangePassword, "true") || context.Request.Path.StartsWithSegments("/account/password")
            || context.Request.Path.StartsWithSegments("/assets") || context.Request.Path == "/sign-out";
        if (mayPass) return next(context);
        context.Response.Redirect("/account/password");
        return Task.CompletedTask;
    });
}

/// <summary>What pages ask of the person who opens them.</summary>
internal static class Policies
{
    public const string ManageAccess = "access:manage";
    public const string DecideErasures = "erasures:decide";
    public const string SuspendWorks = "works:suspend";
    public const string ManageTenants = "tenants:manage";
}
