using System.Net;
using System.Text.RegularExpressions;

namespace ImageRights.EndToEnd.Tests;

/// <summary>The console as a person without scripts uses it: pages, forms, cookies.</summary>
internal sealed partial class Browser : IDisposable
{
    /// <summary>What the first administrator chooses in place of the password that was drawn.</summary>
    public const string OwnPassword = "a password of the administrator's own";

    private readonly HttpClient http;

    public Browser(Uri console) => http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = console, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Signs the first administrator in; the first time, with the password that was drawn, which is then replaced.</summary>
    public static async Task<Browser> OfAdministratorAsync(RunningSystem system)
    {
        var browser = new Browser(system["console"]);
        var (user, drawn) = (system.FirstCredentials["user"], system.FirstCredentials["password"]);
        if (!await browser.SignInAsync(user, OwnPassword)) await browser.FirstSignInAsync(user, drawn);
        return browser;
    }

    /// <summary>Signs in with a password that was drawn, and replaces it.</summary>
    public async Task FirstSignInAsync(string name, string drawn)
    {
        (await SignInAsync(name, WebUtility.HtmlDecode(drawn))).ShouldBeTrue();
        (await PostAsync("/account/password", "/account/password", ("current", WebUtility.HtmlDecode(drawn)), ("replacement", OwnPassword))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Whether name and password were taken.</summary>
    public async Task<bool> SignInAsync(string name, string password)
    {
        using var answer = await PostAsync("/sign-in", "/sign-in", ("name", name), ("password", password), ("next", "/works"));
        return answer.RequestMessage!.RequestUri!.AbsolutePath != "/sign-in";
    }

    public Task<string> ReadAsync(string path) => http.GetStringAsync(path);

    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(path);

    /// <summary>Sends a form with the token of the page that it is on.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await ReadAsync(page)).Groups[1].Value;
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Prepend(KeyValuePair.Create("__RequestVerificationToken", token)));
        return await http.PostAsync(action, form);
    }

    public Task<HttpResponseMessage> PostWithoutTokenAsync(string action, params (string Name, string Value)[] fields) =>
        http.PostAsync(action, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
