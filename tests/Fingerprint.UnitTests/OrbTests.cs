using System.Numerics;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Layout;
using ImageRights.Fingerprint.LocalFeatures;

namespace ImageRights.Fingerprint.UnitTests;

/// <summary>Local features are those of the picture, however it is shown.</summary>
public sealed class OrbTests
{
    private static readonly GreyPicture Bridge = Grey("bridge-1-original.jpg");

    [Fact]
    public void Features_are_spread_over_the_picture_and_the_same_on_every_run()
    {
        var features = Orb.Extract(Bridge);
        features.Count.ShouldBeInRange(Orb.ReferenceFeatures, 512);
        Orb.Extract(Bridge).ShouldBe(features);
        for (var quarter = 0; quarter < 4; quarter++)
        {
            features.Take(Orb.ReferenceFeatures).Count(feature =>
                (int)(feature.X * 2 / Bridge.Width) == quarter % 2 && (int)(feature.Y * 2 / Bridge.Height) == quarter / 2).ShouldBeGreaterThan(20);
        }
    }

    [Fact]
    public void A_mirrored_picture_has_the_same_descriptors_with_their_halves_exchanged()
    {
        var mirrored = new GreyPicture(Bridge.Width, Bridge.Height, [.. Enumerable.Range(0, Bridge.Levels.Length)
            .Select(at => Bridge.Levels[at / Bridge.Width * Bridge.Width + Bridge.Width - 1 - at % Bridge.Width])]);
        var there = Orb.Extract(mirrored);
        ShareOf(Orb.Extract(Bridge), feature => there.Any(other =>
            Math.Abs(other.X - (Bridge.Width - 1 - feature.X)) < 3 && Math.Abs(other.Y - feature.Y) < 3 && Distance(other, feature, exchanged: true) <= 40)).ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public void A_turned_picture_has_the_same_descriptors()
    {
        var turned = new GreyPicture(Bridge.Height, Bridge.Width, [.. Enumerable.Range(0, Bridge.Levels.Length)
            .Select(at => Bridge.Levels[(Bridge.Height - 1 - at % Bridge.Height) * Bridge.Width + at / Bridge.Height])]);
        var there = Orb.Extract(turned);
        ShareOf(Orb.Extract(Bridge), feature => there.Any(other =>
            Math.Abs(other.X - (Bridge.Height - 1 - feature.Y)) < 3 && Math.Abs(other.Y - feature.X) < 3 && Distance(other, feature, exchanged: false) <= 40)).ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public void A_caption_does_not_take_the_features_of_the_rest()
    {
        var levels = (byte[])Bridge.Levels.Clone();
        for (var y = Bridge.Height * 3 / 4; y < Bridge.Height; y++)
        {
            for (var x = 0; x < Bridge.Width; x++) levels[y * Bridge.Width + x] = (byte)((x / 5 * 7919 + y / 5 * 104729) % 3 == 0 ? 0 : 255);
        }
        Orb.Extract(new GreyPicture(Bridge.Width, Bridge.Height, levels)).Count(feature => feature.Y < Bridge.Height * 0.7).ShouldBeGreaterThan(150);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(40, 300)]
    [InlineData(300, 12)]
    public void A_small_picture_has_few_features_or_none(int width, int height) =>
        Orb.Extract(new GreyPicture(width, height, new byte[width * height])).ShouldBeEmpty();

    private static double ShareOf(IReadOnlyList<LocalFeature> features, Func<LocalFeature, bool> found) => (double)features.Count(found) / features.Count;

    private static int Distance(LocalFeature a, LocalFeature b, bool exchanged) => exchanged
        ? BitOperations.PopCount(a.D0 ^ b.D2) + BitOperations.PopCount(a.D1 ^ b.D3) + BitOperations.PopCount(a.D2 ^ b.D0) + BitOperations.PopCount(a.D3 ^ b.D1)
        : BitOperations.PopCount(a.D0 ^ b.D0) + BitOperations.PopCount(a.D1 ^ b.D1) + BitOperations.PopCount(a.D2 ^ b.D2) + BitOperations.PopCount(a.D3 ^ b.D3);

    private static GreyPicture Grey(string name)
    {
        var picture = new PictureDecoder().Decode(ReferenceVectors.Bytes(name), 512).Value!;
        return new GreyPicture(picture.Width, picture.Height, picture.Luma.ToArray());
    }
}
