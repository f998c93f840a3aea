using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ImageRights.EventStore.Transparency;
using ImageRights.ServiceDefaults.Access;
using ImageRights.Verifier;
using Microsoft.AspNetCore.Routing;
using static ImageRights.Wire.Tests.Asking;

namespace ImageRights.Wire.Tests;

/// <summary>Sellers, rights holders and agents with tokens of their own: their account's things are there, and those of others of the same marketplace are not.</summary>
public sealed class PartyTests(RunningServices services) : IClassFixture<RunningServices>
{
    private readonly string tenant = $"market-{Guid.NewGuid():N}";
    private readonly byte[] picture = new SamplePicture(Random.Shared.Next()).ToPng();

    private Market Party(string role, string? account) =>
        new(services, tenant, TestAccess.Token(tenant, [role], change: claims => { if (account is not null) claims["account"] = account; }));

    [Fact]
    public async Task What_is_another_account_s_is_not_there()
    {
        var ids = await new Market(services, tenant).FillAsync(picture);
        var (wrong, hidden) = (new List<string>(), 0);
        foreach (var role in Roles.OfParties)
        {
            foreach (var stranger in new[] { Party(role, "stranger"), Party(role, null) })
            {
                foreach (var (service, route) in Held())
                {
                    var method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
                    if (!Text(route).Contains('{'))
                    {
                        if (method != "GET") continue;
                        var list = await stranger.GetAsync(service, Text(route) == "/v1/inbox" ? "/v1/inbox?accountId=artist" : Text(route));
                        if (ids.Values.Any(id => id.Length > 8 && list.Text.Contains(id, StringComparison.Ordinal))) wrong.Add($"{role}: GET {Text(route)} shows {list.Text}");
                        if (list.Status is HttpStatusCode.OK) OwnIn(JsonNode.Parse(list.Text)!).ShouldBe(0, $"{role}: {Text(route)}");
                        continue;
                    }
                    var id = ids.GetValueOrDefault(Key(route)) ?? "artist";
                    var (answer, unknown) = (await stranger.TryAsync(service, method, At(route, id), TenantTests.Body), await stranger.TryAsync(service, method, At(route, Unknown(id)), TenantTests.Body));
                    if (answer.Status == HttpStatusCode.NotFound) hidden++;
                    if (answer.Status != unknown.Status || Code(answer.Text) != Code(unknown.Text) || (answer.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Forbidden) && method == "GET"))
                        wrong.Add($"{role}: {method} {At(route, id)} answered {(int)answer.Status} {answer.Text}, and {(int)unknown.Status} {unknown.Text} for what does not exist");
                }
            }
        }
        wrong.ShouldBeEmpty();
        hidden.ShouldBeGreaterThan(60);
    }

    [Fact]
    public async Task What_is_the_account_s_own_is_there()
    {
        var ids = await new Market(services, tenant).FillAsync(picture);
        var (artist, shop) = (Party(Roles.RightsHolder, "artist"), Party(Roles.Seller, "shop"));
        string Of(string key) => ids[key];
        foreach (var (party, service, path) in new[]
        {
            (artist, "Ingestion", $"/v1/works/{Of("/v1/works/{id}")}"), (artist, "Ingestion", $"/v1/licences/{Of("/v1/licences/{id}")}"), (artist, "CaseManagement", $"/v1/notices/{Of("/v1/notices/{id}")}"),
            (artist, "CaseManagement", $"/v1/cases/{Of("/v1/cases/{id}")}"), (shop, "Ingestion", $"/v1/images/{Of("/v1/images/{id}")}"), (shop, "Ingestion", $"/v1/licences/{Of("/v1/licences/{id}")}"),
            (shop, "Matching", $"/v1/screenings/{Of("/v1/screenings/{imageId}")}"), (shop, "CaseManagement", $"/v1/cases/{Of("/v1/cases/{id}")}"), (shop, "CaseManagement", $"/v1/cases/{Of("/v1/cases/{id}")}/messages"),
            (shop, "CaseManagement", $"/v1/cases/{Of("/v1/cases/{id}")}/statements-of-reasons"), (shop, "CaseManagement", $"/v1/images/{Of("/v1/images/{id}")}/availability"),
            (shop, "CaseManagement", $"/v1/cases/{Of("/v1/cases/{id}")}/history"), (artist, "CaseManagement", $"/v1/cases/{Of("/v1/cases/{id}")}/history"),
            (shop, "CaseManagement", $"/v1/dossiers/{Of("/v1/dossiers/{id}")}"), (artist, "CaseManagement", $"/v1/dossiers/{Of("/v1/dossiers/{id}")}"),
        })
        {
            (await party.GetAsync(service, path)).Status.ShouldBe(HttpStatusCode.OK, path);
        }
        foreach (var (party, service, path, id) in new[]
        {
            (artist, "Ingestion", "/v1/works", "/v1/works/{id}"), (artist, "Ingestion", "/v1/licences", "/v1/licences/{id}"), (artist, "Matching", $"/v1/works/{Of("/v1/works/{id}")}/copies", "/v1/images/{id}"), (artist, "CaseManagement", "/v1/cases", "/v1/cases/{id}"),
            (artist, "Notification", "/v1/inbox?accountId=artist", "/v1/inbox/{letterId}"), (shop, "Ingestion", "/v1/images", "/v1/images/{id}"), (shop, "Ingestion", "/v1/licences", "/v1/licences/{id}"),
            (shop, "CaseManagement", "/v1/cases", "/v1/cases/{id}"), (shop, "Matching", "/v1/screenings", "/v1/screenings/{imageId}"),
        })
        {
            (await party.ReadAsync(service, path))["items"]!.ToJsonString().ShouldContain(Of(id), Case.Sensitive, path);
        }
        (await artist.ReadAsync("Matching", $"/v1/works/{Of("/v1/works/{id}")}/search"))["accountId"]!.GetValue<string>().ShouldBe("artist");
        OwnIn(await artist.ReadAsync("Matching", "/v1/works/searches")).ShouldBe(1);
        // What the case says to the other side, and what a reviewer sees, is not theirs.
        (await artist.GetAsync("CaseManagement", $"/v1/cases/{Of("/v1/cases/{id}")}/statements-of-reasons")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await shop.GetAsync("Matching", $"/v1/works/{Of("/v1/works/{id}")}/copies")).Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var path in new[] { "/v1/statements-of-reasons/any", "/v1/reporters" })
            (await shop.GetAsync("CaseManagement", path)).Status.ShouldBe(HttpStatusCode.Forbidden, path);
    }

    [Fact]
    public async Task A_case_s_file_has_a_party_s_own_picture_whole_and_the_disputed_one_as_it_was_shown()
    {
        var ids = await new Market(services, tenant).FillAsync(picture);
        var (image, work) = (ids["/v1/images/{id}"], ids["/v1/works/{id}"]);
        foreach (var (party, whole, shown, gap) in new[]
        {
            (Party(Roles.RightsHolder, "artist"), work, new[] { image, work }, $"the bytes of {image}"), (Party(Roles.Seller, "shop"), image, [image], $"the work {work}"),
        })
        {
            CaseFileReport report = null!;
            byte[] archive = [];
            // The log of uploads seals within a second of its own.
            await Eventually.HoldsAsync(async () =>
            {
                archive = await party.DownloadAsync("CaseManagement", $"/v1/cases/{ids["/v1/cases/{id}"]}/export");
                report = new CaseFileCheck(archive, await services.LogKeysAsync()).Run();
                report.Missing.ShouldHaveSingleItem().ShouldStartWith(gap);
            }, TimeSpan.FromSeconds(30));
            (report.Wrong, report.Pictures, report.Unbound).ShouldBe((null, 1, shown.Length - 1));
            var files = StoredZip.Read(archive).ToDictionary(file => file.Name, file => file.Content);
            files.Keys.Where(name => name.StartsWith("pictures/", StringComparison.Ordinal)).ShouldBe([$"pictures/{whole}.png", .. shown.Select(id => $"pictures/{id}-shown.jpg")], ignoreOrder: true);
            files[$"pictures/{whole}.png"].ToArray().ShouldBe(picture);
            if (whole == image) Encoding.UTF8.GetString(files["case.html"].Span).ShouldNotContain("Ada Example");
        }
    }

    [Fact]
    public async Task A_case_s_file_shows_a_party_how_the_pair_was_found_and_nothing_of_what_else_was()
    {
        var desk = new Market(services, tenant);
        // The shop's picture was somebody's before, shows somebody's face and two works that others registered; a third is registered after it.
        var portrait = await WorkAsync("the-person", "Portrait");
        var (first, second) = (await WorkAsync("artist"), await WorkAsync("rival-artist"));
        var earlier = (string)(await desk.SendAsync("/v1/images", picture, ("accountId", "earlier-shop")))["imageId"]!;
        var image = (string)(await desk.SendAsync("/v1/images", picture, ("accountId", "shop")))["imageId"]!;
        await desk.ReadAsync("Matching", $"/v1/screenings/{image}");
        var third = (string)(await desk.SendAsync("/v1/works", picture, ("accountId", "late-artist"), ("title", "Coat"), ("author", "Ada Example")))["workId"]!;

        foreach (var (work, owner, isLate) in new[] { (first, "artist", false), (third, "late-artist", true) })
        {
            string[] others = [.. new[] { "the-person", "artist", "rival-artist", "late-artist", "earlier-shop", portrait, first, second, third, earlier }.Where(name => name != work && name != owner && !owner.EndsWith(name, StringComparison.Ordinal))];
            var caseId = await Eventually.GetAsync(async () => (string?)(await desk.ReadAsync("CaseManagement", $"/v1/cases?imageId={image}"))["items"]!.AsArray().FirstOrDefault(item => (string?)item!["workId"] == work)?["caseId"], TimeSpan.FromSeconds(60), "The case");
            foreach (var (party, account) in new[] { (Party(Roles.Seller, "shop"), "shop"), (Party(Roles.RightsHolder, owner), owner), (desk, null) })
            {
                CaseFileReport report = null!;
                byte[] archive = [];
                await Eventually.HoldsAsync(async () =>
                {
                    archive = await party.DownloadAsync("CaseManagement", $"/v1/cases/{caseId}/export");
                    report = new CaseFileCheck(archive, await services.LogKeysAsync()).Run();
                    report.Missing.ShouldNotContain(gap => gap.StartsWith("the record of"), string.Join("; ", report.Missing));
                }, TimeSpan.FromSeconds(30));
                report.Wrong.ShouldBeNull();
                var files = StoredZip.Read(archive);
                var text = string.Concat(files.Where(file => !file.Name.EndsWith(".pdf", StringComparison.Ordinal)).Select(file => $"{file.Name}\n{Encoding.UTF8.GetString(file.Content.Span)}\n"));
                var matching = CaseFileManifest.Parse(files[0].Content.Span).Records.Single(record => record.Log == "imagerights/matching");
                if (account is null)
                {
                    matching.Withheld.ShouldBeNull();
                    foreach (var name in others.Except(isLate ? [portrait, "the-person"] : [third, "late-artist"])) text.ShouldContain(name);
                    continue;
                }
                foreach (var name in others) text.ShouldNotContain(name, Case.Sensitive, $"{account} in the case of {owner}");
                // Only its own fingerprint, and of the finding the pair: as it is sealed where that is all there is to it, in the history where it is not.
                matching.Events.Where(@event => @event.Type == "fingerprint_recorded_v1").ShouldHaveSingleItem().Stream.ShouldBe($"screening-{(account == "shop" ? image : work)}");
                matching.Events.Any(@event => @event.Type == "copy_found_v1").ShouldBe(isLate);
                matching.Events.ShouldNotContain(@event => @event.Type == "image_screened_v1");
                var page = Encoding.UTF8.GetString(files.Single(file => file.Name == "case.html").Content.Span);
                page.Split("What was found").Length.ShouldBe(2, page);
                page.ShouldContain("The very same file");
                if (!isLate) JsonNode.Parse(files.Single(file => file.Name == "history.json").Content.Span)!.AsArray().Single(entry => (string)entry!["type"]! == "image_screened_v1")!["data"]!["matches"]!.AsArray().ShouldHaveSingleItem()!["referenceId"]!.GetValue<string>().ShouldBe(first);
            }
        }

        async Task<string> WorkAsync(string account, string kind = "Original")
        {
            var work = (string)(await desk.SendAsync("/v1/works", picture, ("accountId", account), ("title", "Coat"), ("author", "Ada Example"), ("kind", kind)))["workId"]!;
            await Eventually.HoldsAsync(async () => (await desk.SendAsync("/v1/prechecks", picture, ("accountId", "shop"))).ToJsonString().ShouldContain(work), what: "The work in the index");
            return work;
        }
    }

    [Fact]
    public async Task Nobody_acts_in_another_s_name()
    {
        var ids = await new Market(services, tenant).FillAsync(picture);
        var (artist, shop) = (Party(Roles.RightsHolder, "artist"), Party(Roles.Seller, "shop"));
        var caseId = ids["/v1/cases/{id}"];
        foreach (var (party, path, body) in new (Market, string, object)[]
        {
            (artist, "/v1/reports", new { imageId = ids["/v1/images/{id}"], complainantAccountId = "somebody", reasonCode = "Copyright", statement = "x" }),
            (artist, "/v1/reports", new { imageId = ids["/v1/images/{id}"], reasonCode = "Copyright", statement = "x" }),
            (artist, "/v1/notices", new { regime = "us-dmca-512", complainantAccountId = "somebody", rightType = "Copyright", elements = new { work = "Coat" }, items = new[] { new { imageId = ids["/v1/images/{id}"] } } }),
            (shop, $"/v1/cases/{caseId}/counter-notice", new { actor = "artist", statement = "x" }),
            (artist, $"/v1/cases/{caseId}/retraction", new { actor = "shop", statement = "x" }),
        })
        {
            var (status, text) = await party.TryAsync("CaseManagement", "POST", path, body);
            status.ShouldBe(HttpStatusCode.Forbidden, $"{path} {text}");
            Code(text).ShouldBe("Access_Denied");
        }
        (await shop.TryAsync("CaseManagement", "POST", $"/v1/cases/{caseId}/takedown", TenantTests.Body)).Status.ShouldBe(HttpStatusCode.Forbidden);

        // A licence for what one did not register, or to end what another gave.
        (await artist.TryAsync("Ingestion", "POST", "/v1/licences", new { workId = ids["/v1/works/{id}"], licenseeAccountId = "friend" })).Status.ShouldBe(HttpStatusCode.Created);
        (await Party(Roles.RightsHolder, "thief").TryAsync("Ingestion", "POST", "/v1/licences", new { workId = ids["/v1/works/{id}"], licenseeAccountId = "thief" })).Status.ShouldNotBe(HttpStatusCode.Created);
        (await Party(Roles.RightsHolder, "shop").TryAsync("Ingestion", "DELETE", $"/v1/licences/{ids["/v1/licences/{id}"]}", null)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await artist.TryAsync("Ingestion", "DELETE", $"/v1/licences/{ids["/v1/licences/{id}"]}", null)).Status.ShouldBe(HttpStatusCode.NoContent);

        // Uploads and originals are of who sends them.
        (await shop.TrySendAsync("/v1/images", picture, ("accountId", "shop"))).ShouldBe(HttpStatusCode.Accepted);
        (await shop.TrySendAsync("/v1/images", picture, ("accountId", "rival"))).ShouldBe(HttpStatusCode.Forbidden);
        (await shop.TrySendAsync("/v1/prechecks", picture, ("accountId", "rival"))).ShouldBe(HttpStatusCode.Forbidden);
        (await artist.TrySendAsync("/v1/works", picture, ("accountId", "rival"), ("title", "Coat"), ("author", "Ada Example"))).ShouldBe(HttpStatusCode.Forbidden);
        (await Party(Roles.Seller, null).TrySendAsync("/v1/images", picture, ("accountId", "shop"))).ShouldBe(HttpStatusCode.Forbidden);
        (await shop.TryAsync("Ingestion", "DELETE", $"/v1/images/{ids["/v1/images/{id}"]}", null)).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Whose_portrait_was_found_the_desk_sees_and_the_uploader_does_not()
    {
        var (desk, shop, owner) = (new Market(services, tenant), Party(Roles.Seller, "shop"), $"person-{Guid.NewGuid():N}");
        var portrait = (string)(await desk.SendAsync("/v1/works", picture, ("accountId", owner), ("title", "Me"), ("author", "Ada Example"), ("kind", "Portrait")))["workId"]!;
        JsonNode found = new JsonObject();
        await Eventually.HoldsAsync(async () => (found = await shop.SendAsync("/v1/prechecks", picture, ("accountId", "shop")))["verdict"]!.GetValue<string>().ShouldBe("Match"), what: "The portrait in the index");
        var upload = await shop.SendAsync("/v1/images", picture, ("accountId", "shop"));
        var image = (string)upload["imageId"]!;

        var (own, list) = (await shop.ReadAsync("Matching", $"/v1/screenings/{image}"), (await shop.ReadAsync("Matching", "/v1/screenings"))["items"]![0]!);
        foreach (var told in new[] { found, upload["screening"]!, own, list })
        {
            told["matches"]!.AsArray().ShouldHaveSingleItem()!["bank"]!.GetValue<string>().ShouldBe("Portraits");
            (told.ToJsonString().Contains(owner, StringComparison.Ordinal), told.ToJsonString().Contains(portrait, StringComparison.Ordinal)).ShouldBe((false, false));
        }
        (await desk.ReadAsync("Matching", $"/v1/screenings/{image}"))["matches"]![0]!["referenceId"]!.GetValue<string>().ShouldBe(portrait);
        (await desk.ReadAsync("CaseManagement", $"/v1/cases?imageId={image}"))["items"]!.AsArray().ShouldBeEmpty("whether to complain is the person's to say");
    }

    [Fact]
    public async Task Whoever_also_works_at_the_desk_sees_the_desk()
    {
        var ids = await new Market(services, tenant).FillAsync(picture);
        var both = new Market(services, tenant, TestAccess.Token(tenant, [Roles.Seller, Roles.Reviewer], change: claims => claims["account"] = "rival"));
        (await both.GetAsync("CaseManagement", $"/v1/cases/{ids["/v1/cases/{id}"]}")).Status.ShouldBe(HttpStatusCode.OK);
        // And uploads, which the desk may not, for its own account alone.
        (await both.TrySendAsync("/v1/images", picture, ("accountId", "shop"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    // A list, or what is counted of works.
    private static int OwnIn(JsonNode answer) =>
        answer["items"] is { } items ? items.AsArray().Count : (int)answer["waiting"]! + (int)answer["doneLastHour"]! + (int)answer["unreadable"]!;

    private IEnumerable<(string Service, RouteEndpoint Route)> Held() =>
        from service in RunningServices.Services.Keys from route in services.Routes(service) where route.Metadata.GetMetadata<HeldToAccount>() is not null select (service, route);
}
