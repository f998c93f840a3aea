using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Fingerprints of a later version of pictures that are known.</summary>
public class RenewalTests
{
    private const int Pictures = 40;

    [Fact]
    public async Task Renewed_pictures_are_found_throughout_by_each_search_and_nothing_is_said_of_them_again()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("matching-checkpoint-").FullName;
        try
        {
            var hash = NewHash();
            var first = Enumerable.Range(0, Pictures).Select(number => number % 4 == 0 ? Work(NewWork(), $"author-{number}", hash) : Upload(NewImage(), $"seller-{number}", hash)).ToList();
            var renewed = first.ConvertAll(picture => picture with { Version = 1, Pdq = Off(hash, 3), PdqDihedrals = [Off(hash, 3), .. picture.PdqDihedrals.Skip(1)] });
            await using (var replica = await Replica.StartAsync(surroundings, $"--Matching:CheckpointFolder={folder}"))
            {
                foreach (var picture in first) await surroundings.PublishAsync(picture);
                await Eventually.HoldsAsync(async () => (await FoundAsync(replica, hash)).Count.ShouldBe(Pictures), Surroundings.Patience, "all pictures");
                foreach (var picture in first.Where(picture => picture.Role == PictureRole.Upload)) await surroundings.ScreeningOfAsync(picture.SubjectId);

                var ids = first.Select(picture => picture.SubjectId).Order().ToList();
                var faults = 0;
                foreach (var picture in renewed) await surroundings.PublishAsync(picture);
                await Eventually.HoldsAsync(async () =>
                {
                    var found = await FoundAsync(replica, hash);
                    if (!found.Keys.Order().SequenceEqual(ids)) faults++;
                    found.Values.ShouldAllBe(distance => distance == 3);
                }, Surroundings.Patience, "all renewals");
                faults.ShouldBe(0, "not for a moment is one of them missing");
                foreach (var picture in renewed.Concat(first)) await surroundings.PublishAsync(picture);
                await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync("matching-image-fingerprinted")).ShouldBe(0u), Surroundings.Patience);
                var later = NewImage();
                await surroundings.PublishAsync(Upload(later, "newcomer", Off(hash, 3)));
                (await surroundings.ScreeningOfAsync(later)).Matches.Count(match => match.Distance == 0).ShouldBe(Pictures);
            }
            await using var restarted = await Replica.StartAsync(surroundings, $"--Matching:CheckpointFolder={folder}");
            (await FoundAsync(restarted, hash)).Values.ShouldAllBe(distance => distance == 3);
            (await FoundAsync(restarted, hash)).Count.ShouldBe(Pictures + 1);
            await using var fromLog = await Replica.StartAsync(surroundings);
            (await FoundAsync(fromLog, hash)).ShouldBe(await FoundAsync(restarted, hash), ignoreOrder: true);

            foreach (var picture in first.Where(picture => picture.Role == PictureRole.Upload))
                surroundings.Heard<ImageScreened>().Count(screened => screened.ImageId == picture.SubjectId).ShouldBe(1);
            surroundings.Heard<CopyFound>().GroupBy(copy => (copy.WorkId, copy.ImageId)).ShouldAllBe(pair => pair.Count() == 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Dictionary<string, int>> FoundAsync(Replica replica, string hash)
    {
        var result = await (await replica.Http.PostAsJsonAsync("/v1/searches", new { pdq = hash })).Content.ReadFromJsonAsync<JsonElement>();
        return result.GetProperty("matches").EnumerateArray().ToDictionary(match => match.GetProperty("referenceId").GetString()!, match => match.GetProperty("distance").GetInt32());
    }
}
