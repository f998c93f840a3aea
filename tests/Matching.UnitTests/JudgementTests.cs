using ImageRights.Matching.Screening;
using ImageRights.Matching.Sellers;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

public class JudgementTests
{
    private static readonly Thresholds Defaults = new("pdq/1", 31, 50, 7);
    private static readonly LicenceLookup NoLicence = (_, _, _) => null;

    [Fact]
    public void Nothing_near_is_clear()
    {
        var (verdict, matches) = Judgement.Judge("seller", Noon, [], [], NoLicence);
        verdict.ShouldBe(Verdict.Clear);
        matches.ShouldBeEmpty();
    }

    [Fact]
    public void Somebody_elses_work_is_a_match()
    {
        var (verdict, matches) = Judgement.Judge("seller", Noon, [Near("w", "author", 4, Orientation.FlipY)], [], NoLicence);
        verdict.ShouldBe(Verdict.Match);
        matches.ShouldBe([new Match(Bank.Works, "w", "author", 4, Orientation.FlipY, Disposition.Hit, null)]);
    }

    [Fact]
    public void Somebody_elses_upload_alone_is_a_match_too() =>
        Judgement.Judge("seller", Noon, [], [Near("i", "other")], NoLicence).Verdict.ShouldBe(Verdict.Match);

    [Fact]
    public void Own_pictures_are_named_and_are_no_hit()
    {
        var (verdict, matches) = Judgement.Judge("author", Noon, [Near("w", "author")], [Near("i", "author")], NoLicence);
        verdict.ShouldBe(Verdict.Clear);
        matches.Select(match => (match.Bank, match.Disposition)).ShouldBe([(Bank.Works, Disposition.Own), (Bank.Uploads, Disposition.Own)]);
    }

    [Fact]
    public void A_licence_at_the_time_of_upload_makes_it_licensed()
    {
        var (verdict, matches) = Judgement.Judge("seller", Noon, [Near("w", "author")], [], Licensed("w", "seller", "lic", Noon));
        verdict.ShouldBe(Verdict.Clear);
        matches.ShouldHaveSingleItem().ShouldBe(new Match(Bank.Works, "w", "author", 0, Orientation.Original, Disposition.Licensed, "lic"));
        Judgement.Judge("seller", Noon.AddDays(1), [Near("w", "author")], [], Licensed("w", "seller", "lic", Noon)).Verdict.ShouldBe(Verdict.Match);
    }

    [Fact]
    public void What_was_taken_down_is_a_hit_for_its_uploader_too_but_not_for_who_may_use_the_work()
    {
        var removed = Near("i", "seller") with { RemovedIn = "case_1", IsWithdrawn = true };
        var (verdict, matches) = Judgement.Judge("seller", Noon, [], [removed], NoLicence);
        verdict.ShouldBe(Verdict.Match);
        matches.ShouldHaveSingleItem().ShouldBe(new Match(Bank.Removed, "i", "seller", 0, Orientation.Original, Disposition.Hit, null, CaseId: "case_1"));
        Judgement.Judge("author", Noon, [Near("w", "author")], [removed], NoLicence).Verdict.ShouldBe(Verdict.Clear);
        Judgement.Judge("seller", Noon, [Near("w", "author")], [removed], Licensed("w", "seller", "lic", Noon)).Verdict.ShouldBe(Verdict.Clear);
    }

    [Fact]
    public void A_removed_picture_has_limits_of_its_own_and_goes_before_uploads()
    {
        var proof = new Evidence("eye/3", MatchClass.Crop, false, [], [], 100, 50, null, 41, 60, 55, 0.8);
        var removed = Near("removed", "thief", 9) with { RemovedIn = "case_1", Evidence = proof };
        var uploads = Enumerable.Range(0, 60).Select(number => Near($"{number}", "thief") with { Evidence = proof });
        var limits = Defaults with { Uploads = new BandLimits(0.5, 0.95), Removed = new BandLimits(0.5, 0.7) };
        var (_, matches) = Judgement.Judge("seller", Noon, [], [.. uploads, removed], NoLicence, limits);
        matches.Count.ShouldBe(Judgement.MostMatches);
        (matches[^1].Bank, matches[^1].Band, matches[0].Band).ShouldBe((Bank.Removed, Band.Auto, Band.Review));
    }

    [Fact]
    public void A_portrait_is_a_bank_of_its_own_with_rights_of_its_own()
    {
        var portrait = Near("p", "person") with { IsPortrait = true, Evidence = new Evidence("eye/3", MatchClass.Crop, false, [], [], 100, 50, null, 41, 60, 55, 0.8) };
        var limits = Defaults with { Works = new BandLimits(0.5, 0.7), Portraits = new BandLimits(0.5, 0.9) };
        var (verdict, matches) = Judgement.Judge("photographer", Noon, [Near("w", "photographer"), portrait], [], NoLicence, limits);
        verdict.ShouldBe(Verdict.Match, "who made the picture has not the right of whom it shows");
        matches.Select(match => (match.Bank, match.Disposition, match.Band)).ShouldBe([(Bank.Works, Disposition.Own, null), (Bank.Portraits, Disposition.Hit, Band.Review)]);
        Judgement.Judge("person", Noon, [portrait], [Near("i", "thief")], NoLicence).Verdict.ShouldBe(Verdict.Clear);
    }

    [Fact]
    public void A_new_portrait_is_found_in_uploads_and_is_in_conflict_with_nobody()
    {
        Neighbour[] earlier = [Near("w", "photographer"), Near("p", "sister") with { IsPortrait = true }];
        var portrait = Work("new", "person", default) with { Role = PictureRole.Portrait };
        var (copies, conflicts) = Judgement.JudgeWork(portrait, earlier, [Near("i1", "photographer"), Near("i2", "sister"), Near("i3", "person")], NoLicence, Defaults, Noon);
        copies.Select(copy => (copy.ImageId, copy.IsPortrait)).ShouldBe([("i1", true)]);
        conflicts.ShouldBeEmpty();
        Judgement.JudgeWork(Work("late", "rival", default), [earlier[1]], [], NoLicence, Defaults, Noon).Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void A_licence_for_one_work_does_not_cover_another_that_looks_the_same()
    {
        var (verdict, matches) = Judgement.Judge("seller", Noon, [Near("w", "author"), Near("v", "rival")], [], Licensed("w", "seller", "lic", Noon));
        verdict.ShouldBe(Verdict.Match);
        matches.Select(match => (match.ReferenceId, match.Disposition)).ShouldBe([("v", Disposition.Hit), ("w", Disposition.Licensed)]);
    }

    [Fact]
    public void A_picture_is_as_common_as_the_accounts_that_use_it()
    {
        var uploads = Enumerable.Range(0, 12).Select(number => Near($"i{number}", $"seller{number / 2}")).ToList();
        Judgement.CommonnessOf([Near("w", "author")], uploads, new AccountOwners().CountOf, commonFrom: 7).ShouldBe(new Commonness(6, 12, Noon, false, 6));
        Judgement.CommonnessOf([], uploads, new AccountOwners().CountOf, commonFrom: 6).IsCommon.ShouldBeTrue();
        Judgement.CommonnessOf([], [], new AccountOwners().CountOf, commonFrom: 6).ShouldBe(new Commonness(0, 0, null, false, 0));
        var owners = new AccountOwners();
        foreach (var seller in (string[])["seller0", "seller3"]) owners.Put(new SellerSignals(seller, 7, []));
        Judgement.CommonnessOf([], uploads, owners.CountOf, commonFrom: 6).ShouldBe(new Commonness(5, 12, Noon, false, 6));
    }

    [Fact]
    public void Who_owns_or_licensed_the_work_may_use_it_whoever_uploaded_it_before()
    {
        var owner = Judgement.Judge("author", Noon, [Near("w", "author")], [Near("i", "thief")], NoLicence);
        owner.Verdict.ShouldBe(Verdict.Clear);
        owner.Matches[1].Disposition.ShouldBe(Disposition.Own);

        var licensee = Judgement.Judge("seller", Noon, [Near("w", "author")], [Near("i", "author")], Licensed("w", "seller", "lic", Noon));
        licensee.Verdict.ShouldBe(Verdict.Clear);
        (licensee.Matches[1].Disposition, licensee.Matches[1].LicenceId).ShouldBe((Disposition.Licensed, "lic"));
    }

    [Fact]
    public void Matches_stand_closest_first_then_works_before_uploads_then_the_earliest_first()
    {
        var (_, matches) = Judgement.Judge(
            "seller", Noon, [Near("w9", "author", 9), Near("w3", "author", 3)], [Near("i3", "other", 3), Near("i1", "other", 1), Near("i1b", "other", 1)], NoLicence);
        matches.Select(match => match.ReferenceId).ShouldBe(["i1", "i1b", "w3", "i3", "w9"]);
    }

    [Fact]
    public void More_than_fifty_matches_keep_the_hits_on_works_and_the_verdict_rests_on_all()
    {
        var own = Enumerable.Range(0, 200).Select(number => Near($"own{number}", "seller")).ToArray();
        var (verdict, matches) = Judgement.Judge("seller", Noon, [Near("w", "author", 31)], own, NoLicence);
        verdict.ShouldBe(Verdict.Match);
        matches.Count.ShouldBe(Judgement.MostMatches);
        matches[^1].ReferenceId.ShouldBe("w");
        matches.Take(49).Select(match => match.ReferenceId).ShouldBe(own.Take(49).Select(neighbour => neighbour.Id));
    }

    [Fact]
    public void Without_an_account_every_match_is_a_hit() =>
        Judgement.Judge(null, Noon, [Near("w", "author")], [Near("i", "other")], (_, _, _) => "lic")
            .Matches.ShouldAllBe(match => match.Disposition == Disposition.Hit);

    [Fact]
    public void A_new_work_is_said_to_be_copied_by_each_earlier_upload_of_others()
    {
        var work = Work("w", "author", default);
        var (copies, conflicts) = Judgement.JudgeWork(
            work, [], [Near("i1", "thief", 5, Orientation.Rotate90), Near("i2", "author"), Near("i3", "thief"), Near("i4", "licensee")],
            Licensed("w", "licensee", "lic", Noon), Defaults, Noon);
        copies.Select(copy => copy.ImageId).ShouldBe(["i1", "i3"]);
        copies[0].ShouldBe(new CopyFound("w", "author", "i1", "thief", Surface.Listing, null, 5, Orientation.Rotate90, Defaults, Noon));
        conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void A_licence_that_did_not_run_when_the_upload_came_does_not_excuse_it() =>
        Judgement.JudgeWork(Work("w", "author", default), [], [Near("i", "licensee")], Licensed("w", "licensee", "lic", Noon.AddDays(1)), Defaults, Noon)
            .Copies.ShouldHaveSingleItem();

    [Fact]
    public void Two_accounts_with_the_same_work_are_in_conflict_and_the_earlier_is_no_copyist()
    {
        var (copies, conflicts) = Judgement.JudgeWork(
            Work("late", "rival", default), [Near("early", "author", 2, Orientation.Rotate90), Near("mine", "rival")], [Near("i1", "author"), Near("i2", "thief")],
            NoLicence, Defaults, Noon);
        conflicts.ShouldBe([new OwnershipConflictFound("late", "rival", "early", "author", 2, Orientation.Rotate270, Defaults, Noon)]);
        copies.Select(copy => copy.ImageId).ShouldBe(["i2"]);
    }

    [Fact]
    public void Of_two_works_the_one_that_was_registered_first_is_the_earlier_whichever_was_fingerprinted_first()
    {
        var work = Work("early", "author", default) with { OccurredAt = Noon };
        Neighbour[] fingerprinted = [Near("late", "rival", 2, Orientation.Rotate90) with { OccurredAt = Noon.AddSeconds(1) }];
        Judgement.JudgeWork(work, fingerprinted, [], NoLicence, Defaults, Noon).Conflicts
            .ShouldBe([new OwnershipConflictFound("late", "rival", "early", "author", 2, Orientation.Rotate90, Defaults, Noon)]);
        Judgement.JudgeWork(work with { OccurredAt = Noon.AddSeconds(2) }, fingerprinted, [], NoLicence, Defaults, Noon).Conflicts.ShouldHaveSingleItem().EarlierWorkId.ShouldBe("late");
    }

    [Fact]
    public void Undoing_a_turn_twice_gives_it_back()
    {
        foreach (var turn in Enum.GetValues<Orientation>()) Judgement.Inverse(Judgement.Inverse(turn)).ShouldBe(turn);
        Judgement.Inverse(Orientation.Rotate90).ShouldBe(Orientation.Rotate270);
    }

    private static Neighbour Near(string id, string account, int distance = 0, Orientation turn = Orientation.Original) =>
        new(id, account, Surface.Listing, null, Noon, distance, turn);

    private static LicenceLookup Licensed(string work, string account, string licence, DateTimeOffset at) =>
        (workId, accountId, when) => (workId, accountId, when) == (work, account, at) ? licence : null;
}
