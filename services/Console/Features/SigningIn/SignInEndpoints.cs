using ImageRights.Console.Accounts;
using ImageRights.Console.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace ImageRights.Console.Features.SigningIn;

/// <summary>Signing in and out, and the password of one's own.</summary>
internal static class SignInEndpoints
{
    // One sentence for all: who tries names must not learn which exist.
    private static readonly Phrase Refused = new("Name or password is wrong, or the account is locked for some minutes after too many tries.", "用户名或密码错误，或账户因多次尝试已被锁定数分钟。");
    private static readonly Phrase CodeRefused = new("The code is wrong.", "验证码错误。");

    public static void Map(WebApplication app)
    {
        app.MapPost("/sign-in", SignInAsync).AllowAnonymous();
        app.MapPost("/sign-in/code", GiveCodeAsync).AllowAnonymous();
        app.MapPost("/sign-out", SignOutAsync);
        app.MapPost("/account/password", ChangePasswordAsync);
        app.MapPost("/account/two-factor", EnrolAsync);
        app.MapPost("/account/two-factor/end", EndEnrolmentAsync);
    }

    private static async Task<IResult> SignInAsync(
        [FromForm] string name, [FromForm] string password, [FromForm] string? next, HttpContext context, SignInManager<Account> signIn, SignInTries tries, IPasswordHasher<Account> hasher)
    {
        if (await signIn.UserManager.FindByNameAsync(name) is not { } account || !await tries.TakeAsync(account, context.RequestAborted))
        {
            // The time that a wrong password takes.
            hasher.HashPassword(new Account { TenantId = "" }, password);
            return Refusal.To(WithNext("/sign-in", next), Refused);
        }
        var result = await signIn.PasswordSignInAsync(account, password, isPersistent: false, lockoutOnFailure: false);
        if (result.RequiresTwoFactor)
        {
            // Only this try: wrong codes before it still count, or who knows the password could try codes without end.
            await tries.ReturnAsync(account, context.RequestAborted);
            return Results.LocalRedirect(WithNext("/sign-in/code", next));
        }
        if (!result.Succeeded) return Refusal.To(WithNext("/sign-in", next), Refused);
        await tries.ForgetAsync(account, context.RequestAborted);
        return Results.LocalRedirect(Local(next) ?? "/");
    }

    private static async Task<IResult> GiveCodeAsync([FromForm] string code, [FromForm] string? next, HttpContext context, SignInManager<Account> signIn, SignInTries tries)
    {
        if (await signIn.GetTwoFactorAuthenticationUserAsync() is not { } account) return Results.LocalRedirect("/sign-in");
        var (accounts, typed) = (signIn.UserManager, code.Replace(" ", "", StringComparison.Ordinal));
        var opens = await tries.TakeAsync(account, context.RequestAborted) && (typed.Length == 6 && typed.All(char.IsAsciiDigit)
            ? await accounts.VerifyTwoFactorTokenAsync(account, accounts.Options.Tokens.AuthenticatorTokenProvider, typed)
            : (await accounts.RedeemTwoFactorRecoveryCodeAsync(account, typed)).Succeeded);
        if (!opens) return Refusal.To(WithNext("/sign-in/code", next), CodeRefused);
        await tries.ForgetAsync(account, context.RequestAborted);
        await context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await signIn.SignInAsync(account, isPersistent: false);
        return Results.LocalRedirect(Local(next) ?? "/");
    }

    private static async Task<IResult> SignOutAsync([FromForm] string? _, SignInManager<Account> signIn)
    {
        await signIn.SignOutAsync();
        return Results.LocalRedirect("/sign-in");
    }

    private static async Task<IResult> ChangePasswordAsync([FromForm] string current, [FromForm] string replacement, HttpContext context, SignInManager<Account> signIn)
    {
        var account = (await signIn.UserManager.GetUserAsync(context.User))!;
        if (current == replacement) return Refusal.To("/account/password", new("The new password is the old one.", "新密码与当前密码相同。"));
        account.MustChangePassword = false;
        var result = await signIn.UserManager.ChangePasswordAsync(account, current, replacement);
        if (!result.Succeeded) return Refusal.To("/account/password", Phrase.Same(string.Join(" ", result.Errors.Select(error => error.Description))));
        await signIn.RefreshSignInAsync(account);
        return Results.LocalRedirect("/?done=password%20changed");
    }

    private static async Task<IResult> EnrolAsync([FromForm] string code, HttpContext context, SignInManager<Account> signIn)
    {
        var accounts = signIn.UserManager;
        var account = (await accounts.GetUserAsync(context.User))!;
        if (!await accounts.VerifyTwoFactorTokenAsync(account, accounts.Options.Tokens.AuthenticatorTokenProvider, code.Replace(" ", "", StringComparison.Ordinal)))
            return Refusal.To("/account/two-factor", CodeRefused);
        await accounts.SetTwoFactorEnabledAsync(account, true);
        var recovery = (await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, 10))!;
        await signIn.RefreshSignInAsync(account);
        return ShownOnce.Page(
            new("Recovery codes", "恢复码"), new("Each of these opens your account once, in place of a code. Keep them where your authenticator is not.", "每个恢复码可代替验证码登录一次。请勿与身份验证器存放在一处。"),
            [.. recovery.Select((secret, index) => (new Phrase($"Code {index + 1}", $"恢复码 {index + 1}"), secret))], "/");
    }

    private static async Task<IResult> EndEnrolmentAsync([FromForm] string password, HttpContext context, SignInManager<Account> signIn)
    {
        var accounts = signIn.UserManager;
        var account = (await accounts.GetUserAsync(context.User))!;
        if (!await accounts.CheckPasswordAsync(account, password)) return Refusal.To("/account/two-factor", new("The password is wrong.", "密码错误。"));
        await accounts.SetTwoFactorEnabledAsync(account, false);
        await accounts.ResetAuthenticatorKeyAsync(account);
        await signIn.RefreshSignInAsync(account);
        return Results.LocalRedirect("/account/two-factor?done=codes%20are%20off");
    }

    private static string WithNext(string page, string? next) => Local(next) is { } local ? QueryHelpers.AddQueryString(page, "next", local) : page;

    // Only pages of this console: a link to the sign-in page must not lead elsewhere afterwards.
    private static string? Local(string? address) => address is ['/', ..] and not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : null;
}
