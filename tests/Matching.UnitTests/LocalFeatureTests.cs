using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;

namespace ImageRights.Matching.UnitTests;

/// <summary>Copies are recognised by their local features and what lies between them.</summary>
public class LocalFeatureTests
{
    private static readonly Scene Harbour = new(1, 1);

    [Fact]
    public void A_crop_is_aligned_with_its_original_and_its_place_in_it_is_said()
    {
        var (crop, original) = (Harbour.Picture(0.25, 0.5, 0.5), Harbour.Picture(flips: 12));
        var alignment = LocalVerifier.Align(crop, original, false).ShouldNotBeNull();
        alignment.Score.ShouldBeGreaterThan(CopyModel.DefaultAuto, alignment.ToString());
        var evidence = Explanation.OfAlignment(alignment, crop, original, isCopy: true);
        evidence.Class.ShouldBe(MatchClass.Crop);
        evidence.UploadPercent.ShouldBe(100, 3);
        evidence.ReferencePercent.ShouldBe(25, 2);
        evidence.ReferenceArea[0].X.ShouldBe(0.25, 0.02);
        evidence.ReferenceArea[0].Y.ShouldBe(0.5, 0.02);
        LocalVerifier.TurnOf(alignment).ShouldBe(Orientation.Original);
    }

    [Fact]
    public void The_original_within_a_larger_picture_is_a_composite()
    {
        var (whole, part) = (Harbour.Picture(), Harbour.Picture(0.1, 0.2, 0.5, flips: 12));
        var alignment = LocalVerifier.Align(whole, part, false).ShouldNotBeNull();
        alignment.Score.ShouldBeGreaterThan(CopyModel.DefaultAuto, alignment.ToString());
        Explanation.OfAlignment(alignment, whole, part, isCopy: true).Class.ShouldBe(MatchClass.Composite);
    }

    [Fact]
    public void A_mirrored_crop_is_aligned_when_it_is_looked_at_in_the_mirror_only()
    {
        var (crop, original) = (Harbour.Picture(0.2, 0.3, 0.6, mirrored: true), Harbour.Picture(flips: 12));
        var alignment = LocalVerifier.Align(crop, original, true).ShouldNotBeNull();
        alignment.Score.ShouldBeGreaterThan(0.8, alignment.ToString());
        LocalVerifier.TurnOf(alignment).ShouldBe(Orientation.FlipY);
        (LocalVerifier.Align(crop, original, false)?.Score ?? 0).ShouldBeLessThan(CopyModel.DefaultReview);
    }

    [Fact]
    public void The_same_corners_on_another_surface_are_no_copy()
    {
        var alignment = LocalVerifier.Align(Harbour.Picture(), new Scene(1, 2).Picture(flips: 12), false).ShouldNotBeNull();
        alignment.Resemblance.Inliers.ShouldBeGreaterThan(50);
        alignment.Score.ShouldBeLessThan(CopyModel.DefaultReview, alignment.ToString());
    }

    [Fact]
    public void Where_hashes_propose_that_pictures_lie_on_each_other_their_pixels_decide()
    {
        var (picture, same, other) = (Harbour.Picture(), Harbour.Picture(flips: 12), new Scene(1, 2).Picture());
        var hit = new SignHit(0, null, 48, Orientation.Original, false);
        LocalVerifier.Compare(picture, same, Explanation.TransformOf(hit, null, picture, same), false, false).Score.ShouldBeGreaterThan(CopyModel.DefaultReview);
        LocalVerifier.Compare(picture, same, Explanation.TransformOf(hit, null, picture, same), false, inverted: true).Score.ShouldBeLessThan(CopyModel.DefaultReview);
        LocalVerifier.Compare(picture, other, Explanation.TransformOf(hit, null, picture, other), false, false).Score.ShouldBeLessThan(CopyModel.DefaultReview);
        var upsideDown = hit with { Turn = Orientation.FlipX };
        LocalVerifier.Compare(picture, same, Explanation.TransformOf(upsideDown, null, picture, same), true, false).Score.ShouldBeLessThan(CopyModel.DefaultReview);
        var part = Harbour.Picture(0.25, 0.5, 0.5);
        LocalVerifier.Compare(part, same, Explanation.TransformOf(hit with { Area = new Area(0.25, 0.5, 0.5, 0.5) }, null, part, same), false, false).Score.ShouldBeGreaterThan(CopyModel.DefaultReview);
        LocalVerifier.Compare(same, part, Explanation.TransformOf(hit, new Area(0.25, 0.5, 0.5, 0.5), same, part), false, false).Score.ShouldBeGreaterThan(CopyModel.DefaultReview);
    }

    [Fact]
    public void Pictures_of_different_scenes_have_nothing_in_common() =>
        (LocalVerifier.Align(Harbour.Picture(), new Scene(3, 3).Picture(), false)?.Score ?? 0).ShouldBeLessThan(CopyModel.DefaultReview);

    [Fact]
    public void The_index_nominates_the_picture_that_shares_features_and_only_those_known_then()
    {
        var index = new LocalIndex();
        for (var row = 0; row < 40; row++) index.Add(new Scene(100 + row, 100 + row).Picture(), row, row + 1);
        var query = new Scene(117, 117).Picture(0.2, 0.2, 0.6, flips: 12);
        index.Search(query, 40, 40, 5).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            candidate => candidate.Row.ShouldBe(17), candidate => candidate.IsMirrored.ShouldBeFalse(), candidate => candidate.Votes.ShouldBeGreaterThan(8));
        index.Search(query, 17, 17, 5).ShouldBeEmpty("it was not known then");
        index.Search(query, 18, 18, 5).ShouldHaveSingleItem();
    }

    [Fact]
    public void What_came_later_does_not_change_an_earlier_answer()
    {
        var index = new LocalIndex();
        for (var row = 0; row < 5; row++) index.Add(new Scene(row, row).Picture(), row, row + 1);
        var query = new Scene(3, 3).Picture(flips: 12);
        var then = index.Search(query, 5, 5, 10);
        // So many of the same that its buckets grow beyond what is read.
        for (var row = 5; row < 200; row++) index.Add(new Scene(3, row).Picture(), row, row + 1);
        index.Search(query, 5, 5, 10).ShouldBe(then);
        index.Search(query, 200, 200, 10).ShouldNotBe(then);
    }

    [Fact]
    public void The_same_picture_uploaded_again_and_again_is_found_each_time_and_hides_nothing()
    {
        var (random, index, bank) = (new Random(10), new LocalIndex(), new PictureBank());
        for (var row = 0; row < 200; row++)
        {
            var picture = Harbour.Picture();
            index.Add(picture, row, row + 1);
            bank.Add(Pictures.RandomHash(random), new FeatureSet(Sign(random), [], picture), $"{row:x2}", $"{row}", "a", Surface.Listing, null, Pictures.Noon, row + 1);
        }
        var crop = Harbour.Picture(0.25, 0.25, 0.5, flips: 12);
        index.Search(crop, 200, 200, 10).ShouldHaveSingleItem().Row.ShouldBe(0);
        index.SameAs(0, 200, 200).ShouldBe(Enumerable.Range(0, 200));
        index.SameAs(0, 70, 70).ShouldBe(Enumerable.Range(0, 70));
        index.SameAs(0, 1, 1).ShouldBe([0]);
        index.Of(199, 200).ShouldBeSameAs(index.Of(0, 200));

        bank.Withdraw("0", 201);
        var query = new PictureQuery([default], 100, new FeatureSet(Sign(random), [], crop), null);
        bank.Find(query, 31, 3, ScanKernel.Scalar).Select(found => found.Id).ShouldBe(["0", "1", "2"]);
        bank.Find(query, 31, 201, ScanKernel.Scalar).Select(found => found.Id).ShouldBe(Enumerable.Range(1, 199).Select(row => $"{row}"));
    }

    [Fact]
    public void A_search_finds_the_crop_through_the_bank_until_its_original_is_withdrawn()
    {
        var (random, original) = (new Random(9), Harbour.Picture());
        var bank = new PictureBank();
        bank.Add(Pictures.RandomHash(random), new FeatureSet(Sign(random), [], original), "5a", "1", "a", Surface.Listing, null, Pictures.Noon, 1);
        var query = new PictureQuery([default], 100, new FeatureSet(Sign(random), [], Harbour.Picture(0.25, 0.25, 0.5, flips: 12)), null);
        var found = bank.Find(query, 31, 1, ScanKernel.Scalar).ShouldHaveSingleItem();
        (found.Id, found.Evidence!.Class, found.Evidence.Distance).ShouldBe(("1", MatchClass.Crop, null));
        found.Evidence.Inliers!.Value.ShouldBeGreaterThan(8);
        bank.Find(query, 31, 0, ScanKernel.Scalar).ShouldBeEmpty();
        bank.Withdraw("1", 2);
        bank.Find(query, 31, 2, ScanKernel.Scalar).ShouldBeEmpty();
        bank.Find(query, 31, 1, ScanKernel.Scalar).ShouldHaveSingleItem();
    }

    [Fact]
    public void Uncertain_tests_are_read_for_a_search_and_are_no_part_of_what_stands_for_a_picture()
    {
        Descriptor[] tests = [new(1, 2, 3, 4), new(5, 6, 7, 8)];
        var (with, without) = (MadeUpFeatures.Of(tests, uncertain: tests[0]), MadeUpFeatures.Of(tests));

        (with.UncertainTestsOf(0), with.UncertainTestsOf(1), without.UncertainTestsOf(1)).ShouldBe((tests[0], tests[0], default));
        with.AsReference().Bytes.ToArray().ShouldBe(without.Bytes.ToArray());
        Should.Throw<FormatException>(() => LocalFeatures.Read(Convert.ToBase64String([.. without.Bytes, 1, 2, 3])));
        Should.Throw<FormatException>(() => LocalFeatures.Read(Convert.ToBase64String([.. with.Bytes[..^1]])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQID")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAIAAv//AAAgACAA")]
    [InlineData("AAIAAgAAAAAgACAA/w==")]
    public void Broken_features_are_refused(string text) => Should.Throw<FormatException>(() => LocalFeatures.Read(text));

    private static SignHash Sign(Random random) => SignHash.Parse(Pictures.RandomHash(random).ToString());
}
