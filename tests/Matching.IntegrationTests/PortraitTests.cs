using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Portraits are looked for in what was uploaded before them and after, and the desk alone hears where they are.</summary>
public class PortraitTests
{
    [Fact]
    public async Task A_portrait_is_found_in_earlier_and_later_uploads_and_nothing_of_it_is_published_but_screenings()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings, "--Matching:Portraits:Review=0.3", "--Matching:Portraits:Auto=0.99");
        var (hash, portrait, early, late, own, witness) = (NewHash(), NewWork(), NewImage(), NewImage(), NewImage(), NewWork());
        await surroundings.PublishAsync(Upload(early, "thief", hash));
        (await surroundings.ScreeningOfAsync(early)).Verdict.ShouldBe(ScreeningVerdict.Clear);
        await surroundings.PublishAsync(Work(portrait, "person", Off(hash, 3)) with { Role = PictureRole.Portrait });
        await Eventually.HoldsAsync(async () => (await CopiesAsync(replica, portrait)).ShouldBe([early]), Surroundings.Patience, "the copies");

        await surroundings.PublishAsync(Upload(late, "seller", Off(hash, 5)));
        var screened = await surroundings.ScreeningOfAsync(late);
        (screened.Verdict, screened.Thresholds.Portraits).ShouldBe((ScreeningVerdict.Match, new BandLimits(0.3, 0.99)));
        screened.Matches.Select(match => (match.Bank, match.ReferenceId, match.Disposition)).ShouldBe(
            [(Bank.Portraits, portrait, Disposition.Hit), (Bank.Uploads, early, Disposition.Hit)]);
        // Who asks for an uploader hears no more than the uploader.
        (await replica.Http.GetStringAsync($"/v1/screenings/{late}")).ShouldContain("person");
        (await replica.Http.GetStringAsync($"/v1/screenings/{late}?forUploader=true")).ShouldNotContain("person");
        foreach (var forUploader in (bool[])[false, true])
        {
            using var searched = await replica.Http.PostAsJsonAsync("/v1/searches", new { pdq = hash, accountId = "seller", forUploader });
            var text = await searched.Content.ReadAsStringAsync();
            (text.Contains(portrait, StringComparison.Ordinal), text.Contains(ScreeningMatch.Withheld, StringComparison.Ordinal)).ShouldBe((!forUploader, forUploader));
        }
        await surroundings.PublishAsync(Upload(own, "person", hash));
        (await surroundings.ScreeningOfAsync(own)).Verdict.ShouldBe(ScreeningVerdict.Clear);
        await Eventually.HoldsAsync(async () => (await CopiesAsync(replica, portrait)).ShouldBe([late, early]), Surroundings.Patience, "the copies");

        // What follows in the log is heard, so what came before would have been.
        await surroundings.PublishAsync(Work(witness, "painter", hash));
        var heard = await surroundings.HearAsync<CopyFound>(3);
        heard.ShouldAllBe(copy => copy.WorkId == witness);
        (await surroundings.StoredAsync("copy_found_v1")).Count(copy => copy.TryGetProperty("isPortrait", out _)).ShouldBe(1);
        surroundings.Heard<OwnershipConflictFound>().ShouldBeEmpty();
        var index = await replica.Http.GetFromJsonAsync<JsonElement>("/v1/index");
        (index.GetProperty("works").GetInt32(), index.GetProperty("portraits").GetInt32()).ShouldBe((1, 1));
    }

    private static async Task<IEnumerable<string>> CopiesAsync(Replica replica, string work) =>
        (await replica.Http.GetFromJsonAsync<JsonElement>($"/v1/works/{work}/copies")).GetProperty("items").EnumerateArray().Select(copy => copy.GetProperty("imageId").GetString()!);
}
