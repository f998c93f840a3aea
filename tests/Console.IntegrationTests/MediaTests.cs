using System.Net;
using ImageRights.Console.Features.ServingMedia;
using ImageRights.ServiceDefaults.Access;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.Console.IntegrationTests;

/// <summary>The origin of pictures: signed links, and nothing else.</summary>
public sealed class MediaTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xD9];

    private MediaLinks Links => console.Services.GetRequiredService<MediaLinks>();

    [Fact]
    public async Task A_link_shows_its_picture_as_nothing_but_a_picture()
    {
        var id = console.Pictures.Add("t", Jpeg, "image/jpeg");
        using var answer = await GetAsync(Links.To("t", "images", id, 320));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Jpeg);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("image/jpeg");
        answer.Content.Headers.ContentDisposition!.ToString().ShouldBe($"attachment; filename=\"{id}.jpeg\"");
        Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        Header(answer, "Content-Security-Policy").ShouldBe("sandbox; default-src 'none'");
        Header(answer, "Cross-Origin-Resource-Policy").ShouldBe("same-site");
        Header(answer, "Referrer-Policy").ShouldBe("no-referrer");
        Header(answer, "Cache-Control").ShouldContain("private");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        console.Pictures.Roles.Distinct().ShouldBe([Roles.MediaDesk], "it asks in nobody's name");
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/svg+xml")]
    [InlineData("application/xhtml+xml")]
    [InlineData("multipart/x-mixed-replace")]
    public async Task What_is_no_picture_is_not_passed_on(string contentType)
    {
        var id = console.Pictures.Add("t", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(), contentType);
        using var answer = await GetAsync(Links.To("t", "images", id, 320));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("script");
        Header(answer, "Content-Security-Policy").ShouldBe("sandbox; default-src 'none'");
    }

    [Fact]
    public async Task Whatever_is_changed_in_a_link_makes_it_worthless()
    {
        var (id, other) = (console.Pictures.Add("t", Jpeg, "image/jpeg"), console.Pictures.Add("t", Jpeg, "image/jpeg"));
        var foreign = console.Pictures.Add("u", Jpeg, "image/jpeg");
        var link = Links.To("t", "images", id, 320);
        var until = System.Text.RegularExpressions.Regex.Match(link, "until=(\\d+)").Groups[1].Value;
        foreach (var forged in new[]
        {
            link.Replace(id, other), link.Replace(id, foreign), link.Replace("/images/", "/works/"), link.Replace("side=320", "side=1280"), link.Replace("tenant=t", "tenant=u"),
            link.Replace($"until={until}", $"until={long.Parse(until) + 60}"), link.Replace("signature=", "signature=A"), link[..^4], link[..link.IndexOf("&signature", StringComparison.Ordinal)],
            link.Replace("tenant=t", "tenant=t&tenant=u"), link.Replace("side=320", "side=320&side=1280"), link + "&signature=x", link.Replace("tenant=t", "tenant=t%0Au"),
        })
        {
            forged.ShouldNotBe(link);
            using var answer = await GetAsync(forged);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, forged);
        }
    }

    [Fact]
    public async Task A_link_lives_for_minutes()
    {
        var id = console.Pictures.Add("t", Jpeg, "image/jpeg");
        var now = DateTimeOffset.UtcNow;
        foreach (var (until, status) in new[] { (now.AddSeconds(-1), HttpStatusCode.Forbidden), (now.AddMinutes(1), HttpStatusCode.OK), (now.AddHours(1), HttpStatusCode.Forbidden) })
        {
            using var answer = await GetAsync(Links.To(new MediaLink("t", "images", id, 320, until)));
            answer.StatusCode.ShouldBe(status, $"{until - now}");
        }
        var link = Links.To("t", "images", id, 320);
        long.Parse(System.Text.RegularExpressions.Regex.Match(link, "until=(\\d+)").Groups[1].Value).ShouldBeLessThanOrEqualTo(DateTimeOffset.UtcNow.Add(MediaLinks.Lifetime).ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Another_tenant_s_picture_is_not_there()
    {
        var foreign = console.Pictures.Add("u", Jpeg, "image/jpeg");
        using var answer = await GetAsync(Links.To("t", "images", foreign, 320));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/health")]
    [InlineData("/connect/token")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/assets/console.js")]
    [InlineData("/images/../sign-in")]
    [InlineData("/images/%2e%2e/%2e%2e/v1/parked-events")]
    [InlineData("/images/..%2f..%2fv1%2fparked-events?side=320")]
    [InlineData("/images//")]
    [InlineData("/images/img_0/more")]
    [InlineData("//evil.test/images/img_0")]
    public async Task Nothing_else_is_served_there(string path)
    {
        using var answer = await SendRawAsync(path);
        ((int)answer.StatusCode).ShouldBeOneOf(400, 403, 404);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task It_takes_nothing_and_pages_show_no_picture_at_their_own_address()
    {
        var id = console.Pictures.Add("t", Jpeg, "image/jpeg");
        var link = Links.To("t", "images", id, 320);
        using var http = new HttpClient();
        using var posted = await http.PostAsync(link, new StringContent("x"));
        posted.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var atPages = await console.Http!.GetAsync(new Uri(link).PathAndQuery);
        atPages.StatusCode.ShouldNotBe(HttpStatusCode.OK);
        using var page = await console.Http.GetAsync("/sign-in");
        Header(page, "Content-Security-Policy").ShouldContain($"img-src 'self' data: {console.Media.GetLeftPart(UriPartial.Authority)};");
    }

    [Theory]
    [InlineData("")]
    [InlineData("media.example.com")]
    [InlineData("https://media.example.com/pictures")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://console.example.com")]
    public void It_needs_an_address_of_its_own(string origin)
    {
        var start = () => Composition.Build([$"--Media:Origin={origin}", "--Access:Issuer=https://console.example.com", $"--Access:Key={Convert.ToBase64String(new byte[32])}", "--ConnectionStrings:consoledb=Host=none"]);
        Should.Throw<InvalidOperationException>(start).Message.ShouldStartWith("Media:Origin");
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    private static async Task<HttpResponseMessage> GetAsync(string link)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        return await http.GetAsync(link);
    }

    // As it is written: Uri would tidy it up.
    private async Task<HttpResponseMessage> SendRawAsync(string path)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        return await http.GetAsync(new Uri(console.Media.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
    }
}
