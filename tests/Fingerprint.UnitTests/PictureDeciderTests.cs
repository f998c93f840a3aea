using FsCheck;
using FsCheck.Fluent;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Fingerprint.Picture;
using ImageRights.TestKit;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class PictureDeciderTests
{
    private static readonly DeciderSpec<PictureState, PictureFact> Spec = new(
        PictureState.Initial, PictureDecider.Evolve, (state, finding) => (PictureDecider.Decide(state, finding), null));

    [Fact]
    public void A_finding_about_a_new_picture_is_recorded() => Spec.Given().When(Facts.Fingerprinted).Then(Facts.Fingerprinted);

    [Fact]
    public void That_a_picture_is_unreadable_is_recorded() => Spec.Given().When(Facts.Unreadable).Then(Facts.Unreadable);

    [Fact]
    public void The_first_finding_stands()
    {
        Spec.Given(Facts.Fingerprinted).When(Facts.Unreadable).Then();
        Spec.Given(Facts.Unreadable).When(Facts.Fingerprinted).Then();
    }

    [Fact]
    public void A_fingerprint_of_a_later_version_follows_the_one_there_is_once()
    {
        var (second, third) = (Facts.Fingerprinted with { Version = 2 }, Facts.Fingerprinted with { Version = 3 });
        Spec.Given(Facts.Fingerprinted).When(second).Then(second);
        Spec.Given(Facts.Fingerprinted, second).When(third).Then(third);
        Spec.Given(Facts.Fingerprinted, second).When(second with { PdqQuality = 1 }).Then();
        Spec.Given(Facts.Fingerprinted, third).When(second).Then();
        Spec.Given(Facts.Fingerprinted, second).When(Facts.Unreadable).Then();
        Spec.Given(Facts.Unreadable).When(second).Then();
    }

    [Fact]
    public void However_many_findings_come_in_whatever_order_the_first_is_recorded_and_then_only_later_versions()
    {
        var finding = Gen.OneOf(
            from quality in Gen.Choose(0, 100)
            from version in Gen.Choose(0, 3)
            select (PictureFact)(Facts.Fingerprinted with { PdqQuality = quality, Version = version }),
            from code in Gen.Elements("Image_Truncated", "Image_Corrupt", "Image_Content_Missing") select (PictureFact)(Facts.Unreadable with { Code = code }));
        Prop.ForAll(finding.NonEmptyListOf().ToArbitrary(), findings =>
        {
            var state = PictureState.Initial;
            var recorded = new List<PictureFact>();
            foreach (var next in findings)
            {
                var facts = PictureDecider.Decide(state, next);
                recorded.AddRange(facts);
                state = facts.Aggregate(state, PictureDecider.Evolve);
                if (PictureDecider.Decide(state, next).Count > 0) return false;
            }
            var versions = recorded.OfType<PictureFingerprinted>().Select(fact => fact.Version).ToList();
            return ReferenceEquals(recorded[0], findings[0]) && (recorded[0] is PictureFingerprinted ? versions.Count == recorded.Count : recorded.Count == 1)
                && versions.Zip(versions.Skip(1)).All(pair => pair.First < pair.Second);
        }).QuickCheckThrowOnFailure();
    }
}

internal static class Facts
{
    private static readonly string Hash = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    public static PictureFingerprinted Fingerprinted { get; } = new(
        PictureRole.Upload, "img_1", "seller-1", Surface.Listing, "listing-1", new string('a', 64), Hash,
        [.. Enumerable.Range(0, 8).Select(turn => turn == 0 ? Hash : new string((char)('0' + turn), 64))], 97, "pdq/1", "JPEG", 1600, 1200,
        new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 20, 9, 0, 1, TimeSpan.Zero),
        new Picture.PictureFeatures("eye/1", Hash, [new Picture.PictureRegion(0.125, 0.25, 0.5, 0.75, Hash, true)], "AQID"), 1,
        new string('b', 64), new string('c', 64), "ISCC:EED4GQZQTY6J5DTHQ2DWCPDZHQOM6QZQTY6J5DTFZ2DWCPDZHQOMXDI");

    public static PictureUnreadable Unreadable { get; } = new(
        PictureRole.Upload, "img_1", "seller-1", Surface.Listing, "listing-1", new string('a', 64), "Image_Truncated",
        new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 20, 9, 0, 1, TimeSpan.Zero));
}
