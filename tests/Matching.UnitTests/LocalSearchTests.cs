using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>The quick ways of searching and comparing local features answer as the plain ways do, to the last bit.</summary>
public class LocalSearchTests
{
    private static readonly ScanKernel[] Kernels = [.. Enum.GetValues<ScanKernel>().Where(HammingScan.IsSupported)];

    [Fact]
    public void The_index_nominates_what_the_plain_index_nominates_as_of_every_version()
    {
        var random = new Random(7);
        var (index, plain) = (new LocalIndex(), new PlainLocalIndex());
        var made = new MadeUpFeatures(random, 2000);
        var (pictures, nominated, mirrored) = (700, 0, 0);
        var queries = Enumerable.Range(0, 6).Select(number => made.Draw(40, 100 * number, number % 2 == 1)).ToList();
        for (var row = 0; row < pictures; row++)
        {
            var picture = made.Draw(12 + random.Next(40), 50 * row);
            // Not every picture of the bank has features.
            index.Add(picture.AsReference(), 2 * row, version: 2 * row + 1);
            plain.Add(picture.AsReference(), 2 * row);
            if (row is not (10 or 63 or 64 or 65 or 130 or 400 or 699)) continue;
            foreach (var query in queries)
            {
                foreach (var rowsThen in (int[])[0, 1, 2, row, 2 * row, 2 * row + 1])
                {
                    var expected = plain.Search(query, rowsThen, 24);
                    index.Search(query, rowsThen, rowsThen, 24).ShouldBe(expected, $"{row} {rowsThen}");
                    nominated += expected.Count;
                    mirrored += expected.Count(candidate => candidate.IsMirrored);
                }
            }
        }
        (nominated, mirrored).ShouldSatisfyAllConditions(both => both.nominated.ShouldBeGreaterThan(200), both => both.mirrored.ShouldBeGreaterThan(50));
    }

    [Theory]
    [InlineData(10_000, LocalSegment.LeastPictures + 80)]
    [InlineData(null, 3 * LocalSegment.LeastPictures)]
    public void The_index_nominates_what_the_plain_index_nominates_among_many(int? recent, int pictures)
    {
        var random = new Random(8);
        var (index, plain) = (new LocalIndex(recent), new PlainLocalIndex(LocalIndex.SegmentAmong(recent)));
        var (made, nominated) = (new MadeUpFeatures(random, 20000), 0);
        for (var row = 0; row < pictures; row++)
        {
            var picture = made.Draw(12, 50 * row);
            index.Add(picture, row, version: row + 1);
            plain.Add(picture, row);
        }
        for (var number = 0; number < 4; number++)
        {
            var query = made.Draw(60, 150 * number, number == 1);
            foreach (var rowsThen in (int[])[FeatureTables.FewPictures, 2 * FeatureTables.FewPictures + 1, LocalSegment.LeastPictures, LocalSegment.LeastPictures + 1, pictures])
            {
                var expected = plain.Search(query, rowsThen, 300);
                index.Search(query, rowsThen, rowsThen, 300).ShouldBe(expected);
                nominated += expected.Count;
            }
        }
        nominated.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void A_segment_whose_pictures_were_told_at_once_nominates_what_it_would_have_nominated_one_by_one()
    {
        var random = new Random(11);
        var (one, all) = (new LocalIndex(), new LocalIndex());
        var made = new MadeUpFeatures(random, 20000);
        all.Defer();
        for (var row = 0; row < 2 * LocalSegment.LeastPictures + 10; row++)
        {
            var picture = made.Draw(12, 50 * row);
            one.Add(picture, row, version: row + 1);
            all.Add(picture, row, version: row + 1);
        }
        all.Settle();
        var nominated = 0;
        for (var number = 0; number < 8; number++)
        {
            var query = made.Draw(60, 150 * number, number == 1);
            foreach (var version in (int[])[LocalSegment.LeastPictures, 2 * LocalSegment.LeastPictures + 10])
            {
                var found = all.Search(query, version, version, 300);
                one.Search(query, version, version, 300).ShouldBe(found);
                nominated += found.Count;
            }
        }
        nominated.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void The_index_nominates_what_the_plain_index_nominates_when_pictures_share_many_features()
    {
        var random = new Random(9);
        var (index, plain) = (new LocalIndex(), new PlainLocalIndex());
        var made = new MadeUpFeatures(random, 60);
        for (var row = 0; row < 80; row++)
        {
            var picture = made.Draw(150, 5 * row);
            index.Add(picture, row, version: row + 1);
            plain.Add(picture, row);
        }
        for (var number = 0; number < 4; number++)
        {
            var query = made.Draw(200, 15 * number, number == 1);
            foreach (var rowsThen in (int[])[20, 80])
            {
                var expected = plain.Search(query, rowsThen, 300);
                expected.ShouldNotBeEmpty();
                index.Search(query, rowsThen, rowsThen, 300).ShouldBe(expected);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_feature_is_found_although_an_uncertain_test_of_each_table_came_out_otherwise(bool mirrored)
    {
        // A test for each table that no other looks at.
        var tables = FeatureTables.LookingAt(FeatureTables.LeastBits);
        var tests = Enumerable.Range(0, FeatureTables.Count).Select(table => Tests().First(test =>
            Enumerable.Range(0, FeatureTables.Count).All(other => tables[other].BucketOf(test) == 0 != (other == table)))).ToList();
        var turned = new Descriptor(Both(test => test.A), Both(test => test.B), Both(test => test.C), Both(test => test.D));
        var (random, index) = (new Random(12), new LocalIndex());
        Descriptor[] descriptors = [.. Enumerable.Range(0, 30).Select(_ => new Descriptor(Word(), Word(), Word(), Word()))];
        index.Add(MadeUpFeatures.Of(descriptors), 0, version: 1);
        Descriptor[] seen = [.. descriptors.Select(one => new Descriptor(one.A ^ turned.A, one.B ^ turned.B, one.C ^ turned.C, one.D ^ turned.D)).Select(one => mirrored ? one.Mirrored : one)];

        index.Search(MadeUpFeatures.Of(seen, uncertain: mirrored ? turned.Mirrored : turned), 1, 1, 10).ShouldHaveSingleItem().IsMirrored.ShouldBe(mirrored);
        index.Search(MadeUpFeatures.Of(seen, uncertain: default(Descriptor)), 1, 1, 10).ShouldBeEmpty();
        index.Search(MadeUpFeatures.Of(seen), 1, 1, 10).ShouldBeEmpty("of a fingerprint of eye/3");

        ulong Word() => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

        ulong Both(Func<Descriptor, ulong> word) => tests.Aggregate(0UL, (all, test) => all | word(test));

        static IEnumerable<Descriptor> Tests() => Enumerable.Range(0, 256).Select(test => new Descriptor(Bit(test), Bit(test - 64), Bit(test - 128), Bit(test - 192)));

        static ulong Bit(int test) => test is >= 0 and < 64 ? 1UL << test : 0;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(61)]
    public void Every_kernel_pairs_the_features_that_brute_force_pairs(int references)
    {
        var random = new Random(references);
        var made = new MadeUpFeatures(random, 30);
        var (picture, reference) = (made.Draw(600), made.Draw(61, references: references));
        foreach (var mirrored in (bool[])[false, true])
        {
            var expected = Plain(picture, reference, mirrored);
            if (references > 1 && !mirrored) expected.ShouldNotBeEmpty();
            foreach (var kernel in Kernels) FeaturePairs.Between(picture, reference, mirrored, kernel).ShouldBe(expected, kernel.ToString());
        }
    }

    private static List<FeaturePair> Plain(LocalFeatures picture, LocalFeatures reference, bool mirrored)
    {
        var best = new Dictionary<int, FeaturePair>();
        for (var from = 0; from < picture.Descriptors.Length; from++)
        {
            var descriptor = mirrored ? picture.Descriptors[from].Mirrored : picture.Descriptors[from];
            if (reference.ReferenceCount == 0) continue;
            var nearest = Enumerable.Range(0, reference.ReferenceCount).Select(to => new FeaturePair(from, to, descriptor.DistanceTo(reference.Descriptors[to]))).MinBy(pair => (pair.Distance, pair.To));
            if (nearest.Distance > 64 || best.TryGetValue(nearest.To, out var known) && known.Distance <= nearest.Distance) continue;
            best[nearest.To] = nearest;
        }
        return [.. best.Values.OrderBy(pair => pair.Distance).ThenBy(pair => pair.To)];
    }
}
