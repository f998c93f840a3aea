using System.Net;
using System.Text.RegularExpressions;

namespace ImageRights.Console.IntegrationTests;

/// <summary>A person's browser without scripts: pages, forms, cookies.</summary>
internal sealed partial class Browser(RunningConsole console) : IDisposable
{
    private readonly HttpClient http = new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = console.Address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Where the last answer came from, after redirects.</summary>
    public string Here { get; private set; } = "";

    public HttpStatusCode Status { get; private set; }

    public HttpResponseMessage? Last { get; private set; }

    /// <summary>What the reader prefers, as in Accept-Language.</summary>
    public string Language { set => http.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", value); }

    /// <summary>What is said with each request from now on, in place of what was.</summary>
    public void Say(string header, string? value)
    {
        http.DefaultRequestHeaders.Remove(header);
        if (value is not null) http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
    }

    public async Task<string> OpenAsync(string path) => await ReadAsync(await http.GetAsync(path));

    public Task<byte[]> DownloadAsync(string path) => http.GetByteArrayAsync(path);

    /// <summary>Sends a form of <paramref name="page"/>.</summary>
    public async Task<string> SendAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = WebUtility.HtmlDecode(Token().Match(await OpenAsync(page)).Groups[1].Value);
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Prepend(KeyValuePair.Create("__RequestVerificationToken", token)));
        return await ReadAsync(await http.PostAsync(action, form));
    }

    public async Task<string> SendWithoutTokenAsync(string action, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await ReadAsync(await http.PostAsync(action, form));
    }

    public async Task<bool> SignInAsync(string name, string password, string next = "")
    {
        await SendAsync("/sign-in", "/sign-in", ("name", name), ("password", password), ("next", next));
        return Here != "/sign-in";
    }

    /// <summary>The password that people choose here.</summary>
    public const string Own = "correct horse battery staple";

    /// <summary>The first administrator's, signed in.</summary>
    public static async Task<Browser> OfAdministratorAsync(RunningConsole console)
    {
        var browser = new Browser(console);
        if (!await browser.SignInAsync("admin", Own)) await browser.FirstSignInAsync("admin", console.First["password"], Own);
        return browser;
    }

    /// <summary>A new person's, signed in; for an account where the role is a party's.</summary>
    public async Task<Browser> OfPersonAsync(string name, string role, string? account = null)
    {
        var shown = await SendAsync("/access/people", "/access/people", ("name", name), ("roles", role), ("marketplaceAccountId", account ?? ""));
        var browser = new Browser(console);
        await browser.FirstSignInAsync(name, Shown(shown, "Password"), Own);
        return browser;
    }

    /// <summary>Signs in with a password that somebody else chose, and replaces it.</summary>
    public async Task FirstSignInAsync(string name, string drawn, string own)
    {
        (await SignInAsync(name, drawn)).ShouldBeTrue();
        Here.ShouldBe("/account/password");
        await SendAsync("/account/password", "/account/password", ("current", drawn), ("replacement", own));
        Here.ShouldBe("/");
    }

    /// <summary>A value that a page shows once.</summary>
    public static string Shown(string page, string name) => WebUtility.HtmlDecode(Regex.Match(page, $"data-value=\"{name}\">([^<]+)<").Groups[1].Value);

    private async Task<string> ReadAsync(HttpResponseMessage answer)
    {
        (Here, Status, Last) = (answer.RequestMessage!.RequestUri!.AbsolutePath, answer.StatusCode, answer);
        return await answer.Content.ReadAsStringAsync();
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
