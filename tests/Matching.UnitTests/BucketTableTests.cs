using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>What is packed into a table is read out of it.</summary>
public class BucketTableTests
{
    [Fact]
    public void A_table_gives_back_the_first_features_of_each_bucket_in_order()
    {
        const int buckets = 3000;
        const int most = 300;
        const int last = LocalSegment.MostPictures - 1;
        var random = new Random(4);
        var contents = Enumerable.Range(0, buckets).Select(bucket => bucket switch
        {
            0 => [0u],
            // All in one picture, the first and the last there may be, and very many.
            1 => [.. Enumerable.Range(0, 256).Select(feature => (uint)(last << 8 | feature))],
            2 => [0u, (uint)(last << 8 | 255)],
            3 => Draw(20_000),
            // None in more buckets than a word has bits, and than the table counts at once.
            > 500 and < 800 => [],
            buckets - 1 => [(uint)(last << 8)],
            _ => Draw(random.Next(3) * random.Next(30)),
        }).ToArray();
        var total = contents.Sum(content => content.Length);
        var builder = new BucketTable.Builder(buckets, total, most, new byte[total * BucketTable.NumberBytes]);
        // Another table before it leaves nothing behind.
        foreach (var content in contents.Reverse()) Add([content]);
        builder.Build();
        foreach (var some in contents.Chunk(700)) Add(some);
        var table = builder.Build();

        table.Length.ShouldBe(contents.Sum(content => Math.Min(content.Length, most)));
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var (first, length) = table.Of(bucket).GetOffsetAndLength(table.Length);
            length.ShouldBe(Math.Min(contents[bucket].Length, most));
            foreach (var count in (int[])[length, length / 2])
            {
                var features = new uint[count];
                table.Read(first, features);
                features.ShouldBe(contents[bucket][..count], $"bucket {bucket}");
            }
        }

        void Add(uint[][] some)
        {
            builder.Add([.. some.Select(content => content.Length)]);
            foreach (var (number, content) in some.Index())
            {
                foreach (var feature in content) builder.Put(number, feature);
            }
        }

        uint[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (uint)random.Next(last << 8)).Distinct().Order()];
    }

    [Theory]
    [InlineData(FeatureTables.LeastBits)]
    [InlineData(FeatureTables.MostBits)]
    public void The_features_of_pictures_lie_in_their_buckets_in_the_order_of_the_pictures(int bits)
    {
        const int most = 5;
        var made = new MadeUpFeatures(new Random(6), 60);
        // More features than are looked for, and none.
        LocalFeatures[] pictures = [.. Enumerable.Range(0, 120).Select(number => made.Draw(number == 3 ? 300 : number % 50)), made.Draw(9, references: 4)];
        var (sort, tables) = (new BucketSort(pictures, bits, most, new BucketSort.Room()), FeatureTables.LookingAt(bits));
        for (var table = 0; table < FeatureTables.Count; table++)
        {
            var expected = pictures.SelectMany((picture, number) => Enumerable.Range(0, Math.Min(picture.ReferenceCount, 256)).Select(feature =>
                (Bucket: tables[table].BucketOf(picture.Descriptors[feature]), Feature: (uint)(number << 8 | feature)))).ToLookup(pair => pair.Bucket, pair => pair.Feature);
            expected.ShouldContain(bucket => bucket.Count() > most);
            var laid = sort.Lay(table);
            // Where all of them are told, the other buckets are empty.
            laid.Length.ShouldBe(expected.Sum(bucket => Math.Min(bucket.Count(), most)));
            foreach (var bucket in expected.SelectMany(bucket => new[] { bucket.Key, bucket.Key ^ 1 }).Append(0).Append((1 << bits) - 1))
            {
                var (first, length) = laid.Of(bucket).GetOffsetAndLength(laid.Length);
                var features = new uint[length];
                laid.Read(first, features);
                features.ShouldBe(expected[bucket].Take(most), $"table {table}, bucket {bucket}");
            }
        }
    }
}
