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
    public void However_many_findings_come_in_whatever_order_exactly_the_first_is_recorded()
    {
        var finding = Gen.OneOf(
            from quality in Gen.Choose(0, 100) select (PictureFact)(Facts.Fingerprinted with { PdqQuality = quality }),
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
            }
            return recorded.Count == 1 && ReferenceEquals(recorded[0], findings[0]);
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
        new Picture.PictureFeatures("eye/1", Hash, [new Picture.PictureRegion(0.125, 0.25, 0.5, 0.75, Hash, true)], "AQID"));

    public static PictureUnreadable Unreadable { get; } = new(
        PictureRole.Upload, "img_1", "seller-1", Surface.Listing, "listing-1", new string('a', 64), "Image_Truncated",
        new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 20, 9, 0, 1, TimeSpan.Zero));
}
