using ImageRights.Console.Pages;
using ImageRights.ServiceDefaults.Http;
using Microsoft.AspNetCore.Identity;

namespace ImageRights.Console.Accounts;

/// <summary>What is wrong with a name or a password, in the language of who chose it.</summary>
internal sealed class AccountErrors(IHttpContextAccessor request) : IdentityErrorDescriber
{
    public override IdentityError DefaultError() => Say(base.DefaultError(), "操作失败，请稍后重试。");

    public override IdentityError ConcurrencyFailure() => Say(base.ConcurrencyFailure(), "该账户刚刚被更改，请重新加载页面。");

    public override IdentityError PasswordMismatch() => Say(base.PasswordMismatch(), "当前密码错误。");

    public override IdentityError PasswordTooShort(int length) => Say(base.PasswordTooShort(length), $"密码至少须有 {length} 个字符。");

    public override IdentityError PasswordRequiresUniqueChars(int uniqueChars) => Say(base.PasswordRequiresUniqueChars(uniqueChars), $"密码至少须有 {uniqueChars} 个不同的字符。");

    public override IdentityError DuplicateUserName(string userName) => Say(base.DuplicateUserName(userName), $"用户名“{userName}”已被使用。");

    public override IdentityError InvalidUserName(string? userName) => Say(
        new() { Code = nameof(InvalidUserName), Description = $"The user name \"{userName}\" is not possible: it takes letters from a to z, digits and - . _ @ +." }, $"用户名“{userName}”无效：只能使用英文字母、数字和 - . _ @ +。");

    private IdentityError Say(IdentityError error, string zh) => new() { Code = error.Code, Description = new Phrase(error.Description, zh).In(request.HttpContext?.PrefersChinese() == true) };
}
