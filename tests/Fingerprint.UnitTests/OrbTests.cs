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
        features.Count.ShouldBeInRange(Orb.ReferenceFeatures, 800);
        Orb.Extract(Bridge).ShouldBe(features);
        for (var quarter = 0; quarter < 4; quarter++)
        {
            features.Take(Orb.ReferenceFeatures).Count(feature =>
                (int)(feature.X * 2 / Bridge.Width) == quarter % 2 && (int)(feature.Y * 2 / Bridge.Height) == quarter / 2).ShouldBeGreaterThan(20);
        }
    }

    [Fact]
    public void Corners_are_those_that_the_definition_names()
    {
        (int X, int Y)[] circle = [(0, -3), (1, -3), (2, -2), (3, -1), (3, 0), (3, 1), (2, 2), (1, 3), (0, 3), (-1, 3), (-2, 2), (-3, 1), (-3, 0), (-3, -1), (-2, -2), (-1, -3)];
        var random = new Random(7);
        foreach (var picture in new[] { Bridge, new GreyPicture(75, 41, [.. Enumerable.Range(0, 75 * 41).Select(_ => (byte)random.Next(256))]) })
        {
            var found = FastCorners.Find(picture, 4).Select(corner => (corner.X, corner.Y)).ToHashSet();
            var defined = new HashSet<(int, int)>();
            for (var y = 4; y < picture.Height - 4; y++)
            {
                for (var x = 4; x < picture.Width - 4; x++)
                {
                    if (Strength(picture, x, y) is var strength and > 0 && Enumerable.Range(0, 9).Where(n => n != 4).All(n =>
                        Strength(picture, x + n % 3 - 1, y + n / 3 - 1) is var other && (n < 4 ? strength > other : strength >= other))) defined.Add((x, y));
                }
            }
            defined.ShouldNotBeEmpty();
            found.ShouldBe(defined, ignoreOrder: true);
        }

        int Strength(GreyPicture picture, int x, int y)
        {
            var around = circle.Select(point => picture.Levels[(y + point.Y) * picture.Width + x + point.X] - picture.Levels[y * picture.Width + x]).ToArray();
            return Run(around, difference => difference) is var bright and > 0 ? bright : Run(around, difference => -difference);
        }

        static int Run(int[] around, Func<int, int> sign) =>
            Enumerable.Range(0, 16).Any(start => Enumerable.Range(start, 9).All(at => sign(around[at % 16]) > FastCorners.Threshold))
                ? around.Where(difference => sign(difference) > FastCorners.Threshold).Sum(difference => sign(difference) - FastCorners.Threshold) : 0;
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
    public void What_comes_out_otherwise_in_a_noisy_copy_are_uncertain_tests_before_others()
    {
        var random = new Random(5);
        var noisy = Orb.Extract(new GreyPicture(Bridge.Width, Bridge.Height, [.. Bridge.Levels.Select(level => (byte)Math.Clamp(level + random.Next(-12, 13), 0, 255))]));
        var (turned, uncertain) = (0, 0);
        foreach (var feature in Orb.Extract(Bridge))
        {
            (BitOperations.PopCount(feature.Uncertain.First) + BitOperations.PopCount(feature.Uncertain.Second)
                + BitOperations.PopCount(feature.Uncertain.Third) + BitOperations.PopCount(feature.Uncertain.Fourth)).ShouldBe(Orb.UncertainTests);
            var (a, same) = (feature.Tests, noisy.Where(other => other.Level == feature.Level && other.X == feature.X && other.Y == feature.Y && Math.Abs(other.Angle - feature.Angle) < 3));
            foreach (var b in same.Select(other => other.Tests))
            {
                turned += Count(a.First ^ b.First, a.Second ^ b.Second, a.Third ^ b.Third, a.Fourth ^ b.Fourth);
                var u = feature.Uncertain;
                uncertain += Count((a.First ^ b.First) & u.First, (a.Second ^ b.Second) & u.Second, (a.Third ^ b.Third) & u.Third, (a.Fourth ^ b.Fourth) & u.Fourth);
            }
        }
        turned.ShouldBeGreaterThan(1000);
        // A tenth of all tests are.
        (uncertain / (double)turned).ShouldBeGreaterThan(0.3);

        static int Count(params ulong[] words) => words.Sum(BitOperations.PopCount);
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
        ? BitOperations.PopCount(a.Tests.First ^ b.Tests.Third) + BitOperations.PopCount(a.Tests.Second ^ b.Tests.Fourth) + BitOperations.PopCount(a.Tests.Third ^ b.Tests.First) + BitOperations.PopCount(a.Tests.Fourth ^ b.Tests.Second)
        : BitOperations.PopCount(a.Tests.First ^ b.Tests.First) + BitOperations.PopCount(a.Tests.Second ^ b.Tests.Second) + BitOperations.PopCount(a.Tests.Third ^ b.Tests.Third) + BitOperations.PopCount(a.Tests.Fourth ^ b.Tests.Fourth);

    private static GreyPicture Grey(string name)
    {
        var picture = new PictureDecoder().Decode(ReferenceVectors.Bytes(name), 512).Value!;
        return new GreyPicture(picture.Width, picture.Height, picture.Luma.ToArray());
    }
}
