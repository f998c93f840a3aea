using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ImageRights.Wire.Tests;

/// <summary>An erasure through all services that hold keys.</summary>
public sealed class ErasureTests(RunningServices services) : IClassFixture<RunningServices>
{
    [Fact]
    public async Task Who_is_erased_is_erased_in_every_service()
    {
        var person = $"author-{Guid.CreateVersion7():N}";
        using var form = new MultipartFormDataContent { { new StringContent(person), "accountId" }, { new StringContent("Coat"), "title" }, { new StringContent("Ada Example"), "author" } };
        form.Add(new ByteArrayContent(new SamplePicture(Random.Shared.Next()).ToPng()) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, "file", "picture.png");
        using var registered = await services.Http("Ingestion").PostAsync("/v1/works", form);
        registered.EnsureSuccessStatusCode();
        (await AuthorAsync(registered.Headers.Location!)).ShouldBe("Ada Example");

        using var accepted = await services.Http("CaseManagement").PostAsJsonAsync("/v1/erasures", new { personId = person, legalBasis = "PIPL_47", actor = "agent-li" });
        ((int)accepted.StatusCode).ShouldBe(202, await accepted.Content.ReadAsStringAsync());
        using var approved = await services.Http("CaseManagement").PostAsJsonAsync($"{accepted.Headers.Location}/approval", new { actor = "counsel-wu" });
        ((int)approved.StatusCode).ShouldBe(200, await approved.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(async () =>
        {
            var erasure = JsonNode.Parse(await services.Http("CaseManagement").GetStringAsync(accepted.Headers.Location!))!;
            erasure["isDone"]!.GetValue<bool>().ShouldBeTrue();
            erasure["services"]!.AsArray().Single(progress => progress!["service"]!.GetValue<string>() == "ingestion")!["keys"]!.GetValue<int>().ShouldBe(1);
        });

        (await AuthorAsync(registered.Headers.Location!)).ShouldBe("[erased]");
        (await services.Http("Ingestion").GetStringAsync($"/v1/works?accountId={person}")).ShouldNotContain("Ada Example");
    }

    private async Task<string> AuthorAsync(Uri work) => JsonNode.Parse(await services.Http("Ingestion").GetStringAsync(work))!["author"]!.GetValue<string>();
}
