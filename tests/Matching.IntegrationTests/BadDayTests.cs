using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>Many at once, restarts and kills: each upload is screened once, each pair is found once.</summary>
public class BadDayTests
{
    [Fact]
    public async Task Two_hundred_uploads_of_one_picture_at_once_find_each_pair_once()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        var hash = NewHash();
        var uploads = Enumerable.Range(0, 200).Select(number => Upload(NewImage(), $"seller {number}", hash)).ToList();
        await Task.WhenAll(uploads.Select(upload => surroundings.PublishAsync(upload)));
        await surroundings.HearAsync<ImageScreened>(200);
        await ShouldBeScreenedInLogOrderAsync(surroundings, uploads);
    }

    [Fact]
    public async Task A_restart_in_the_middle_loses_nothing_and_says_nothing_twice()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        var hash = NewHash();
        var uploads = Enumerable.Range(0, 300).Select(number => Upload(NewImage(), $"seller {number}", hash)).ToList();
        var publishing = Task.CompletedTask;
        await using (await Replica.StartAsync(surroundings))
        {
            publishing = Task.WhenAll(uploads.Select(upload => surroundings.PublishAsync(upload)));
            await surroundings.HearAsync<ImageScreened>(20);
        }
        await publishing;
        surroundings.Heard<ImageScreened>().Count.ShouldBeLessThan(300, "the service was to stop in the middle");
        await using var replica = await Replica.StartAsync(surroundings);
        await surroundings.HearAsync<ImageScreened>(300);
        await ShouldBeScreenedInLogOrderAsync(surroundings, uploads);
    }

    [Fact]
    public async Task Works_and_uploads_at_once_on_two_replicas_find_each_pair_once_though_the_leader_is_killed()
    {
        const int each = 40;
        await using var surroundings = await Surroundings.CreateAsync();
        // The first to start leads; the second stands by, and both consume.
        using var leader = await ReplicaProcess.StartAsync(surroundings);
        using var standby = await ReplicaProcess.StartAsync(surroundings);
        var hash = NewHash();
        var works = Enumerable.Range(0, each).Select(number => Work(NewWork(), $"author {number}", hash)).ToList();
        var uploads = Enumerable.Range(0, each).Select(number => Upload(NewImage(), $"seller {number}", hash)).ToList();
        var publishing = Task.WhenAll(works.Zip(uploads).SelectMany(pair => new[] { surroundings.PublishAsync(pair.First), surroundings.PublishAsync(pair.Second) }));
        await surroundings.HearAsync<ImageScreened>(1);
        leader.Kill();
        await publishing;
        // Every upload meets every work, and every work every other, in one direction or the other.
        await surroundings.HearAsync<ImageScreened>(each);
        await surroundings.HearAsync<OwnershipConflictFound>(each * (each - 1) / 2);
        var screened = surroundings.Heard<ImageScreened>();
        screened.Select(one => one.ImageId).ShouldBe(uploads.Select(upload => upload.SubjectId), ignoreOrder: true);
        var hits = screened.SelectMany(one => one.Matches.Where(match => match.Bank == Bank.Works).Select(match => (match.ReferenceId, one.ImageId))).ToList();
        var copies = await surroundings.HearAsync<CopyFound>(each * each - hits.Count);
        hits.Concat(copies.Select(copy => (copy.WorkId, copy.ImageId)))
            .ShouldBe(works.SelectMany(work => uploads.Select(upload => (work.SubjectId, upload.SubjectId))), ignoreOrder: true);
        surroundings.Heard<OwnershipConflictFound>().Select(conflict => Pair(conflict.WorkId, conflict.EarlierWorkId))
            .ShouldBe(works.SelectMany((work, index) => works.Skip(index + 1).Select(other => Pair(work.SubjectId, other.SubjectId))), ignoreOrder: true);
        (await surroundings.StoredAsync("image_screened_v1")).Count.ShouldBe(each);
        (await surroundings.StoredAsync("copy_found_v1")).Count.ShouldBe(copies.Count);
        (await surroundings.StoredAsync("ownership_conflict_found_v1")).Count.ShouldBe(each * (each - 1) / 2);

        static (string, string) Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
    }

    [Fact]
    public async Task A_killed_leader_is_replaced_by_a_standby_that_knows_all_earlier_pictures()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        using var leader = await ReplicaProcess.StartAsync(surroundings);
        await using var standby = await Replica.StartAsync(surroundings);
        standby.Followers.Single(follower => follower.Name == "screener").State.ShouldBe(FollowerState.Standby);
        var (hash, work, before, after) = (NewHash(), NewWork(), NewImage(), NewImage());
        await surroundings.PublishAsync(Work(work, "author", hash));
        await surroundings.PublishAsync(Upload(before, "thief", NewHash()));
        await surroundings.ScreeningOfAsync(before);
        leader.Kill();
        await surroundings.PublishAsync(Upload(after, "seller", hash));
        (await surroundings.ScreeningOfAsync(after)).Matches.ShouldHaveSingleItem().ReferenceId.ShouldBe(work);
        standby.Followers.Single(follower => follower.Name == "screener").State.ShouldBe(FollowerState.Running);
    }

    [Fact]
    public async Task Withdrawals_that_race_their_uploads_cost_no_screening_and_are_all_effective()
    {
        await using var surroundings = await Surroundings.CreateAsync();
        await using var replica = await Replica.StartAsync(surroundings);
        var hash = NewHash();
        var images = Enumerable.Range(0, 100).Select(_ => NewImage()).ToList();
        await Task.WhenAll(images.SelectMany(image => new[]
        {
            surroundings.PublishAsync(Upload(image, $"seller of {image}", hash)),
            surroundings.PublishAsync(new ImageWithdrawn(DocumentStore.DefaultTenant, image, $"seller of {image}", Noon)),
        }));
        (await surroundings.HearAsync<ImageScreened>(100)).Select(screened => screened.ImageId).ShouldBe(images, ignoreOrder: true);
        await Eventually.HoldsAsync(async () => (await surroundings.StoredAsync("picture_withdrawn_v1")).Count.ShouldBe(100), Surroundings.Patience);
        var last = NewImage();
        await surroundings.PublishAsync(Upload(last, "seller", hash));
        (await surroundings.ScreeningOfAsync(last)).Verdict.ShouldBe(ScreeningVerdict.Clear);
        (await surroundings.StoredAsync("image_screened_v1")).Count.ShouldBe(101);
    }

    /// <summary>The n-th upload in the log was screened once, as of the n-1 before it, and matches them, as far as a screening lists them.</summary>
    private static async Task ShouldBeScreenedInLogOrderAsync(Surroundings surroundings, List<ImageFingerprinted> uploads)
    {
        var order = (await surroundings.StoredAsync("fingerprint_recorded_v1")).Select(fact => fact.GetProperty("subjectId").GetString()!).ToList();
        order.ShouldBe(uploads.Select(upload => upload.SubjectId), ignoreOrder: true);
        (await surroundings.StoredAsync("image_screened_v1")).Count.ShouldBe(uploads.Count);
        var screenings = surroundings.Heard<ImageScreened>().ToDictionary(screened => screened.ImageId);
        screenings.Count.ShouldBe(uploads.Count);
        surroundings.Heard<ImageScreened>().Count.ShouldBe(uploads.Count);
        for (var place = 0; place < order.Count; place++)
        {
            var screened = screenings[order[place]];
            screened.Thresholds.IndexVersion.ShouldBe(place);
            screened.Matches.Select(match => match.ReferenceId).ShouldBe(order.Take(Math.Min(place, 50)), $"upload {place}");
            screened.Verdict.ShouldBe(place == 0 ? ScreeningVerdict.Clear : ScreeningVerdict.Match);
        }
    }
}
