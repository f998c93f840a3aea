using System.Text.Json;
using ImageRights.Contracts;
using ImageRights.EventStore;
using ImageRights.Matching.Features.DescribingWorkSearches;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Projections;
using ImageRights.Matching.Publishing;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using ImageRights.Matching.Sellers;
using ImageRights.Matching.Suspensions;
using ImageRights.TestKit;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

public class ContractTests
{
    private const string Digits = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22";
    private static readonly Thresholds Used = new("pdq/1", 31, 50, 1234);
    private static readonly IReadOnlyList<string> Turned = [.. Enumerable.Repeat(Digits, 8)];

    private static readonly PictureFeatures Seen = new("eye/1", Digits, [new PictureRegion(0.125, 0.25, 0.5, 0.75, Digits, true)], "AQID");
    private static readonly Evidence Proof = new(
        "eye/1", MatchClass.Crop, false, [new(0, 0), new(1, 0), new(1, 1), new(0, 1)], [new(0.25, 0), new(0.75, 0), new(0.75, 1), new(0.25, 1)], 100, 50, 3, 41, 60, 55);

    /// <summary>Each fact with everything it can hold and with only what it must.</summary>
    private static readonly Dictionary<string, (object Complete, object Required)> Facts = new()
    {
        ["fingerprint_recorded_v1"] = (
            new FingerprintRecorded(PictureRole.Upload, "img_1", "acct_1", Surface.VideoCover, "listing_1", Digits, Digits, Turned, 87, "pdq/1", Noon, Seen, 1, Digits),
            new FingerprintRecorded(PictureRole.Work, "wrk_1", "acct_1", null, null, Digits, Digits, Turned, 0, "pdq/1", Noon)),
        ["fingerprint_renewed_v1"] = (
            new FingerprintRenewed(new FingerprintRecorded(PictureRole.Upload, "img_1", "acct_1", Surface.VideoCover, "listing_1", Digits, Digits, Turned, 87, "pdq/1", Noon, Seen, 2, Digits)),
            new FingerprintRenewed(new FingerprintRecorded(PictureRole.Work, "wrk_1", "acct_1", null, null, Digits, Digits, Turned, 0, "pdq/1", Noon))),
        ["unreadable_recorded_v1"] = (
            new UnreadableRecorded(PictureRole.Upload, "img_1", "acct_1", Surface.Avatar, "listing_1", Digits, "Image_Truncated", Noon),
            new UnreadableRecorded(PictureRole.Work, "wrk_1", "acct_1", null, null, Digits, "Image_Truncated", Noon)),
        ["picture_withdrawn_v1"] = (new PictureWithdrawn("img_1", "acct_1", Noon), new PictureWithdrawn("img_1", "acct_1", Noon)),
        ["work_withdrawn_v1"] = (new WorkWithdrawn("wrk_1", "acct_1", Noon), new WorkWithdrawn("wrk_1", "acct_1", Noon)),
        ["licence_recorded_v1"] = (
            new LicenceRecorded("lic_1", "wrk_1", "acct_2", Noon, Noon.AddDays(30), Noon), new LicenceRecorded("lic_1", "wrk_1", "acct_2", Noon, null, Noon)),
        ["licence_ended_recorded_v1"] = (new LicenceEndRecorded("lic_1", "wrk_1", "acct_2", Noon), new LicenceEndRecorded("lic_1", "wrk_1", "acct_2", Noon)),
        ["removal_recorded_v1"] = (new RemovalRecorded("msr_1", "case_1", "img_1", Noon), new RemovalRecorded("msr_1", "case_1", "img_1", Noon)),
        ["removal_ended_recorded_v1"] = (new RemovalEndRecorded("msr_1", "case_1", "img_1", Noon), new RemovalEndRecorded("msr_1", "case_1", "img_1", Noon)),
        ["suspension_recorded_v1"] = (new SuspensionRecorded("wsp_1", "wrk_1", Noon), new SuspensionRecorded("wsp_1", "wrk_1", Noon)),
        ["suspension_ended_recorded_v1"] = (new SuspensionEndRecorded("wsp_1", "wrk_1", Noon), new SuspensionEndRecorded("wsp_1", "wrk_1", Noon)),
        ["seller_recorded_v1"] = (new SellerRecorded("acct_1", Digits, [Digits, Digits], Noon), new SellerRecorded("acct_1", null, [], Noon)),
        ["image_screened_v1"] = (
            new ImageScreened("img_1", "acct_1", Surface.Listing, "listing_1", Verdict.Match,
            [
                new Match(Bank.Works, "wrk_1", "acct_2", 3, Orientation.FlipMinus1, Disposition.Hit, null, Proof),
                new Match(Bank.Uploads, "img_0", "acct_3", 9, Orientation.Original, Disposition.Licensed, "lic_1"),
                new Match(Bank.Removed, "img_3", "acct_1", 12, Orientation.Original, Disposition.Hit, null, CaseId: "case_1"),
            ], Used with { Removed = new BandLimits(0.5, 0.95) }, null, Noon),
            new ImageScreened("img_1", "acct_1", Surface.Listing, null, Verdict.Unreadable, [], Used, "Image_Truncated", Noon)),
        ["copy_found_v1"] = (
            new CopyFound("wrk_1", "acct_2", "img_1", "acct_1", Surface.Review, "listing_1", 5, Orientation.Rotate90, Used, Noon, Proof),
            new CopyFound("wrk_1", "acct_2", "img_1", "acct_1", Surface.Review, null, 5, Orientation.Rotate90, Used, Noon)),
        ["ownership_conflict_found_v1"] = (
            new OwnershipConflictFound("wrk_2", "acct_2", "wrk_1", "acct_1", 5, Orientation.FlipX, Used, Noon),
            new OwnershipConflictFound("wrk_2", "acct_2", "wrk_1", "acct_1", 5, Orientation.FlipX, Used, Noon)),
        ["work_search_requested_v1"] = (new WorkSearchRequested("wrk_1", "acct_1"), new WorkSearchRequested("wrk_1", "acct_1")),
        ["work_searched_v1"] = (new WorkSearched("wrk_1", "acct_1", 12345, 2345, 3, 1, Used, Noon), new WorkSearched("wrk_1", "acct_1", 0, 0, 0, 0, Used, Noon)),
        ["rescan_requested_v1"] = (new RescanRequested("rsc_1", Noon), new RescanRequested("rsc_1", Noon)),
        ["rescan_advanced_v1"] = (
            new RescanAdvanced("rsc_1", 1234, 900, 300, 4, 301, Noon, Noon.AddSeconds(5), Noon.AddSeconds(65)),
            new RescanAdvanced("rsc_1", 1234, 900, 900, 7, null, Noon, Noon.AddSeconds(5), Noon.AddSeconds(185))),
    };

    public static TheoryData<string> Names() => [.. Facts.Keys];

    [Fact]
    public void The_names_table_holds_these_facts_and_no_others()
    {
        Options().Events.Mapped.ToDictionary(pair => pair.Value, pair => pair.Key).ShouldBe(Facts.ToDictionary(pair => pair.Key, pair => pair.Value.Complete.GetType()), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stored_fact_looks_as_it_always_has(string name)
    {
        foreach (var (fact, form) in new[] { (Facts[name].Complete, "complete"), (Facts[name].Required, "required") })
        {
            var json = JsonSerializer.Serialize(fact, fact.GetType(), StoreOptions.Json);
            Golden.Matches($"{name}.{form}.json", Pretty(json));
            JsonSerializer.Serialize(JsonSerializer.Deserialize(json, fact.GetType(), StoreOptions.Json), fact.GetType(), StoreOptions.Json).ShouldBe(json);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_fact_is_published_as_its_contract_or_stays_inside(string name)
    {
        var contract = MatchingContracts.Translate(At(1, Facts[name].Complete, "tenant"));
        var isPublished = name is "image_screened_v1" or "copy_found_v1" or "ownership_conflict_found_v1" or "work_searched_v1";
        (contract is not null).ShouldBe(isPublished);
        if (contract is null) return;
        Subscriptions.Queues.Keys.ShouldContain(contract.GetType());
        Golden.Matches($"contract.{contract.GetType().Name}.json", Pretty(JsonSerializer.Serialize(contract, contract.GetType(), StoreOptions.Json)));
    }

    [Fact]
    public void The_largest_screening_is_told_with_the_evidence_that_weighs_most()
    {
        const double Longest = 0.1234;
        var largest = Proof with
        {
            UploadArea = [.. Enumerable.Repeat(new Corner(Longest, Longest), 4)], ReferenceArea = [.. Enumerable.Repeat(new Corner(Longest, Longest), 4)], Score = Longest,
            Overlays = [.. Enumerable.Repeat(new Area(Longest, Longest, Longest, Longest), 8)],
        };
        var id = new string('a', 36);
        // The seller's own come first by distance; what was taken from others weighs more.
        IReadOnlyList<Match> matches =
        [
            .. Enumerable.Range(0, 25).Select(number => new Match(Bank.Uploads, $"own_{id}{number}", $"acct_{id}", number, Orientation.FlipMinus1, Disposition.Own, null, largest, Band.Review)),
            .. Enumerable.Range(25, 25).Select(number => new Match(Bank.Removed, $"img_{id}{number}", $"acct_{id}", number, Orientation.FlipMinus1, Disposition.Hit, null, largest, Band.Review, $"case_{id}")),
        ];
        var fact = (ImageScreened)Facts["image_screened_v1"].Complete with
        {
            Matches = matches, Related = [.. Enumerable.Repeat(new RelatedPicture(Bank.Uploads, $"img_{id}", $"acct_{id}", largest with { Overlays = null }), Judgement.MostRelated)],
        };
        var told = (Contracts.Matching.V1.ImageScreened)MatchingContracts.Translate(At(1, fact, "tenant"))!;
        told.Matches.Select(match => match.ReferenceId).ShouldBe(matches.Select(match => match.ReferenceId));
        told.Matches.Where(match => match.Evidence is not null).Select(match => match.ReferenceId).ShouldBe(matches.Skip(25).Take(MatchingContracts.MostWithEvidence).Select(match => match.ReferenceId));
        told.EvidenceLeftOut.ShouldBe(40);
        // All of it would be 59 KB; with envelope, checkpoint and longer ids of accounts, more than an event may have.
        JsonSerializer.SerializeToUtf8Bytes(told, StoreOptions.Json).Length.ShouldBeLessThan(32 * 1024);
        ((Contracts.Matching.V1.ImageScreened)MatchingContracts.Translate(At(1, fact with { Matches = [.. matches.Take(MatchingContracts.MostWithEvidence)] }, "tenant"))!).EvidenceLeftOut.ShouldBeNull();
    }

    [Fact]
    public void A_fact_in_neither_list_is_a_fault() => Should.Throw<InvalidOperationException>(() => MatchingContracts.Translate(At(1, "unheard of")));

    [Fact]
    public void A_screening_reads_as_its_stream_says()
    {
        var upload = (FingerprintRecorded)Facts["fingerprint_recorded_v1"].Complete;
        var screened = (ImageScreened)Facts["image_screened_v1"].Complete;
        var withdrawn = (PictureWithdrawn)Facts["picture_withdrawn_v1"].Complete;

        var pending = Fold(upload)!;
        (pending.Status, pending.Verdict, pending.Surface, pending.ReceivedAt).ShouldBe((ScreeningStatus.Pending, null, Surface.VideoCover, Noon));
        Golden.Matches("view.pending.json", Pretty(JsonSerializer.Serialize(pending, StoreOptions.Json)));

        var done = Fold(withdrawn, upload, screened)!;
        (done.Status, done.Verdict, done.Matches.Count, done.WithdrawnAt).ShouldBe((ScreeningStatus.Screened, Verdict.Match, 3, Noon));
        Golden.Matches("view.screened.json", Pretty(JsonSerializer.Serialize(done, StoreOptions.Json)));
    }

    [Fact]
    public void Whose_portrait_was_found_its_uploader_is_not_told()
    {
        var evidence = Proof with { Class = MatchClass.SameScene };
        var view = Fold(Facts["fingerprint_recorded_v1"].Complete, (ImageScreened)Facts["image_screened_v1"].Complete with
        {
            Matches =
            [
                new Match(Bank.Portraits, "wrk_secret", "secret", 3, Orientation.Original, Disposition.Hit, null, Proof, Band.Auto),
                new Match(Bank.Uploads, "img_secret", "secret", 4, Orientation.Original, Disposition.Hit, null, Proof),
                new Match(Bank.Removed, "img_secret2", "secret", 5, Orientation.Original, Disposition.Hit, null, Proof, CaseId: "case_secret"),
                new Match(Bank.Works, "wrk_9", "painter", 9, Orientation.Original, Disposition.Hit, null, Proof),
                new Match(Bank.Portraits, "wrk_own", "acct_1", 9, Orientation.Original, Disposition.Own, null, Proof),
            ],
            Related =
            [
                new RelatedPicture(Bank.Portraits, "wrk_secret3", "stranger", evidence), new RelatedPicture(Bank.Uploads, "img_secret4", "secret", evidence), new RelatedPicture(Bank.Uploads, "img_5", "other", evidence),
            ],
        })!;
        var told = view.ForUploader();
        JsonSerializer.Serialize(told, StoreOptions.Json).ShouldNotContain("secret");
        told.Matches.Select(match => (match.Bank, match.ReferenceId, match.Disposition, match.Band)).ShouldBe(
        [
            (Bank.Portraits, "withheld", Disposition.Hit, Band.Auto), (Bank.Uploads, "withheld", Disposition.Hit, null), (Bank.Removed, "withheld", Disposition.Hit, null),
            (Bank.Works, "wrk_9", Disposition.Hit, null), (Bank.Portraits, "wrk_own", Disposition.Own, null),
        ]);
        told.Related!.ShouldHaveSingleItem().ReferenceId.ShouldBe("img_5");
    }

    [Fact]
    public void Nobody_hears_where_a_portrait_was_found() =>
        MatchingContracts.Translate(At(1, (CopyFound)Facts["copy_found_v1"].Complete with { IsPortrait = true })).ShouldBeNull();

    [Fact]
    public void A_work_has_no_screening() =>
        Fold(Facts["fingerprint_recorded_v1"].Required, Facts["copy_found_v1"].Complete, Facts["ownership_conflict_found_v1"].Complete).ShouldBeNull();

    [Fact]
    public void A_work_s_search_reads_as_its_facts_say()
    {
        object work = Facts["fingerprint_recorded_v1"].Required, requested = Facts["work_search_requested_v1"].Complete, searched = Facts["work_searched_v1"].Complete;
        object copy = Facts["copy_found_v1"].Complete, gone = Facts["work_withdrawn_v1"].Complete, renewed = Facts["fingerprint_renewed_v1"].Required;
        Status(work, requested).ShouldBe(WorkSearchStatus.Waiting);
        Status(work, requested, renewed, copy, searched, gone).ShouldBe(WorkSearchStatus.Done);
        Status(Facts["unreadable_recorded_v1"].Required).ShouldBe(WorkSearchStatus.Unreadable);
        Status(work, requested, gone).ShouldBeNull("it waits no more");
        Status(work, renewed, copy).ShouldBeNull("it is from before searches were recorded");
        Status(Facts["fingerprint_recorded_v1"].Complete, Facts["image_screened_v1"].Complete).ShouldBeNull("an upload is screened");
        Status(Facts["unreadable_recorded_v1"].Complete).ShouldBeNull();
        Golden.Matches("view.work-search.waiting.json", Pretty(JsonSerializer.Serialize(FoldSearch(work, requested), StoreOptions.Json)));
        Golden.Matches("view.work-search.done.json", Pretty(JsonSerializer.Serialize(FoldSearch(work, requested, copy, searched), StoreOptions.Json)));
        Golden.Matches("view.work-search.unreadable.json", Pretty(JsonSerializer.Serialize(FoldSearch(Facts["unreadable_recorded_v1"].Required), StoreOptions.Json)));

        static WorkSearchStatus? Status(params object[] facts) => FoldSearch(facts)?.Status;
        static WorkSearchView? FoldSearch(params object[] facts) =>
            facts.Select((fact, index) => At(index + 1, fact)).Aggregate((WorkSearchView?)null, WorkSearchView.Evolve);
    }

    [Fact]
    public void The_time_left_for_searches_follows_from_their_rate()
    {
        new WorkSearches(1800, Noon, 3200, 2, 12.5).SecondsLeft.ShouldBe(144);
        new WorkSearches(1800, Noon, 3200, 2, null).SecondsLeft.ShouldBeNull();
        new WorkSearches(0, null, 5000, 2, 12.5).SecondsLeft.ShouldBeNull();
    }

    [Fact]
    public void Only_hits_on_works_are_copies()
    {
        CopyView.Of(Facts["image_screened_v1"].Complete).Select(copy => (copy.Id, copy.FoundBy)).ShouldBe([("wrk_1:img_1", FoundBy.Screening)]);
        CopyView.Of(Facts["copy_found_v1"].Complete).Select(copy => (copy.Id, copy.FoundBy)).ShouldBe([("wrk_1:img_1", FoundBy.Registration)]);
        CopyView.Of(Facts["ownership_conflict_found_v1"].Complete).ShouldBeEmpty();
    }

    [Fact]
    public void A_rescan_reads_as_its_last_fact_says()
    {
        var waiting = RescanView.Of((RescanRequested)Facts["rescan_requested_v1"].Complete);
        (waiting.Status, waiting.Left, waiting.Rate, waiting.SecondsLeft).ShouldBe((RescanStatus.Waiting, null, null, null));
        var running = RescanView.Of((RescanAdvanced)Facts["rescan_advanced_v1"].Complete);
        (running.Status, running.Left, running.Rate, running.SecondsLeft).ShouldBe((RescanStatus.Running, 600, 5, 120));
        Golden.Matches("view.rescan.json", Pretty(JsonSerializer.Serialize(running, StoreOptions.Json)));
        JsonSerializer.Deserialize<RescanView>(JsonSerializer.Serialize(running, StoreOptions.Json), StoreOptions.Json).ShouldBe(running);
        var done = RescanView.Of((RescanAdvanced)Facts["rescan_advanced_v1"].Required);
        (done.Status, done.Left, done.SecondsLeft).ShouldBe((RescanStatus.Done, 0, 0));
    }

    private static ScreeningView? Fold(params object[] facts) =>
        facts.Select((fact, index) => At(index + 1, fact)).Aggregate((ScreeningView?)null, ScreeningView.Evolve);

    private static StoreOptions Options()
    {
        var options = new StoreOptions();
        Composition.Describe(options);
        return options;
    }

    private static string Pretty(string json) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(json), new JsonSerializerOptions { WriteIndented = true });
}
