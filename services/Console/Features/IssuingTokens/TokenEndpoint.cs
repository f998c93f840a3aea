using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ImageRights.Console.Accounts;
using ImageRights.Console.Issuing;
using Microsoft.EntityFrameworkCore;

namespace ImageRights.Console.Features.IssuingTokens;

/// <summary>Tokens for programs: OAuth 2.0 client credentials (RFC 6749, 4.4), by client_secret_basic or client_secret_post.</summary>
internal static class TokenEndpoint
{
    private const int LongestForm = 16 * 1024;
    private static readonly TimeSpan UseResolution = TimeSpan.FromMinutes(1);

    // Compared with when there is no such program, so that both answers take the same way.
    private static readonly byte[] NoSecret = Credentials.Hash(Credentials.DrawSecret());

    public static void Map(WebApplication app) => app.MapPost("/connect/token", IssueAsync).AllowAnonymous().DisableAntiforgery()
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(LongestForm));

    private static async Task<IResult> IssueAsync(HttpContext context, AccountsDb database, TokenIssuer issuer, TimeProvider clock, ILogger<TokenIssuer> logger)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.HasFormContentType) return Refuse("invalid_request", "The body is application/x-www-form-urlencoded.");
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form.Any(field => field.Value.Count > 1)) return Refuse("invalid_request", "A parameter is given twice.");
        if (form["grant_type"] != "client_credentials")
            return form.ContainsKey("grant_type") ? Refuse("unsupported_grant_type", "Only client_credentials is supported.") : Refuse("invalid_request", "grant_type is missing.");

        var basic = ReadBasic(context.Request.Headers.Authorization);
        if (basic is not null && form.ContainsKey("client_secret")) return Refuse("invalid_request", "The program authenticates in one way.");
        var (clientId, given) = basic ?? (form["client_id"].ToString(), form["client_secret"].ToString());
        var client = await database.Clients.AsNoTracking().Include(known => known.Secrets).FirstOrDefaultAsync(known => known.Id == clientId, context.RequestAborted);
        var hash = Credentials.Hash(given);
        var secret = (client?.Secrets ?? []).FirstOrDefault(known => CryptographicOperations.FixedTimeEquals(known.Hash, hash));
        if (client is null) CryptographicOperations.FixedTimeEquals(NoSecret, hash);
        if (secret is null || client is not { DisabledAt: null })
        {
            logger.LogWarning("A token was refused to {ClientId}", client?.Id ?? "a program that is not known");
            context.Response.Headers.WWWAuthenticate = $"Basic realm=\"{issuer.Issuer}\", charset=\"UTF-8\"";
            return Refuse("invalid_client", "The program is not known, is disabled, or its secret is another.", StatusCodes.Status401Unauthorized);
        }

        var asked = form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        if (asked.Except(client.Scopes).Any()) return Refuse("invalid_scope", "The program has not been given all of these scopes.");
        var scopes = asked.Count > 0 ? asked : client.Scopes;
        var now = clock.GetUtcNow();
        if (secret.LastUsedAt is not { } last || now - last >= UseResolution)
            await database.Secrets.Where(known => known.Id == secret.Id).ExecuteUpdateAsync(change => change.SetProperty(known => known.LastUsedAt, now), context.RequestAborted);
        return TypedResults.Json(new
        {
            access_token = await issuer.ForProgramAsync(client, scopes, context.RequestAborted),
            token_type = "Bearer",
            expires_in = (int)TokenIssuer.ProgramLifetime.TotalSeconds,
            scope = string.Join(' ', scopes),
        });
    }

    // Id and secret are form-encoded before they are joined (RFC 6749, 2.3.1).
    private static (string Id, string Secret)? ReadBasic(string? header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var authorization) || !"Basic".Equals(authorization.Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[authorization.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(authorization.Parameter ?? "", bytes, out var length)) return ("", "");
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 ? (Uri.UnescapeDataString(pair[0].Replace('+', ' ')), Uri.UnescapeDataString(pair[1].Replace('+', ' '))) : ("", "");
    }

    private static IResult Refuse(string error, string description, int status = StatusCodes.Status400BadRequest) =>
        TypedResults.Json(new { error, error_description = description }, statusCode: status);
}
