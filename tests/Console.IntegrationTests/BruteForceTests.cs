using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ImageRights.Console.IntegrationTests;

/// <summary>Who tries passwords, codes, secrets and PINs, side by side, from one address and from many.</summary>
public sealed class BruteForceTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    private static int addresses = 1;

    [Fact]
    public async Task Of_many_passwords_tried_side_by_side_from_many_addresses_five_count_and_lock_the_account()
    {
        using var _ = await PersonAsync("hunted");
        var attackers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async index =>
        {
            var http = FromAnotherAddress();
            return (Http: http, Token: await TokenAsync(http));
        }));
        var answers = await Task.WhenAll(attackers.Select((attacker, index) => SignInAsync(attacker.Http, attacker.Token, "hunted", $"wrong {index}")));
        answers.Distinct().ShouldHaveSingleItem();
        (await console.QueryAsync<bool>("select lockout_end > now() from accounts where user_name = 'hunted'")).ShouldBeTrue();
        (await SignInAsync("hunted", Browser.Own)).ShouldBe(answers[0], "the right password, too late");

        await console.QueryAsync<string>("update accounts set lockout_end = now() - interval '1 second' where user_name = 'hunted' returning id");
        (await SignInAsync("hunted", "wrong once")).ShouldBe(answers[0]);
        (await SignInAsync("hunted", Browser.Own)).ShouldNotBe(answers[0]);
        (await console.QueryAsync<int>("select access_failed_count from accounts where user_name = 'hunted'")).ShouldBe(0);
        foreach (var attacker in attackers) attacker.Http.Dispose();
    }

    [Fact]
    public async Task Accounts_that_exist_that_do_not_and_that_are_locked_are_answered_alike()
    {
        using var _ = await PersonAsync("present");
        using var guarded = await CodedAsync("guarded");
        var known = await SignInAsync("present", "wrong");
        (await SignInAsync("guarded", "wrong")).ShouldBe(known, "whether codes are on is for who knows the password");
        (await SignInAsync("absent", "wrong")).ShouldBe(known);
        (await SignInAsync("present' or '1'='1", "wrong")).ShouldBe(known);
        for (var attempt = 0; attempt < 5; attempt++) (await SignInAsync("present", "wrong")).ShouldBe(known);
        (await console.QueryAsync<bool>("select lockout_end > now() from accounts where user_name = 'present'")).ShouldBeTrue();
        (await SignInAsync("present", "wrong")).ShouldBe(known);
    }

    [Fact]
    public async Task The_right_password_alone_counts_no_try_however_often_and_from_wherever_it_is_given()
    {
        using var _ = await CodedAsync("forgetful");
        using var http = FromAnotherAddress();
        for (var attempt = 0; attempt < 7; attempt++) (await SignInAsync(http, await TokenAsync(http), "forgetful", Browser.Own)).ShouldContain("/sign-in/code");
        (await TriesAsync("forgetful")).ShouldBe(0);

        for (var attempt = 0; attempt < 4; attempt++) (await SignInAsync(http, await TokenAsync(http), "forgetful", "wrong")).ShouldContain("alert-danger");
        (await SignInAsync(http, await TokenAsync(http), "forgetful", Browser.Own)).ShouldContain("/sign-in/code", Case.Sensitive, "the last try was right");
        (await TriesAsync("forgetful")).ShouldBe(4, "wrong passwords before it count on");
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async _ =>
        {
            using var another = FromAnotherAddress();
            await SignInAsync(another, await TokenAsync(another), "forgetful", Browser.Own);
        }));
        (await TriesAsync("forgetful")).ShouldBe(4);
        (await console.QueryAsync<bool>("select lockout_end is null from accounts where user_name = 'forgetful'")).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_knows_the_password_has_five_codes_in_all_and_gets_none_back_by_giving_it_again()
    {
        using var _ = await CodedAsync("coded");
        using var http = FromAnotherAddress();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            (await SignInAsync(http, await TokenAsync(http), "coded", Browser.Own)).ShouldContain("/sign-in/code");
            (await PostAsync(http, "/sign-in/code", await TokenAsync(http, "/sign-in/code"), ("code", "000000"))).ShouldContain("alert-danger");
        }
        (await console.QueryAsync<bool>("select lockout_end > now() + interval '14 minutes' from accounts where user_name = 'coded'")).ShouldBeTrue();
        (await SignInAsync(http, await TokenAsync(http), "coded", Browser.Own)).ShouldContain("alert-danger");

        await console.QueryAsync<string>("update accounts set lockout_end = now() - interval '1 second' where user_name = 'coded' returning id");
        (await SignInAsync(http, await TokenAsync(http), "coded", Browser.Own)).ShouldContain("/sign-in/code");
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async attempt => await PostAsync(http, "/sign-in/code", await TokenAsync(http, "/sign-in/code"), ("code", $"{attempt:D6}"))));
        answers.Distinct().ShouldHaveSingleItem().ShouldContain("alert-danger");
        (await TriesAsync("coded")).ShouldBe(5, "of many codes side by side five are looked at");
        (await SignInAsync(http, await TokenAsync(http), "coded", Browser.Own)).ShouldContain("alert-danger");
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/sign-in")]
    [InlineData("/guest/follow")]
    public async Task An_address_that_tries_without_end_is_stopped_and_others_are_served(string path)
    {
        using var attacker = FromAnotherAddress();
        var (id, secret) = (console.First["client_id"], console.First["client_secret"]);
        // The bucket fills while the machine is slow.
        var answers = new List<HttpStatusCode>();
        while (!answers.Contains(HttpStatusCode.TooManyRequests) && answers.Count < 4000)
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 200).Select(async attempt =>
            {
                using var form = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = $"irs_{attempt}", ["number"] = $"rpt_{attempt}", ["pin"] = $"{attempt:D8}",
                });
                using var answer = await attacker.PostAsync(path, form);
                return answer.StatusCode;
            })));
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
        answers.ShouldNotContain(HttpStatusCode.OK);
        answers.ShouldNotContain(status => (int)status >= 500);
        (await console.AskAsync(id, secret)).Status.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>A program at a loopback address of its own, without redirects.</summary>
    private HttpClient FromAnotherAddress()
    {
        var source = new IPAddress([127, 0, 2, (byte)Interlocked.Increment(ref addresses)]);
        return new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, MaxConnectionsPerServer = 32,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(source, 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }) { BaseAddress = console.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    private async Task<string> SignInAsync(string name, string password)
    {
        using var http = FromAnotherAddress();
        return await SignInAsync(http, await TokenAsync(http), name, password);
    }

    private static Task<string> SignInAsync(HttpClient http, string token, string name, string password) => PostAsync(http, "/sign-in", token, ("name", name), ("password", password));

    /// <summary>All that tells one refusal from another.</summary>
    private static async Task<string> PostAsync(HttpClient http, string path, string token, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Prepend(KeyValuePair.Create("__RequestVerificationToken", token)));
        using var answer = await http.PostAsync(path, form);
        var headers = answer.Headers.Where(header => header.Key is not ("Date" or "Set-Cookie")).Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        // A refused form comes with a token of its own, and with the name that was typed.
        var body = Regex.Replace(await answer.Content.ReadAsStringAsync(), "value=\"[^\"]*\"", "");
        return $"{(int)answer.StatusCode} {string.Join('\n', headers)}\n\n{body}";
    }

    private static async Task<string> TokenAsync(HttpClient http, string page = "/sign-in") =>
        WebUtility.HtmlDecode(Regex.Match(await http.GetStringAsync(page), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value);

    private Task<int> TriesAsync(string name) => console.QueryAsync<int>($"select access_failed_count from accounts where user_name = '{name}'");

    /// <summary>A person whose account asks for codes.</summary>
    private async Task<Browser> CodedAsync(string name)
    {
        var person = await PersonAsync(name);
        await person.OpenAsync("/account/two-factor");
        await console.QueryAsync<string>($"update accounts set two_factor_enabled = true where user_name = '{name}' returning id");
        return person;
    }

    private async Task<Browser> PersonAsync(string name)
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        return await administrator.OfPersonAsync(name, "reviewer");
    }
}
