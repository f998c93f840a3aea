using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>What one caller, one tenant and one address can take of the service.</summary>
public sealed class ProtectionTests : IAsyncLifetime
{
    private readonly RunningIngestion ingestion = new();

    public Task InitializeAsync() => ingestion.PrepareAsync();

    public Task DisposeAsync() => ingestion.DisposeAsync();

    [Fact]
    public async Task A_picture_costs_by_its_pixels_and_who_has_spent_all_is_told_when_to_come_back()
    {
        // A request costs 1, each begun megapixel 5.
        await ingestion.StartAsync("--RateLimits:Caller:Capacity=20", "--RateLimits:Caller:PerSecond=1");
        for (var upload = 0; upload < 3; upload++) (await UploadAsync("first")).Accepted();
        var refused = await UntilRefusedAsync(() => UploadAsync("first"));
        refused.ShouldBeProblem(429, "Rate_Limited");
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 20);
        ingestion.Fingerprint.LastQuestion.ShouldNotBeEmpty();
        // Others have buckets of their own.
        (await UploadAsync("second")).Accepted();
        (await UploadAsync("first", "other-tenant")).Accepted();
        var rates = (await SendAsync(HttpMethod.Get, "/v1/limits", "third", "a-tenant", null)).Accepted()["rates"]!;
        ((int)rates["caller"]!["capacity"]!, (int)rates["megapixelCost"]!).ShouldBe((20, 5));
    }

    [Fact]
    public async Task A_tenant_s_programs_share_its_bucket_and_leave_other_tenants_theirs()
    {
        await ingestion.StartAsync("--RateLimits:Tenant:Capacity=3", "--RateLimits:Tenant:PerSecond=1");
        var programs = 0;
        (await UntilRefusedAsync(() => SendAsync(HttpMethod.Get, "/v1/limits", $"program-{programs++}", "one", null))).ShouldBeProblem(429, "Rate_Limited");
        programs.ShouldBeGreaterThan(3);
        (await SendAsync(HttpMethod.Get, "/v1/limits", "program-1", "two", null)).Accepted();
        // It fills again.
        await Eventually.HoldsAsync(async () => (await SendAsync(HttpMethod.Get, "/v1/limits", "program-4", "one", null)).Status.ShouldBe(200), what: "The next token");
    }

    [Fact]
    public async Task A_flood_of_uploads_by_one_key_leaves_another_tenant_its_uploads()
    {
        await ingestion.StartAsync("--RateLimits:Caller:Capacity=60", "--RateLimits:Caller:PerSecond=1");
        using var over = new CancellationTokenSource();
        var flood = Enumerable.Range(0, 16).Select(async _ =>
        {
            var answers = new List<int>();
            while (!over.IsCancellationRequested) answers.Add((await UploadAsync("flooding", "one")).Status);
            return answers;
        }).ToList();
        for (var upload = 0; upload < 8; upload++) (await UploadAsync("calm", "two")).Accepted();
        await over.CancelAsync();
        var answered = (await Task.WhenAll(flood)).SelectMany(answers => answers).ToList();
        answered.ShouldContain(429);
        answered.ShouldAllBe(status => status == 429 || status < 300);
    }

    [Fact]
    public async Task An_address_has_so_many_connections_and_no_more()
    {
        await ingestion.StartAsync("--Connections:MostOfOneAddress=3");
        var sockets = Enumerable.Range(0, 3).Select(_ => new TcpClient()).ToList();
        try
        {
            foreach (var socket in sockets) (await AskAsync(socket)).ShouldStartWith("HTTP/1.1 200");
            using (var fourth = new TcpClient()) (await AskAsync(fourth)).ShouldBeEmpty();
            sockets[0].Dispose();
            await Eventually.HoldsAsync(async () =>
            {
                using var next = new TcpClient();
                (await AskAsync(next)).ShouldStartWith("HTTP/1.1 200");
            }, what: "The place of the connection that ended");
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    [Theory]
    [InlineData("/v1/images")]
    [InlineData("/nothing")]
    [InlineData("/openapi/v1.json")]
    public async Task Every_answer_tells_a_browser_to_make_nothing_of_it(string path)
    {
        await ingestion.StartAsync();
        using var answer = await ingestion.Http.GetAsync(path);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    // The bucket fills while the machine is slow.
    private static async Task<Answer> UntilRefusedAsync(Func<Task<Answer>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await ask();
            if (answer.Status >= 400 || tries == 500) return answer;
        }
    }

    private async Task<string> AskAsync(TcpClient socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await socket.ConnectAsync(ingestion.Address.Host, ingestion.Address.Port, patience.Token);
            await socket.GetStream().WriteAsync("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), patience.Token);
            var answer = new byte[256];
            return Encoding.ASCII.GetString(answer, 0, await socket.GetStream().ReadAsync(answer, patience.Token));
        }
        // The reset may come before the connection is known to stand.
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            return "";
        }
    }

    private async Task<Answer> UploadAsync(string caller, string tenant = "a-tenant")
    {
        using var form = RunningIngestion.Form(SampleFiles.Read("small.jpg"), ("accountId", "shop"));
        return await SendAsync(HttpMethod.Post, "/v1/images", caller, tenant, form);
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string caller, string tenant, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        // Services cost nothing, so this is an administrator and no service.
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestAccess.Token(tenant, ["tenant-admin"], change: claims => claims["sub"] = caller));
        using var response = await ingestion.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}
