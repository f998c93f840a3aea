using System.Diagnostics.Metrics;
using ImageRights.EventStore;
using ImageRights.Matching.Index;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using ImageRights.Matching.Suspensions;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

/// <summary>The index as it was at any place of the log.</summary>
public class IndexHistoryTests
{
    private static readonly PdqHash Hash = RandomHash(new Random(11));

    [Fact]
    public void A_picture_sees_only_what_came_before_it_however_far_the_index_has_read()
    {
        var log = Log(Upload("1", "a", Hash), Upload("2", "b", Hash), Upload("3", "c", Hash));
        var tenant = IndexOf(log).For("t");
        Found(tenant, tenant.VersionBefore(log[0].Position)).ShouldBeEmpty();
        Found(tenant, tenant.VersionBefore(log[1].Position)).ShouldBe(["1"]);
        Found(tenant, tenant.VersionBefore(log[2].Position)).ShouldBe(["1", "2"]);
        Found(tenant, tenant.Version).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public void The_log_is_ordered_by_transaction_first()
    {
        RecordedEvent[] log = [At(9, Upload("1", "a", Hash), transaction: 100), At(2, Upload("2", "b", Hash), transaction: 101)];
        var tenant = IndexOf(log).For("t");
        Found(tenant, tenant.VersionBefore(log[1].Position)).ShouldBe(["1"]);
        tenant.Version.ShouldBe(2);
    }

    [Fact]
    public void A_withdrawn_picture_is_found_no_more_but_was_found_before()
    {
        var tenant = IndexOf(Log(Upload("1", "a", Hash), new PictureWithdrawn("1", "a", Noon), Upload("2", "b", Hash))).For("t");
        Found(tenant, 1).ShouldBe(["1"]);
        Found(tenant, 2).ShouldBeEmpty();
        Found(tenant, 3).ShouldBe(["2"]);
        Enumerable.Range(0, 4).Select(version => tenant.UploadsAt(version).Uploads).ShouldBe([0, 1, 0, 1]);
        tenant.Count(Bank.Uploads).ShouldBe(1);
    }

    [Fact]
    public void A_withdrawal_that_overtook_the_fingerprint_counts()
    {
        var tenant = IndexOf(Log(new PictureWithdrawn("1", "a", Noon), Upload("1", "a", Hash))).For("t");
        Found(tenant, tenant.Version).ShouldBeEmpty();
        tenant.Count(Bank.Uploads).ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_withdrawn_work_is_found_no_more_but_was_found_before(bool withdrawalIsKnownFirst)
    {
        object[] facts = [Work("w", "a", Hash), new WorkWithdrawn("w", "a", Noon)];
        var tenant = IndexOf(Log(withdrawalIsKnownFirst ? facts.Reverse() : facts)).For("t");
        tenant.Search(Bank.Works, [Hash], 31, 1).Count.ShouldBe(withdrawalIsKnownFirst ? 0 : 1);
        tenant.Search(Bank.Works, [Hash], 31, 2).ShouldBeEmpty();
        (tenant.Count(Bank.Works), tenant.Version).ShouldBe((0, 2));
    }

    [Fact]
    public void A_suspended_work_is_not_found_until_the_last_suspension_ends_in_whatever_order_they_are_heard()
    {
        var tenant = IndexOf(Log(
            Work("w", "a", Hash), new SuspensionRecorded("s", "w", Noon), new SuspensionEndRecorded("s", "w", Noon), new SuspensionEndRecorded("t", "w", Noon), new SuspensionRecorded("t", "w", Noon),
            new SuspensionRecorded("u", "w", Noon), new SuspensionRecorded("v", "unknown", Noon))).For("t");
        Enumerable.Range(1, 7).Select(version => tenant.Search(Bank.Works, [Hash], 31, version).Count).ShouldBe([1, 0, 1, 1, 1, 0, 0]);
        tenant.Suspended.ShouldBe(2);
    }

    [Fact]
    public void A_removed_or_portrayed_picture_that_is_renewed_is_found_once_and_stays_what_it_is()
    {
        var tenant = IndexOf(Log(
            Upload("1", "a", Hash), new RemovalRecorded("m", "case", "1", Noon), new FingerprintRenewed(Upload("1", "a", Off(Hash, 2))), new PictureWithdrawn("1", "a", Noon),
            Work("p", "b", Hash) with { Role = PictureRole.Portrait }, new FingerprintRenewed(Work("p", "b", Off(Hash, 3)) with { Role = PictureRole.Portrait }))).For("t");
        foreach (var (version, distance) in new[] { (2, 0), (3, 2), (4, 2) })
        {
            var removed = tenant.Search(Bank.Uploads, [Hash], 31, version).ShouldHaveSingleItem();
            (removed.Distance, removed.RemovedIn, removed.IsWithdrawn).ShouldBe((distance, "case", version == 4));
        }
        var portrait = tenant.Search(Bank.Works, [Hash], 31, 6).ShouldHaveSingleItem();
        (portrait.Distance, portrait.IsPortrait, tenant.Count(Bank.Portraits), tenant.Count(Bank.Works)).ShouldBe((3, true, 1, 0));
    }

    [Fact]
    public void Portraits_are_found_with_the_works_and_counted_apart()
    {
        var tenant = IndexOf(Log(Work("w", "a", Hash), Work("p", "b", Hash) with { Role = PictureRole.Portrait }, Work("q", "b", Hash) with { Role = PictureRole.Portrait }, new WorkWithdrawn("q", "b", Noon))).For("t");
        tenant.Search(Bank.Works, [Hash], 31, 4).Select(found => (found.Id, found.IsPortrait)).ShouldBe([("w", false), ("p", true)]);
        (tenant.Count(Bank.Works), tenant.Count(Bank.Portraits)).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("fingerprint, withdrawal, removal")]
    [InlineData("fingerprint, removal, withdrawal")]
    [InlineData("removal, fingerprint, withdrawal")]
    [InlineData("withdrawal, removal, fingerprint")]
    [InlineData("withdrawal, fingerprint, removal")]
    [InlineData("removal, withdrawal, fingerprint")]
    public void A_removed_picture_is_found_until_the_measure_is_lifted_though_it_is_withdrawn(string order)
    {
        var facts = order.Split(", ").Select(name => name switch
        {
            "fingerprint" => (object)Upload("1", "a", Hash),
            "withdrawal" => new PictureWithdrawn("1", "a", Noon),
            _ => new RemovalRecorded("m", "case", "1", Noon),
        });
        var tenant = IndexOf(Log([.. facts, new RemovalEndRecorded("m", "case", "1", Noon)])).For("t");
        var found = tenant.Search(Bank.Uploads, [Hash], 31, 3).ShouldHaveSingleItem();
        (found.Id, found.RemovedIn, found.IsWithdrawn).ShouldBe(("1", "case", true));
        tenant.Find(Bank.Removed, new PictureQuery([Hash], 100, null, null), 31, 3).ShouldHaveSingleItem().RemovedIn.ShouldBe("case");
        Found(tenant, 4).ShouldBeEmpty();
        (tenant.Count(Bank.Uploads), tenant.Count(Bank.Removed)).ShouldBe((0, 0));
    }

    [Fact]
    public void A_removed_picture_is_an_ordinary_upload_before_and_after_its_measures()
    {
        var tenant = IndexOf(Log(
            Upload("1", "a", Hash), new RemovalRecorded("m", "first", "1", Noon), new RemovalRecorded("n", "second", "1", Noon),
            new RemovalEndRecorded("m", "first", "1", Noon), new RemovalEndRecorded("n", "second", "1", Noon), new RemovalRecorded("o", "third", "1", Noon))).For("t");
        Enumerable.Range(1, 6).Select(version => tenant.Search(Bank.Uploads, [Hash], 31, version).ShouldHaveSingleItem().RemovedIn)
            .ShouldBe([null, "first", "first", "second", null, "third"]);
        (tenant.Count(Bank.Uploads), tenant.Count(Bank.Removed)).ShouldBe((1, 1));
    }

    [Fact]
    public void A_measure_that_was_lifted_before_it_was_heard_of_keeps_nothing_down()
    {
        var tenant = IndexOf(Log(Upload("1", "a", Hash), new RemovalEndRecorded("m", "case", "1", Noon), new RemovalRecorded("m", "case", "1", Noon))).For("t");
        tenant.Search(Bank.Uploads, [Hash], 31, 3).ShouldHaveSingleItem().RemovedIn.ShouldBeNull();
        tenant.Count(Bank.Removed).ShouldBe(0);
    }

    [Fact]
    public void A_renewed_picture_is_found_by_its_old_fingerprint_before_and_by_its_new_one_after_and_once_at_any_version()
    {
        var (far, near) = (Off(Hash, 100), Off(Hash, 4));
        var tenant = IndexOf(Log(
            Upload("1", "a", Hash), Upload("2", "b", Hash), Renewed(Upload("1", "a", near)), Renewed(Upload("2", "b", far)), Renewed(Upload("2", "b", far)))).For("t");
        Found(tenant, 2).ShouldBe(["1", "2"]);
        tenant.Search(Bank.Uploads, [Hash], 31, 2).Select(found => found.Distance).ShouldBe([0, 0]);
        Found(tenant, 3).ShouldBe(["1", "2"], "in the order in which they came first");
        tenant.Search(Bank.Uploads, [Hash], 31, 3).Select(found => found.Distance).ShouldBe([4, 0]);
        Found(tenant, 4).ShouldBe(["1"]);
        tenant.Search(Bank.Uploads, [far], 0, 4).ShouldHaveSingleItem().Id.ShouldBe("2");
        Found(tenant, 5).ShouldBe(["1"]);
        (tenant.Count(Bank.Uploads), tenant.Version).ShouldBe((2, 5));
    }

    [Fact]
    public void A_withdrawn_picture_stays_withdrawn_when_it_is_renewed_and_one_that_was_renewed_can_be_withdrawn()
    {
        var tenant = IndexOf(Log(
            Upload("1", "a", Hash), new PictureWithdrawn("1", "a", Noon), Renewed(Upload("1", "a", Off(Hash, 1))), Upload("2", "a", Hash), Renewed(Upload("2", "a", Off(Hash, 1))),
            new PictureWithdrawn("2", "a", Noon), new PictureWithdrawn("3", "a", Noon), Upload("3", "a", Hash), Renewed(Upload("3", "a", Off(Hash, 1))))).For("t");
        Found(tenant, 3).ShouldBeEmpty();
        Found(tenant, 5).ShouldBe(["2"]);
        Found(tenant, tenant.Version).ShouldBeEmpty();
        tenant.Count(Bank.Uploads).ShouldBe(0);
    }

    [Fact]
    public void Searches_while_pictures_are_renewed_find_each_of_them_once()
    {
        const int Pictures = 2_000;
        var log = Log(Enumerable.Range(0, 4 * Pictures).Select(number => number < Pictures
            ? (object)Upload($"{number}", "a", Hash)
            : Renewed(Upload($"{number % Pictures}", "a", Off(Hash, number / Pictures)))));
        var index = IndexOf(log[..Pictures]);
        var (tenant, faults) = (index.For("t"), 0);
        var writing = Task.Run(() =>
        {
            foreach (var @event in log[Pictures..]) index.Apply([@event]);
        });
        do
        {
            if (Found(tenant, tenant.Version).Distinct().Count() != Pictures || Found(tenant, tenant.Version).Count() != Pictures) faults++;
        }
        while (!writing.IsCompleted);
        writing.IsCompletedSuccessfully.ShouldBeTrue();
        faults.ShouldBe(0);
    }

    [Fact]
    public void Features_that_cannot_be_read_do_not_displace_those_that_can()
    {
        var random = new Random(5);
        var (sign, whole) = (RandomHash(random).ToString(), Upload("1", "a", Hash));
        var picture = whole with { Features = new PictureFeatures(FeatureSet.Algorithm, sign, [], null) };
        var unheard = Renewed(Upload("1", "a", Off(Hash, 60)) with { Features = new PictureFeatures("eye/999", "?", [], null) });
        var tenant = IndexOf(Log(picture, unheard, Renewed(picture))).For("t");
        foreach (var version in (long[])[1, 2, 3])
            tenant.Find(Bank.Uploads, PictureQuery.Of(picture) with { Sha256 = null }, 31, version).ShouldHaveSingleItem().Evidence!.Distance.ShouldBe(0);
    }

    [Fact]
    public void A_featureless_picture_is_not_matched_against()
    {
        var tenant = IndexOf(Log(Upload("49", "a", Hash, quality: 49), Upload("50", "a", Hash, quality: 50))).For("t");
        Found(tenant, tenant.Version).ShouldBe(["50"]);
        tenant.Version.ShouldBe(2);
    }

    [Fact]
    public void Reading_the_log_again_changes_nothing()
    {
        RecordedEvent[] log =
        [
            .. Log(Upload("1", "a", Hash), Work("w", "a", Hash), Licence("l", "w", "b", Noon), Upload("2", "b", Hash), new PictureWithdrawn("1", "a", Noon)),
        ];
        var index = IndexOf(log);
        index.Apply(log);
        index.Apply(log[2..]);
        index.For("t").Version.ShouldBe(5);
        Found(index.For("t"), 5).ShouldBe(["2"]);
        index.For("t").Count(Bank.Works).ShouldBe(1);
    }

    [Fact]
    public void Pages_of_any_length_give_the_same_index()
    {
        var random = new Random(3);
        var log = Log(Enumerable.Range(0, 300).Select(number => (object)(number % 9 == 8
            ? new PictureWithdrawn($"{random.Next(number)}", "a", Noon)
            : Upload($"{number}", "a", Off(Hash, random.Next(60))))));
        var atOnce = IndexOf(log).For("t");
        var index = IndexOf();
        for (var at = 0; at < log.Length;)
        {
            var length = Math.Min(random.Next(1, 40), log.Length - at);
            index.Apply(log[at..(at + length)]);
            at += length;
        }
        for (var version = 0; version <= log.Length; version++) Found(index.For("t"), version).ShouldBe(Found(atOnce, version));
    }

    [Fact]
    public void Tenants_are_apart()
    {
        var index = IndexOf(At(1, Upload("1", "a", Hash), tenant: "red"), At(2, Upload("2", "a", Hash), tenant: "blue"));
        Found(index.For("red"), 10).ShouldBe(["1"]);
        Found(index.For("blue"), 10).ShouldBe(["2"]);
        Found(index.For("green"), 10).ShouldBeEmpty();
    }

    [Fact]
    public void A_licence_covers_its_term_to_the_last_instant_for_its_work_and_licensee_only()
    {
        var tenant = IndexOf(Log(Licence("l", "w", "b", Noon, Noon.AddDays(1)))).For("t");
        var licences = tenant.LicencesAt(1);
        licences("w", "b", Noon).ShouldBe("l");
        licences("w", "b", Noon.AddDays(1)).ShouldBe("l");
        licences("w", "b", Noon.AddTicks(-1)).ShouldBeNull();
        licences("w", "b", Noon.AddDays(1).AddTicks(1)).ShouldBeNull();
        licences("w", "c", Noon).ShouldBeNull();
        licences("v", "b", Noon).ShouldBeNull();
        tenant.LicencesAt(0)("w", "b", Noon).ShouldBeNull("it was not known then");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_ended_licence_covers_what_came_before_its_end(bool endIsKnownFirst)
    {
        object[] facts = [Licence("l", "w", "b", Noon), new LicenceEndRecorded("l", "w", "b", Noon.AddHours(1))];
        var tenant = IndexOf(Log(endIsKnownFirst ? facts.Reverse() : facts)).For("t");
        tenant.LicencesAt(2)("w", "b", Noon.AddMinutes(59)).ShouldBe("l");
        tenant.LicencesAt(2)("w", "b", Noon.AddHours(1)).ShouldBeNull();
        if (!endIsKnownFirst) tenant.LicencesAt(1)("w", "b", Noon.AddHours(1)).ShouldBe("l", "its end was not known then");
    }

    [Fact]
    public void A_second_licence_covers_where_the_first_has_ended()
    {
        var tenant = IndexOf(Log(Licence("l", "w", "b", Noon), new LicenceEndRecorded("l", "w", "b", Noon.AddHours(1)), Licence("m", "w", "b", Noon.AddHours(2)))).For("t");
        tenant.LicencesAt(3)("w", "b", Noon.AddHours(3)).ShouldBe("m");
    }

    [Fact]
    public async Task Waiting_for_a_place_in_the_log_ends_when_the_index_gets_there()
    {
        var log = Log(Upload("1", "a", Hash), Upload("2", "b", Hash));
        var index = IndexOf(log[..1]);
        await index.ReachAsync(log[0].Position, CancellationToken.None);
        var waiting = index.ReachAsync(log[1].Position, CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();
        index.Apply(log[1..]);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Searches_while_the_index_grows_see_a_prefix_and_no_half_written_picture()
    {
        var random = new Random(8);
        var hashes = Enumerable.Range(0, 20_000).Select(_ => RandomHash(random)).ToArray();
        var index = IndexOf();
        var tenant = index.For("t");
        var writing = Task.Run(() =>
        {
            for (var number = 0; number < hashes.Length; number++) index.Apply([At(number + 1, Upload($"{number}", "a", hashes[number]))]);
        });
        var faults = 0;
        while (!writing.IsCompleted)
        {
            var version = tenant.Version;
            if (version == 0) continue;
            var wanted = (int)version - 1;
            var found = tenant.Search(Bank.Uploads, [hashes[wanted]], 0, version);
            if (found is not [{ Distance: 0 } one] || one.Id != $"{wanted}" || one.AccountId != "a") faults++;
            if (tenant.Search(Bank.Uploads, [hashes[wanted]], 0, version - 1).Count != 0) faults++;
        }
        writing.IsCompletedSuccessfully.ShouldBeTrue();
        faults.ShouldBe(0);
    }

    [Fact]
    public void The_number_of_pictures_that_can_be_found_is_measured_by_bank()
    {
        var index = IndexOf(Log(Upload("1", "a", Hash), Upload("2", "a", Hash), Work("w", "a", Hash), new PictureWithdrawn("1", "a", Noon), new RemovalRecorded("m", "case", "1", Noon)));
        var measured = new Dictionary<string, int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests of the process have an index of their own under the same name.
            if (instrument.Name == "imagerights.matching.index.pictures" && instrument.Meter.Scope == MetersOf(index)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => measured[(string)tags[0].Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        measured.ShouldBe(new Dictionary<string, int> { ["Works"] = 1, ["Portraits"] = 0, ["Removed"] = 1, ["Uploads"] = 1 }, ignoreOrder: true);
    }

    private static FingerprintRenewed Renewed(FingerprintRecorded picture) => new(picture with { Version = 1 });

    private static IEnumerable<string> Found(TenantIndex tenant, long asOf) => tenant.Search(Bank.Uploads, [Hash], 31, asOf).Select(found => found.Id);
}
