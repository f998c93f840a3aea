using ImageRights.Console.Accounts;
using ImageRights.Console.Pages;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ImageRights.Console.Features.ManagingAccess;

/// <summary>Forms of the pages about programs.</summary>
internal static class ClientEndpoints
{
    private const string Page = "/access/programs";

    public static void Map(WebApplication app)
    {
        var programs = app.MapGroup(Page).RequireAuthorization(Policies.ManageAccess);
        programs.MapPost("", CreateAsync);
        programs.MapPost("/{id}", ChangeAsync);
        programs.MapPost("/{id}/secrets", AddSecretAsync);
        programs.MapPost("/{id}/secrets/{secretId}/end", EndSecretAsync);
    }

    private static async Task<IResult> CreateAsync([FromForm] string name, HttpContext context, AccountsDb database, TimeProvider clock)
    {
        var scopes = Chosen(context);
        if (Check(name, scopes) is { } wrong) return Refusal.To(Page, wrong);
        var now = clock.GetUtcNow();
        var client = new ApiClient { Id = $"cli_{Guid.CreateVersion7():N}", TenantId = context.Tenant(), Name = name.Trim(), Scopes = scopes, CreatedAt = now };
        var secret = Draw(client, now);
        database.Clients.Add(client);
        await database.SaveChangesAsync(context.RequestAborted);
        return Show(client, secret);
    }

    private static async Task<IResult> ChangeAsync(string id, [FromForm] string name, [FromForm] string? disabled, HttpContext context, AccountsDb database, TimeProvider clock)
    {
        if (await FindAsync(database, context, id) is not { } client) return context.Problem(new Rejection("Not_Found"));
        var scopes = Chosen(context);
        if (Check(name, scopes) is { } wrong) return Refusal.To($"{Page}/{id}", wrong);
        (client.Name, client.Scopes) = (name.Trim(), scopes);
        client.DisabledAt = disabled is null ? null : client.DisabledAt ?? clock.GetUtcNow();
        await database.SaveChangesAsync(context.RequestAborted);
        return Results.LocalRedirect($"{Page}/{id}?done=saved");
    }

    private static async Task<IResult> AddSecretAsync(string id, [FromForm] string? _, HttpContext context, AccountsDb database, TimeProvider clock)
    {
        if (await FindAsync(database, context, id) is not { } client) return context.Problem(new Rejection("Not_Found"));
        if (client.Secrets.Count >= ApiClient.MostSecrets)
            return Refusal.To($"{Page}/{id}", new("Two secrets are valid already: end the one that is no longer used first.", "已有两个有效密钥，请先停用不再使用的那一个。"));
        var secret = Draw(client, clock.GetUtcNow());
        database.Add(client.Secrets[^1]);
        await database.SaveChangesAsync(context.RequestAborted);
        return Show(client, secret);
    }

    private static async Task<IResult> EndSecretAsync(string id, string secretId, [FromForm] string? _, HttpContext context, AccountsDb database)
    {
        if (await FindAsync(database, context, id) is not { } client) return context.Problem(new Rejection("Not_Found"));
        client.Secrets.RemoveAll(secret => secret.Id == secretId);
        await database.SaveChangesAsync(context.RequestAborted);
        return Results.LocalRedirect($"{Page}/{id}?done={Uri.EscapeDataString("the secret has ended")}");
    }

    private static Task<ApiClient?> FindAsync(AccountsDb database, HttpContext context, string id) =>
        database.Clients.Include(client => client.Secrets.OrderBy(secret => secret.CreatedAt)).FirstOrDefaultAsync(client => client.Id == id && client.TenantId == context.Tenant(), context.RequestAborted);

    private static string Draw(ApiClient client, DateTimeOffset now)
    {
        var secret = Credentials.DrawSecret();
        client.Secrets.Add(new ClientSecret { Id = $"sec_{Guid.CreateVersion7():N}", ClientId = client.Id, Hash = Credentials.Hash(secret), CreatedAt = now });
        return secret;
    }

    private static IResult Show(ApiClient client, string secret) => ShownOnce.Page(
        Phrase.Same(client.Name), new("The program gets tokens with these at /connect/token. The secret is shown here and never again.", "程序凭此在 /connect/token 获取令牌。密钥仅在此显示一次。"),
        [(new("Client id", "客户端编号"), client.Id), (new("Secret", "密钥"), secret)], $"{Page}/{client.Id}");

    private static List<string> Chosen(HttpContext context) => [.. context.Request.Form["scopes"].OfType<string>().Distinct()];

    private static Phrase? Check(string name, List<string> scopes) =>
        string.IsNullOrWhiteSpace(name) || name.Length > 200 ? new("A name takes 1 to 200 characters.", "名称须为 1 至 200 个字符。")
        : scopes.Except(Roles.Scopes).Any() ? new("There is no such scope.", "没有此权限。")
        : scopes.Count == 0 ? new("A program without scopes can do nothing: choose what it may.", "未授予权限的程序无法使用，请选择权限。") : null;
}
