using ImageRights.Console.Accounts;
using ImageRights.Console.Pages;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.ManagingAccess;

/// <summary>Forms of the pages about people.</summary>
internal static class AccountEndpoints
{
    private const string Page = "/access/people";

    public static void Map(WebApplication app)
    {
        var people = app.MapGroup(Page).RequireAuthorization(Policies.ManageAccess);
        people.MapPost("", CreateAsync);
        people.MapPost("/{id}", ChangeAsync);
        people.MapPost("/{id}/password", ResetPasswordAsync);
        app.MapPost("/access/tenants", CreateTenantAsync).RequireAuthorization(Policies.ManageTenants);
    }

    private static async Task<IResult> CreateAsync([FromForm] string name, [FromForm] string? marketplaceAccountId, HttpContext context, UserManager<Account> accounts, TimeProvider clock)
    {
        var roles = Chosen(context);
        if (Check(context, roles) is { } wrong) return Refusal.To(Page, wrong);
        return await MakeAsync(accounts, context.Tenant(), name, roles, marketplaceAccountId, clock.GetUtcNow(), Page);
    }

    private static async Task<IResult> ChangeAsync(string id, [FromForm] string? marketplaceAccountId, [FromForm] string? locked, HttpContext context, UserManager<Account> accounts)
    {
        if (await FindAsync(accounts, context, id) is not { } account) return context.Problem(new Rejection("Not_Found"));
        var (page, roles) = ($"{Page}/{id}", Chosen(context));
        if (Check(context, [.. roles.Except(account.Roles)]) is { } wrong) return Refusal.To(page, wrong);
        var isOwn = account.Id == context.Subject();
        if (isOwn && (locked is not null || !roles.Contains(Roles.TenantAdmin))) return Refusal.To(page, new("You cannot lock yourself out.", "不能锁定自己，也不能取消自己的管理员角色。"));
        account.Roles = roles;
        account.MarketplaceAccountId = string.IsNullOrWhiteSpace(marketplaceAccountId) ? null : marketplaceAccountId.Trim();
        await accounts.SetLockoutEndDateAsync(account, locked is null ? null : DateTimeOffset.MaxValue);
        if (locked is null) await accounts.ResetAccessFailedCountAsync(account);
        // Sign-ins that are under way end.
        await accounts.UpdateSecurityStampAsync(account);
        return Results.LocalRedirect($"{page}?done=saved");
    }

    private static async Task<IResult> ResetPasswordAsync(string id, [FromForm] string? _, HttpContext context, UserManager<Account> accounts)
    {
        if (await FindAsync(accounts, context, id) is not { } account) return context.Problem(new Rejection("Not_Found"));
        var password = Credentials.DrawPassword();
        account.MustChangePassword = true;
        await accounts.RemovePasswordAsync(account);
        await accounts.AddPasswordAsync(account, password);
        await accounts.SetTwoFactorEnabledAsync(account, false);
        await accounts.ResetAuthenticatorKeyAsync(account);
        return ShowPassword(account, new("This password opens the account once: it asks for one of the person's own. Codes from an authenticator are off until they are set up again.", "此密码仅可登录一次，登录后须设置自己的密码。身份验证器验证码已停用，须重新启用。"), password, $"{Page}/{id}");
    }

    private static async Task<IResult> CreateTenantAsync([FromForm] string tenant, [FromForm] string administrator, HttpContext context, AccountsDb database, UserManager<Account> accounts, TimeProvider clock)
    {
        const string page = "/access/tenants";
        if (string.IsNullOrWhiteSpace(tenant) || tenant.Length > 200) return Refusal.To(page, new("A tenant's name takes 1 to 200 characters.", "租户名称须为 1 至 200 个字符。"));
        if (await accounts.FindByNameAsync(administrator) is not null) return Refusal.To(page, new("That sign-in name is taken.", "该用户名已被使用。"));
        var made = new Tenant { Id = $"ten_{Guid.CreateVersion7():N}", Name = tenant.Trim(), CreatedAt = clock.GetUtcNow() };
        database.Tenants.Add(made);
        await database.SaveChangesAsync();
        return await MakeAsync(accounts, made.Id, administrator, [Roles.TenantAdmin], null, made.CreatedAt, page);
    }

    private static async Task<IResult> MakeAsync(UserManager<Account> accounts, string tenant, string name, List<string> roles, string? marketplaceAccountId, DateTimeOffset now, string page)
    {
        var account = new Account
        {
            Id = $"acc_{Guid.CreateVersion7():N}", TenantId = tenant, UserName = name.Trim(), Roles = roles, MustChangePassword = true, CreatedAt = now,
            MarketplaceAccountId = string.IsNullOrWhiteSpace(marketplaceAccountId) ? null : marketplaceAccountId.Trim(),
        };
        var password = Credentials.DrawPassword();
        var result = await accounts.CreateAsync(account, password);
        return result.Succeeded
            ? ShowPassword(account, new("This password opens the account once: it asks for one of the person's own.", "此密码仅可登录一次，登录后须设置自己的密码。"), password, page)
            : Refusal.To(page, Phrase.Same(string.Join(" ", result.Errors.Select(error => error.Description))));
    }

    private static IResult ShowPassword(Account account, Phrase what, string password, string next) =>
        ShownOnce.Page(Phrase.Same(account.UserName!), what, [(new("Name", "用户名"), account.UserName!), (new("Password", "密码"), password)], next);

    private static async Task<Account?> FindAsync(UserManager<Account> accounts, HttpContext context, string id) =>
        await accounts.FindByIdAsync(id) is { } account && account.TenantId == context.Tenant() ? account : null;

    private static List<string> Chosen(HttpContext context) => [.. context.Request.Form["roles"].OfType<string>().Distinct()];

    // Nobody gives what is not theirs to give.
    private static Phrase? Check(HttpContext context, List<string> roles) =>
        roles.Except(Roles.OfPeople).Any() ? new("There is no such role.", "没有此角色。")
        : roles.Contains(Roles.Operator) && !context.User.IsInRole(Roles.Operator) ? new("Only an operator makes operators.", "只有运营人员可以任命运营人员。") : null;
}
