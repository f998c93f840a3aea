using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using static ImageRights.Wire.Tests.Asking;

namespace ImageRights.Wire.Tests;

/// <summary>Two marketplaces on one installation: the same picture in both, and everything that one has asked for by the other.</summary>
public sealed class TenantTests(RunningServices services) : IClassFixture<RunningServices>
{
    // The law is the same for all tenants; a guest's report opens by its PIN, and has a test of its own; the others come of long stories, and lists of them are asked for below.
    internal static readonly string[] Exempt =
        ["/v1/regimes/{name}", "/v1/guest/reports/{number}", "/v1/statements-of-reasons/{id}", "/v1/transparency-submissions/{puid}", "/v1/reporters/{accountId}"];

    // What operations need to get as far as looking for the thing; each takes what it knows.
    internal static readonly object Body = new
    {
        actor = "x", reasonCode = "Copyright", statement = "x", agreedBy = new[] { "x" }, amount = 1, currency = "USD", imageStays = false, outcome = "Upheld", elements = new { signature = "x" },
        description = "x", from = "2020-01-01T00:00:00Z", statementId = "sor_x_1", reference = "x",
    };

    private readonly byte[] picture = new SamplePicture(Random.Shared.Next()).ToPng();

    [Fact]
    public async Task The_same_picture_in_two_tenants_never_meets()
    {
        var (here, there) = (new Market(services, $"here-{Guid.NewGuid():N}"), new Market(services, $"there-{Guid.NewGuid():N}"));
        var work = (await here.SendAsync("/v1/works", picture, ("accountId", "artist"), ("title", "Coat"), ("author", "Ada Example")))["workId"]!.GetValue<string>();
        await Eventually.HoldsAsync(async () => (await here.SendAsync("/v1/prechecks", picture, ("accountId", "shop")))["verdict"]!.GetValue<string>().ShouldBe("Match"), what: "The work in the index");

        // The other tenant cannot even tell that the bytes are there.
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(picture));
        (await there.GetAsync("Ingestion", $"/internal/v1/contents/{sha256}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await there.GetAsync("Fingerprint", $"/v1/renditions/{sha256}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await there.SendAsync("/v1/prechecks", picture, ("accountId", "shop")))["matches"]!.AsArray().ShouldBeEmpty();

        var upload = await there.SendAsync("/v1/images", picture, ("accountId", "shop"));
        upload["screening"]!["verdict"]!.GetValue<string>().ShouldBe("Clear", upload.ToJsonString());
        // Nor does a work that is registered later find what the other tenant's shops uploaded before.
        var late = (await here.SendAsync("/v1/works", picture, ("accountId", "second"), ("title", "Coat"), ("author", "Ben Example")))["workId"]!.GetValue<string>();
        await Eventually.HoldsAsync(async () => (await here.ReadAsync("Matching", "/v1/index"))["works"]!.GetValue<int>().ShouldBe(2), what: "Both works");
        var seen = await here.SendAsync("/v1/images", picture, ("accountId", "shop"));
        seen["screening"]!["matches"]!.AsArray().Select(match => match!["referenceId"]!.GetValue<string>()).ShouldBe([work, late], ignoreOrder: true);
        (await here.ReadAsync("Matching", $"/v1/works/{late}/copies"))["items"]!.ToJsonString().ShouldNotContain(upload["imageId"]!.GetValue<string>());
        (await there.ReadAsync("Matching", "/v1/index"))["works"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task What_one_tenant_has_is_not_there_for_another()
    {
        var (owner, stranger) = (new Market(services, $"owner-{Guid.NewGuid():N}"), new Market(services, $"stranger-{Guid.NewGuid():N}"));
        var ids = await owner.FillAsync(picture);
        var (wrong, hidden) = (new List<string>(), 0);
        foreach (var service in RunningServices.Services.Keys)
        {
            foreach (var route in services.Routes(service).Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null && !Exempt.Contains(Key(route))))
            {
                var method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
                if (!Text(route).Contains('{'))
                {
                    if (method != "GET") continue;
                    var list = await stranger.GetAsync(service, Query(Text(route), ids));
                    if (ids.Values.Any(id => id.Length > 8 && list.Text.Contains(id, StringComparison.Ordinal))) wrong.Add($"GET {Text(route)} shows {list.Text}");
                    continue;
                }
                ids.ShouldContainKey(Key(route), $"{method} {Text(route)}: this test needs one to ask for");
                var (path, nowhere) = (At(route, ids[Key(route)]), At(route, Unknown(ids[Key(route)])));
                if (method == "GET" && Key(route) == Text(route))
                    await Eventually.HoldsAsync(async () => (await owner.GetAsync(service, path)).Status.ShouldBe(HttpStatusCode.OK), what: path);
                // What is another's looks like what does not exist.
                var (answer, unknown) = (await stranger.TryAsync(service, method, path, Body), await stranger.TryAsync(service, method, nowhere, Body));
                if (answer.Status == HttpStatusCode.NotFound) hidden++;
                if (answer.Status != unknown.Status || Code(answer.Text) != Code(unknown.Text) || (method == "GET" && Key(route) == Text(route) && answer.Status != HttpStatusCode.NotFound))
                    wrong.Add($"{method} {path} answered {(int)answer.Status} {answer.Text}, and {(int)unknown.Status} {unknown.Text} for what does not exist");
            }
        }
        wrong.ShouldBeEmpty();
        hidden.ShouldBeGreaterThan(30);
    }
}
