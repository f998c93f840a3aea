using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using ImageRights.ServiceDefaults;
using static ImageRights.Matching.IntegrationTests.Messages;

namespace ImageRights.Matching.IntegrationTests;

public class ScreeningTests(MatchingService service) : IClassFixture<MatchingService>
{
    private readonly Surroundings surroundings = service.Surroundings;

    [Fact]
    public async Task Every_queue_that_publishers_wait_for_exists()
    {
        foreach (var queue in Subscriptions.Queues.Values.SelectMany(queues => queues).Where(queue => queue.StartsWith("matching-", StringComparison.Ordinal)).Distinct())
            await surroundings.QueueLengthAsync(queue);
    }

    [Fact]
    public async Task An_upload_like_nothing_known_is_clear()
    {
        var image = NewImage();
        await surroundings.PublishAsync(Upload(image, "seller", NewHash()));
        var screened = await surroundings.ScreeningOfAsync(image);
        (screened.Verdict, screened.Matches.Count, screened.Surface, screened.ListingId).ShouldBe((ScreeningVerdict.Clear, 0, Surface.Listing, "listing_1"));
        (screened.Thresholds.Algorithm, screened.Thresholds.MaxDistance, screened.Thresholds.MinQuality).ShouldBe(("pdq/1", 31, 50));
    }

    [Fact]
    public async Task A_new_upload_is_matched_against_works_and_earlier_uploads()
    {
        var (hash, work, earlier, image) = (NewHash(), NewWork(), NewImage(), NewImage());
        await surroundings.PublishAsync(Work(work, "author", hash));
        await RecordedAsync(work);
        await surroundings.PublishAsync(Upload(earlier, "thief", Off(hash, 3)));
        await surroundings.ScreeningOfAsync(earlier);
        await surroundings.PublishAsync(Upload(image, "seller", Off(hash, 5)));
        var screened = await surroundings.ScreeningOfAsync(image);
        screened.Verdict.ShouldBe(ScreeningVerdict.Match);
        screened.Matches.ShouldBe(
        [
            new ScreeningMatch(Bank.Uploads, earlier, "thief", 2, Orientation.Original, Disposition.Hit, null),
            new ScreeningMatch(Bank.Works, work, "author", 5, Orientation.Original, Disposition.Hit, null),
        ]);
    }

    [Fact]
    public async Task The_same_picture_in_another_file_is_matched_though_there_is_little_to_see_in_it()
    {
        var (pixels, work, image, other) = (NewHash(), NewWork(), NewImage(), NewImage());
        await surroundings.PublishAsync(Work(work, "author", NewHash(), quality: 12) with { LumaSha256 = pixels });
        await RecordedAsync(work);
        await surroundings.PublishAsync(Upload(image, "seller", NewHash(), quality: 12) with { LumaSha256 = pixels });
        var screened = await surroundings.ScreeningOfAsync(image);
        screened.Verdict.ShouldBe(ScreeningVerdict.Match);
        var match = screened.Matches.ShouldHaveSingleItem();
        (match.ReferenceId, match.Distance, match.Evidence!.Class, match.Evidence.Score).ShouldBe((work, 0, MatchClass.NearExact, 1));
        using var answer = await service.Replica.Http.PostAsJsonAsync("/v1/searches", new { pdq = NewHash(), pdqQuality = 12, lumaSha256 = pixels });
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("matches").EnumerateArray().Select(found => found.GetProperty("referenceId").GetString())
            .ShouldBe([work, image], ignoreOrder: true);
        await surroundings.PublishAsync(Upload(other, "seller", NewHash(), quality: 12) with { LumaSha256 = NewHash() });
        (await surroundings.ScreeningOfAsync(other)).Verdict.ShouldBe(ScreeningVerdict.Featureless);
    }

    [Fact]
    public async Task Read_models_rebuilt_beside_the_running_service_equal_the_live_ones()
    {
        var image = NewImage();
        await surroundings.PublishAsync(Upload(image, "seller", NewHash()));
        await surroundings.ScreeningOfAsync(image);

        (await ServiceRun.RebuildAsync(service.Replica.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Replica.Store, [], onlyCompare: false, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Replica.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
    }

    [Fact]
    public async Task A_mirrored_copy_is_found()
    {
        var (work, image) = (NewWork(), NewImage());
        var original = Work(work, "author", NewHash());
        await surroundings.PublishAsync(original);
        await RecordedAsync(work);
        var mirrored = Upload(image, "seller", original.PdqDihedrals[(int)Orientation.FlipY]);
        await surroundings.PublishAsync(mirrored with { PdqDihedrals = [.. mirrored.PdqDihedrals.Select((hash, turn) => turn == (int)Orientation.FlipY ? original.Pdq : hash)] });
        (await surroundings.ScreeningOfAsync(image)).Matches.ShouldHaveSingleItem().Transform.ShouldBe(Orientation.FlipY);
    }

    [Fact]
    public async Task A_framed_picture_is_found_and_the_answer_says_what_of_it_was_recognised()
    {
        var (work, image, later, sign) = (NewWork(), NewImage(), NewWork(), NewHash());
        await surroundings.PublishAsync(Work(work, "author", NewHash()) with { Features = new PictureFeatures("eye/1", sign, []) });
        await RecordedAsync(work);
        await surroundings.PublishAsync(Upload(image, "seller", NewHash()) with
        {
            Features = new PictureFeatures("eye/1", NewHash(), [new PictureRegion(0.25, 0, 0.5, 1, Off(sign, 6), true)]),
        });
        var match = (await surroundings.ScreeningOfAsync(image)).Matches.ShouldHaveSingleItem();
        (match.ReferenceId, match.Distance, match.Evidence!.Class, match.Evidence.UploadPercent).ShouldBe((work, 6, MatchClass.Composite, 50));
        match.Evidence.UploadArea[0].ShouldBe(new AreaCorner(0.25, 0));

        await surroundings.PublishAsync(Work(later, "painter", NewHash()) with { Features = new PictureFeatures("eye/1", sign, []) });
        await Eventually.HoldsAsync(() =>
        {
            var copy = surroundings.Heard<CopyFound>().Single(copy => copy.WorkId == later);
            (copy.ImageId, copy.Distance, copy.Evidence!.Class, copy.Evidence.UploadPercent).ShouldBe((image, 6, MatchClass.Composite, 50));
            return Task.CompletedTask;
        }, Surroundings.Patience);
    }

    [Fact]
    public async Task A_new_work_finds_earlier_uploads_once_and_conflicts_with_an_earlier_work_of_another()
    {
        var (hash, first, second) = (NewHash(), NewWork(), NewWork());
        var (copy, own, other) = (NewImage(), NewImage(), NewImage());
        foreach (var (image, account) in new[] { (copy, "thief"), (own, "author"), (other, "rival") })
        {
            await surroundings.PublishAsync(Upload(image, account, hash));
            await surroundings.ScreeningOfAsync(image);
        }
        await surroundings.PublishAsync(Work(first, "author", Off(hash, 4)));
        await Eventually.HoldsAsync(() =>
        {
            var found = surroundings.Heard<CopyFound>().Where(found => found.WorkId == first).ToList();
            found.Select(found => found.ImageId).ShouldBe([copy, other], ignoreOrder: true);
            found.ShouldAllBe(found => found.WorkAccountId == "author" && found.Distance == 4 && found.Transform == Orientation.Original && found.ListingId == "listing_1");
            return Task.CompletedTask;
        }, Surroundings.Patience);
        await surroundings.PublishAsync(Work(second, "rival", hash));
        await Eventually.HoldsAsync(() =>
        {
            var conflict = surroundings.Heard<OwnershipConflictFound>().Single(conflict => conflict.WorkId == second);
            (conflict.AccountId, conflict.EarlierWorkId, conflict.EarlierAccountId, conflict.Distance).ShouldBe(("rival", first, "author", 4));
            surroundings.Heard<CopyFound>().Where(found => found.WorkId == second).Select(found => found.ImageId)
                .ShouldBe([copy], "the author is in a conflict of ownership and no copyist");
            return Task.CompletedTask;
        }, Surroundings.Patience);
        surroundings.Heard<CopyFound>().Count(found => found.WorkId == first).ShouldBe(2);
    }

    [Fact]
    public async Task The_same_message_twice_and_the_same_fact_under_another_id_make_one_screening()
    {
        var image = NewImage();
        var (message, id) = (Upload(image, "seller", NewHash()), Guid.CreateVersion7());
        await Task.WhenAll(surroundings.PublishAsync(message, id), surroundings.PublishAsync(message, id), surroundings.PublishAsync(message), surroundings.PublishAsync(message));
        await surroundings.ScreeningOfAsync(image);
        await surroundings.PublishAsync(message, id);
        var last = NewImage();
        await surroundings.PublishAsync(Upload(last, "seller", NewHash()));
        await surroundings.ScreeningOfAsync(last);
        await QuietAsync();
        (await surroundings.StoredAsync("fingerprint_recorded_v1")).Count(fact => fact.GetProperty("subjectId").GetString() == image).ShouldBe(1);
        (await surroundings.StoredAsync("image_screened_v1")).Count(fact => fact.GetProperty("imageId").GetString() == image).ShouldBe(1);
        surroundings.Heard<ImageScreened>().Count(screened => screened.ImageId == image).ShouldBe(1);
    }

    [Fact]
    public async Task A_featureless_picture_is_not_compared_and_an_unreadable_one_says_why()
    {
        var (hash, plain, broken, work) = (NewHash(), NewImage(), NewImage(), NewWork());
        await surroundings.PublishAsync(Work(work, "author", hash));
        await RecordedAsync(work);
        await surroundings.PublishAsync(Upload(plain, "seller", hash, quality: 49));
        await surroundings.PublishAsync(new ImageUnreadable(
            DocumentStore.DefaultTenant, PictureRole.Upload, broken, "seller", Surface.Avatar, null, NewHash(), "Image_Truncated", Noon));
        var featureless = await surroundings.ScreeningOfAsync(plain);
        (featureless.Verdict, featureless.Matches.Count).ShouldBe((ScreeningVerdict.Featureless, 0));
        var unreadable = await surroundings.ScreeningOfAsync(broken);
        (unreadable.Verdict, unreadable.UnreadableCode, unreadable.Surface).ShouldBe((ScreeningVerdict.Unreadable, "Image_Truncated", Surface.Avatar));
    }

    [Fact]
    public async Task Withdrawn_pictures_never_match()
    {
        var (hash, withdrawn, image, work) = (NewHash(), NewImage(), NewImage(), NewWork());
        await surroundings.PublishAsync(Upload(withdrawn, "first", hash));
        await surroundings.ScreeningOfAsync(withdrawn);
        await surroundings.PublishAsync(new ImageWithdrawn(DocumentStore.DefaultTenant, withdrawn, "first", Noon));
        await RecordedAsync(withdrawn, "picture_withdrawn_v1", "imageId");
        await surroundings.PublishAsync(Upload(image, "second", hash));
        (await surroundings.ScreeningOfAsync(image)).Verdict.ShouldBe(ScreeningVerdict.Clear);
        await surroundings.PublishAsync(Work(work, "author", hash));
        await Eventually.HoldsAsync(() =>
        {
            surroundings.Heard<CopyFound>().Where(found => found.WorkId == work).Select(found => found.ImageId).ShouldBe([image]);
            return Task.CompletedTask;
        }, Surroundings.Patience);
    }

    [Fact]
    public async Task A_withdrawal_that_overtakes_its_fingerprint_counts_and_the_upload_is_still_screened()
    {
        var (hash, withdrawn, image) = (NewHash(), NewImage(), NewImage());
        await surroundings.PublishAsync(new ImageWithdrawn(DocumentStore.DefaultTenant, withdrawn, "first", Noon));
        await RecordedAsync(withdrawn, "picture_withdrawn_v1", "imageId");
        await surroundings.PublishAsync(Upload(withdrawn, "first", hash));
        await surroundings.ScreeningOfAsync(withdrawn);
        await surroundings.PublishAsync(Upload(image, "second", hash));
        (await surroundings.ScreeningOfAsync(image)).Verdict.ShouldBe(ScreeningVerdict.Clear);
    }

    [Fact]
    public async Task Licences_are_respected_for_their_term_and_their_licensee()
    {
        var (hash, work, licence) = (NewHash(), NewWork(), $"lic_{Guid.CreateVersion7():N}");
        await surroundings.PublishAsync(Work(work, "author", hash));
        await RecordedAsync(work);
        await surroundings.PublishAsync(Licence(licence, work, "licensee", until: Noon.AddDays(1)));
        await RecordedAsync(licence, "licence_recorded_v1", "licenceId");

        var licensed = await ScreenAsync("licensee", Noon);
        licensed.Verdict.ShouldBe(ScreeningVerdict.Clear);
        (licensed.Matches[0].Disposition, licensed.Matches[0].LicenceId).ShouldBe((Disposition.Licensed, licence));
        (await ScreenAsync("licensee", Noon.AddDays(2))).Verdict.ShouldBe(ScreeningVerdict.Match, "the term is over");
        (await ScreenAsync("stranger", Noon)).Verdict.ShouldBe(ScreeningVerdict.Match);

        await surroundings.PublishAsync(new LicenceEnded(DocumentStore.DefaultTenant, licence, work, "licensee", Noon.AddHours(1)));
        await RecordedAsync(licence, "licence_ended_recorded_v1", "licenceId");
        (await ScreenAsync("licensee", Noon.AddHours(2))).Verdict.ShouldBe(ScreeningVerdict.Match, "it ended before this upload");
        (await ScreenAsync("licensee", Noon.AddMinutes(30))).Verdict.ShouldBe(ScreeningVerdict.Clear, "it had not ended at this upload");

        async Task<ImageScreened> ScreenAsync(string account, DateTimeOffset at)
        {
            var image = NewImage();
            await surroundings.PublishAsync(Upload(image, account, hash, at: at));
            return await surroundings.ScreeningOfAsync(image);
        }
    }

    [Fact]
    public async Task A_malformed_message_is_parked_and_the_others_go_on()
    {
        const string errors = "matching-image-fingerprinted_error";
        var (broken, fine) = (NewImage(), NewImage());
        var message = Upload(broken, "seller", NewHash());
        await surroundings.PublishAsync(message with { Pdq = "not a hash" });
        await surroundings.PublishAsync(message with { PdqDihedrals = [message.Pdq] });
        await surroundings.PublishAsync(message with { Surface = null });
        await surroundings.PublishAsync(message with { SubjectId = null! });
        await surroundings.PublishAsync(message with { AccountId = "a\0b" });
        await surroundings.PublishAsync(message with { PdqQuality = 101 });
        await surroundings.PublishAsync(message with { LumaSha256 = "not a hash" });
        await surroundings.PublishAsync(message with { Features = new PictureFeatures("eye/1", "not a hash", []) });
        await surroundings.PublishAsync(message with { Features = new PictureFeatures("eye/1", message.Pdq, null!) });
        await surroundings.PublishAsync(message with { Features = new PictureFeatures("eye/1", message.Pdq, [], "AQID") });
        await surroundings.PublishRawAsync("ImageRights.Contracts.Fingerprint.V1:ImageFingerprinted", "{ this is not JSON");
        await surroundings.PublishAsync(Upload(fine, "seller", NewHash()));
        await surroundings.ScreeningOfAsync(fine);
        await Eventually.HoldsAsync(async () => (await surroundings.QueueLengthAsync(errors)).ShouldBe(11u), Surroundings.Patience);
        (await surroundings.StoredAsync("fingerprint_recorded_v1")).ShouldNotContain(fact => fact.GetProperty("subjectId").GetString() == broken);
    }

    [Fact]
    public async Task A_screening_belongs_to_the_trace_of_its_upload()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("ImageRights", StringComparison.Ordinal) || source.Name is "MassTransit" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        var searches = new System.Collections.Concurrent.ConcurrentBag<Activity>();
        listener.ActivityStopped = activity => { if (activity.OperationName == "search index") searches.Add(activity); };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        var images = Enumerable.Range(0, 5).Select(_ => NewImage()).ToList();
        var traces = new Dictionary<string, string>();
        foreach (var image in images)
        {
            using var request = source.StartActivity("request", ActivityKind.Server, default(ActivityContext))!;
            traces[image] = request.TraceId.ToString();
            await surroundings.PublishAsync(Upload(image, "seller", NewHash()));
        }
        foreach (var image in images)
        {
            await surroundings.ScreeningOfAsync(image);
            surroundings.TraceOf(message => message is ImageScreened screened && screened.ImageId == image).ShouldNotBeNull().ShouldContain(traces[image]);
            var search = searches.Where(search => search.TraceId.ToString() == traces[image]).ShouldHaveSingleItem();
            search.GetTagItem("imagerights.index.version").ShouldNotBeNull();
        }
    }

    private Task RecordedAsync(string id, string type = "fingerprint_recorded_v1", string field = "subjectId") => Eventually.HoldsAsync(
        async () => (await surroundings.StoredAsync(type)).ShouldContain(fact => fact.GetProperty(field).GetString() == id), Surroundings.Patience, $"{type} of {id}");

    // Everything published so far was consumed, screened and said.
    private Task QuietAsync() => Eventually.HoldsAsync(async () =>
    {
        (await surroundings.QueueLengthAsync("matching-image-fingerprinted")).ShouldBe(0u);
        service.Replica.Followers.ShouldAllBe(follower => follower.CaughtUp);
    }, Surroundings.Patience);
}
