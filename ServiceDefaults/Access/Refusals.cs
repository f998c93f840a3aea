using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>Answers to callers that are not let in: problems of RFC 9457, with what RFC 6750 asks for in WWW-Authenticate.</summary>
internal sealed class Refusals(AccessOptions access, ILogger<Refusals> logger) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }
        // Done for this request already; the middleware keeps only what succeeded.
        var failure = (await context.AuthenticateAsync(policy.AuthenticationSchemes[0])).Failure;
        await Refuse(context, authorizeResult.Forbidden, failure).ExecuteAsync(context);
    }

    private IResult Refuse(HttpContext context, bool forbidden, Exception? failure)
    {
        var realm = $"Bearer realm=\"{access.Issuer}\"";
        if (forbidden)
        {
            var required = context.GetEndpoint()?.Metadata.GetMetadata<RequiredPermission>()?.Permission;
            logger.LogWarning("{Subject} of {Tenant} was refused {Method} {Path}: it requires {Permission}",
                context.User.FindFirst(CallerClaims.Subject)?.Value, context.User.FindFirst(CallerClaims.Tenant)?.Value, context.Request.Method, context.Request.Path, required);
            context.Response.Headers.WWWAuthenticate = required is { } scope ? $"{realm}, error=\"insufficient_scope\", scope=\"{scope.Scope()}\"" : $"{realm}, error=\"insufficient_scope\"";
            return context.Problem(new Rejection("Access_Denied", required is { } permission ? $"It requires {permission.Scope()}." : null));
        }
        if (failure is null)
        {
            context.Response.Headers.WWWAuthenticate = realm;
            return context.Problem(new Rejection("Access_Token_Missing"));
        }
        if (failure is KeysOutOfReachException)
        {
            logger.LogWarning("A token cannot be judged: the keys of its issuer are out of reach");
            return context.Problem(new Rejection("Access_Keys_Unavailable", RetryAfter: IssuerKeys.BetweenLooks));
        }
        var reason = failure switch
        {
            SecurityTokenExpiredException => "It has expired.",
            SecurityTokenInvalidIssuerException => "Its issuer is not one that counts here.",
            SecurityTokenInvalidAudienceException => "It was made for somebody else.",
            SecurityTokenSignatureKeyNotFoundException => "The key that signed it is not among the issuer's keys.",
            _ => "It does not verify.",
        };
        logger.LogInformation("A token was refused: {Reason}", failure.Message);
        context.Response.Headers.WWWAuthenticate = $"{realm}, error=\"invalid_token\", error_description=\"{reason}\"";
        return context.Problem(new Rejection("Access_Token_Invalid", reason));
    }
}
