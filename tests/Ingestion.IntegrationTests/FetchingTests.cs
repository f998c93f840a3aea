using System.Net;
using ImageRights.Ingestion.Fetching;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Probing;
using ImageRights.ServiceDefaults.Http.Egress;
using Microsoft.AspNetCore.Http;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>Fetches from real servers. 127.0.0.1 plays the public web here, and 127.9.0.0/16 what must not be reached.</summary>
public sealed class FetchingTests
{
    private static readonly FetchOptions Options = new()
    {
        Egress = new EgressOptions { AllowHttp = true, AllowLoopback = true, Blocked = [IPNetwork.Parse("127.9.0.0/16")] }, Timeout = TimeSpan.FromSeconds(2),
    };
    private static readonly byte[] File = SampleFiles.Read("small.jpg");

    [Fact]
    public async Task A_picture_is_fetched_as_it_is()
    {
        await using var server = await PictureServer.StartAsync(async context =>
        {
            context.Request.Headers.Cookie.Count.ShouldBe(0);
            context.Request.Headers.Authorization.Count.ShouldBe(0);
            context.Response.ContentType = "text/html";
            await PictureServer.Serves(File)(context);
        });
        var (file, rejection) = await FetchAsync(server.Address.ToString());
        rejection.ShouldBeNull();
        await using (file) file!.Sha256.ShouldBe(RunningIngestion.Sha256(File));
    }

    [Fact]
    public async Task A_name_that_changes_its_address_between_fetches_gains_nothing()
    {
        await using var open = await PictureServer.StartAsync(PictureServer.Serves(File));
        await using var inner = await PictureServer.StartAsync(PictureServer.Serves(File), "127.9.0.1", open.Address.Port);
        var lookups = 0;
        using var fetcher = Fetcher(Options, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(lookups++ % 2 == 0 ? "127.0.0.1" : "127.9.0.1")]));
        var answers = new List<string>();
        for (var time = 0; time < 6; time++)
        {
            // Another name each time: a connection that is open already is bound to the address that was judged.
            var (file, rejection) = await fetcher.FetchAsync($"http://shop{time}.example:{open.Address.Port}/a.jpg", CancellationToken.None);
            answers.Add(rejection?.Code ?? "fetched");
            if (file is not null) await file.DisposeAsync();
        }
        answers.ShouldBe(["fetched", "Fetch_Url_Forbidden", "fetched", "Fetch_Url_Forbidden", "fetched", "Fetch_Url_Forbidden"]);
        lookups.ShouldBe(6, "a name is looked up once for each connection");
        inner.Visits.ShouldBe(0);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.9.0.1")]
    [InlineData("127.9.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "10.0.0.1")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("127.0.0.1", "169.254.169.254")]
    public async Task One_forbidden_address_among_those_of_a_name_is_enough(params string[] addresses)
    {
        await using var server = await PictureServer.StartAsync(PictureServer.Serves(File));
        using var fetcher = Fetcher(Options, (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]));
        var (_, rejection) = await fetcher.FetchAsync($"http://shop.example:{server.Address.Port}/a.jpg", CancellationToken.None);
        rejection!.Code.ShouldBe("Fetch_Url_Forbidden");
        server.Visits.ShouldBe(0);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_wherever_it_leads()
    {
        await using var inner = await PictureServer.StartAsync(PictureServer.Serves(File));
        await using var server = await PictureServer.StartAsync(context =>
        {
            context.Response.Redirect(inner.Address.ToString());
            return Task.CompletedTask;
        });
        var (_, rejection) = await FetchAsync(server.Address.ToString());
        rejection!.Code.ShouldBe("Fetch_Failed");
        rejection.Detail.ShouldBe("It answered 302.");
        inner.Visits.ShouldBe(0);
    }

    [Theory]
    [InlineData("declared")]
    [InlineData("endless")]
    public async Task A_file_that_is_too_long_is_cut_off(string what)
    {
        await using var server = await PictureServer.StartAsync(async context =>
        {
            if (what == "declared") context.Response.ContentLength = 1_000_000_000;
            var buffer = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(buffer, context.RequestAborted);
        });
        (await FetchAsync(server.Address.ToString())).Rejection!.Code.ShouldBe("Image_Too_Large");
    }

    [Theory]
    [InlineData("no answer")]
    [InlineData("a byte now and then")]
    public async Task A_server_that_keeps_us_waiting_is_left(string what)
    {
        await using var server = await PictureServer.StartAsync(async context =>
        {
            if (what != "no answer") await context.Response.Body.WriteAsync(new byte[] { 0xFF }, context.RequestAborted);
            await FingerprintDouble.Silence(context);
        });
        var (_, rejection) = await FetchAsync(server.Address.ToString());
        rejection!.Code.ShouldBe("Fetch_Failed");
        rejection.Detail.ShouldBe("It did not arrive within 2 seconds.");
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(204)]
    public async Task What_the_server_says_instead_of_a_picture_is_not_repeated(int status)
    {
        await using var server = await PictureServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            if (status != 204) await context.Response.WriteAsync("secret of an inner server");
        });
        var (_, rejection) = await FetchAsync(server.Address.ToString());
        rejection!.Code.ShouldBe("Fetch_Failed");
        rejection.Detail.ShouldBe($"It answered {status}.");
    }

    [Fact]
    public async Task By_default_this_machine_is_out_of_reach()
    {
        await using var server = await PictureServer.StartAsync(PictureServer.Serves(File));
        using var fetcher = Fetcher(new FetchOptions(), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        foreach (var url in new[] { server.Address.ToString(), $"http://localhost:{server.Address.Port}/", "http://shop.example/" })
            (await fetcher.FetchAsync(url, CancellationToken.None)).Rejection!.Code.ShouldBe("Fetch_Url_Forbidden", url);
        server.Visits.ShouldBe(0);
    }

    private static async Task<(SpooledUpload? File, ServiceDefaults.Problems.Rejection? Rejection)> FetchAsync(string url)
    {
        using var fetcher = Fetcher(Options, null);
        return await fetcher.FetchAsync(url, CancellationToken.None);
    }

    private static PictureFetcher Fetcher(FetchOptions options, Resolver? resolve) => new(new EgressPolicy(options.Egress), options, new PictureLimits(), new UploadOptions(), resolve);
}
