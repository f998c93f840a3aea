using ImageRights.Console.Accounts;
using ImageRights.Console.Features.DownloadingCases;
using ImageRights.Console.Features.Erasing;
using ImageRights.Console.Features.Finding;
using ImageRights.Console.Features.IssuingTokens;
using ImageRights.Console.Features.ManagingAccess;
using ImageRights.Console.Features.ReadingInbox;
using ImageRights.Console.Features.ServingGuests;
using ImageRights.Console.Features.ServingMedia;
using ImageRights.Console.Features.SendingWebhooks;
using ImageRights.Console.Features.SigningIn;
using ImageRights.Console.Features.Submitting;
using ImageRights.Console.Features.SuspendingWorks;
using ImageRights.Console.Features.TakingSteps;
using ImageRights.Console.Pages;
using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.HttpOverrides;

namespace ImageRights.Console;

/// <summary>The web console: pages over the other services' HTTP APIs, and the place where people and programs sign in.</summary>
public static class Composition
{
    /// <summary>The application, ready to run.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.Services.AddProblems(typeof(Composition).Assembly);
        builder.AddAccounts();
        builder.Services.AddScoped<SignInTries>();
        builder.Services.AddRazorComponents();
        builder.Services.AddAntiforgery(options => options.Cookie.SameSite = SameSiteMode.Strict);
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddTransient<PersonToken>();
        // A page is not waited for longer than that.
        var patience = builder.Configuration.GetValue("Peers:Timeout", TimeSpan.FromSeconds(20));
        foreach (var peer in Peer.All)
            builder.Services.AddHttpClient(peer, client => (client.BaseAddress, client.Timeout) = (new Uri($"http://{peer}"), patience)).AddHttpMessageHandler<PersonToken>();
        builder.Services.AddSingleton<Desk>().AddSingleton<GuestDesk>().AddSingleton<MediaDesk>().AddSingleton<MediaLinks>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 27_000_000);

        var app = builder.Build();
        app.UseProblems();
        app.UsePagesForPeople();
        // After it, so that it can answer with another page than was asked for.
        app.UseRouting();
        app.UseMediaOrigin();
        app.Use(SecurityHeaders);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<AnonymousLimit>();
        app.UsePasswordChange();
        app.UseAntiforgery();
        app.MapDefaultEndpoints();
        DiscoveryEndpoints.Map(app);
        TokenEndpoint.Map(app);
        SignInEndpoints.Map(app);
        AccountEndpoints.Map(app);
        ClientEndpoints.Map(app);
        GuestForms.Map(app);
        ErasureForms.Map(app);
        SuspensionForms.Map(app);
        WebhookForms.Map(app);
        AssetEndpoint.Map(app);
        TakeStepEndpoint.Map(app);
        CaseFileEndpoint.Map(app);
        FindEndpoint.Map(app);
        InboxForms.Map(app);
        SubmitEndpoints.Map(app);
        app.MapRazorComponents<App>();
        return app;
    }

    private static Task SecurityHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        var pictures = context.RequestServices.GetRequiredService<MediaLinks>().Origin.GetLeftPart(UriPartial.Authority);
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {pictures}; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }
}
