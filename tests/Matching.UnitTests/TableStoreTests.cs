using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>Tables that were kept on disk are used where they are the right ones and sound, and nowhere else.</summary>
public sealed class TableStoreTests : IDisposable
{
    private const int Recent = 10_000;
    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string folder = Path.Combine(Directory.CreateTempSubdirectory("matching-tables-").FullName, "tables");
    private readonly Random random = new(21);
    private readonly MadeUpFeatures made;
    private readonly List<LocalFeatures> pictures;
    private readonly List<LocalFeatures> queries;
    private readonly List<LocalIndex.Candidate> expected;

    public TableStoreTests()
    {
        made = new MadeUpFeatures(random, 20_000);
        pictures = [.. Enumerable.Range(0, LocalSegment.LeastPictures + 80).Select(row => made.Draw(12, 50 * row))];
        queries = [.. Enumerable.Range(0, 4).Select(number => made.Draw(60, 150 * number, number == 1))];
        expected = Nominated(Filled(null));
        expected.Count.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void A_start_takes_the_tables_that_were_kept()
    {
        Started();
        ShouldBeTaken();
    }

    [Fact]
    public void Tables_are_kept_as_soon_as_a_segment_is_full()
    {
        using (var store = Opened())
        {
            var index = new LocalIndex(Recent, store);
            foreach (var (row, picture) in pictures.Index()) index.Add(picture, row, version: row + 1);
            index.Settle();
        }
        ShouldBeTaken();
    }

    [Fact]
    public void Damaged_tables_are_replaced()
    {
        Started();
        var sound = File.ReadAllBytes(Kept());
        foreach (var at in (int[])[0, 31, 32, 35, 47, 48, 5000, sound.Length / 2, sound.Length - 1])
        {
            var damaged = sound.ToArray();
            damaged[at] ^= 1 << 6;
            ShouldReplace(damaged);
        }
        foreach (var length in (int[])[0, 20, 40, 48, sound.Length / 2, sound.Length - 1]) ShouldReplace(sound[..length]);
        ShouldReplace([.. sound, 0]);

        void ShouldReplace(byte[] damaged)
        {
            File.WriteAllBytes(Kept(), damaged);
            Started();
            new FileInfo(Kept()).Length.ShouldBe(sound.Length);
            ShouldBeTaken();
        }
    }

    [Fact]
    public void Tables_of_other_pictures_are_not_taken()
    {
        Started();
        var file = Kept();
        (pictures[7], pictures[8]) = (pictures[8], pictures[7]);
        using (var store = Opened())
        {
            Nominated(Filled(store)).ShouldBe(Nominated(Filled(null)));
            store.Prune();
        }
        Kept().ShouldNotBe(file);
    }

    [Fact]
    public void What_is_given_up_is_deleted()
    {
        Started();
        Kept().ShouldNotBeNull();
        using (var store = Opened())
        {
            var index = Filled(store);
            index.Advance(pictures.Count, pictures.Count + Recent, version: pictures.Count, _ => false, _ => { });
            index.Release(pictures.Count);
        }
        Directory.EnumerateFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_place_for_it_each_start_lays_the_tables()
    {
        File.WriteAllText(folder, "not a folder");
        Started();
        Started();
        File.ReadAllText(folder).ShouldBe("not a folder");
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);

    private TableStore Opened()
    {
        var store = new TableStore();
        store.Open(folder);
        return store;
    }

    private void Started()
    {
        using var store = Opened();
        Nominated(Filled(store)).ShouldBe(expected);
        store.Prune();
    }

    // A start leaves the file as it is.
    private void ShouldBeTaken()
    {
        var file = Kept();
        File.SetLastWriteTimeUtc(file, LongAgo);
        Started();
        Kept().ShouldBe(file);
        File.GetLastWriteTimeUtc(file).ShouldBe(LongAgo);
    }

    private LocalIndex Filled(TableStore? store)
    {
        var index = new LocalIndex(Recent, store);
        index.Defer();
        foreach (var (row, picture) in pictures.Index()) index.Add(picture, row, version: row + 1);
        index.Settle();
        return index;
    }

    private List<LocalIndex.Candidate> Nominated(LocalIndex index) => [.. queries.SelectMany(query => index.Search(query, pictures.Count, pictures.Count, 300))];

    private string Kept() => Directory.EnumerateFiles(folder).ShouldHaveSingleItem();
}
