using ImageRights.Benchmarks.Evaluation;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

/// <summary>What recurs in one account's pictures, a studio's wall or a logo, makes no other picture a copy of them.</summary>
public class BackdropTests
{
    private const int Wall = 1000;
    private const int Logo = 2000;

    private static readonly Raster TheLogo = Studio.Pattern(Logo, 200, 130);

    private static readonly FingerprintRecorded[] Shop = [.. Enumerable.Range(1, 30).Select(number => Studio.Upload($"shop {number}", "shop", InStudio(number)))];

    [Fact]
    public void A_strangers_picture_in_the_same_studio_is_no_copy()
    {
        var stranger = Studio.Upload("query", "stranger", InStudio(501));

        Copies(stranger, Shop[..1]).ShouldBe(["shop 1"], "one picture alone does not tell what is backdrop");
        Copies(stranger, Shop).ShouldBeEmpty();
    }

    [Fact]
    public void A_copy_of_a_picture_with_a_backdrop_is_found_and_says_what_was_left_out()
    {
        foreach (var copy in (Raster[])[InStudio(7), InStudio(7).Crop(30, 20, 400, 350), InStudio(7).Paste(Studio.Pattern(502, 90, 60), 150, 150)])
        {
            var found = Found(Studio.Upload("query", "stranger", copy, quality: 60), Shop).Where(neighbour => neighbour.IsCopy).ShouldHaveSingleItem();

            found.Id.ShouldBe("shop 7");
            if (found.Evidence!.Distance is not null) continue;
            found.Evidence.BlocksDiscounted!.Value.ShouldBeInRange(20, 120);
            CopyModel.Current.Score(found.Evidence.Measures!).ShouldBe(found.Evidence.Score!.Value);
        }
    }

    [Fact]
    public void A_logo_alone_relates_no_pictures()
    {
        var branded = Enumerable.Range(1, 30).Select(number => Studio.Upload($"branded {number}", "shop", Branded(number))).ToList();

        Found(Studio.Upload("query", "stranger", Branded(501)), branded[..1]).ShouldHaveSingleItem().Evidence!.Class.ShouldBe(MatchClass.SameScene);
        Found(Studio.Upload("query", "stranger", Branded(501)), branded).ShouldBeEmpty();
        Copies(Studio.Upload("query", "stranger", Branded(7).Crop(40, 0, 440, 330)), branded).ShouldBe(["branded 7"]);
    }

    [Fact]
    public void A_shop_in_its_own_studio_copies_nobody_who_works_there_later()
    {
        var work = Studio.Work("work", "photographer", InStudio(502));

        Copies(Studio.Upload("query", "shop", InStudio(501)), [.. Shop[..1], work]).ShouldBe(["work", "shop 1"]);
        Copies(Studio.Upload("query", "shop", InStudio(501)), [.. Shop, work]).ShouldBeEmpty();
        Copies(Studio.Upload("query", "shop", InStudio(502).Crop(30, 20, 400, 350)), [.. Shop, work]).ShouldBe(["work"]);
    }

    [Fact]
    public void What_an_account_shows_of_an_earlier_work_is_no_backdrop_of_its_own()
    {
        var work = Studio.Work("work", "photographer", InStudio(502));

        Copies(Studio.Upload("query", "shop", InStudio(501)), [work, .. Shop]).ShouldBe(["work"]);
    }

    [Fact]
    public void Many_copies_of_one_picture_are_no_backdrop()
    {
        var picture = Studio.Photograph(Studio.Pattern(Wall), 7);
        var copies = Enumerable.Range(0, 30).Select(number => Studio.Upload($"copy {number}", "shop", Altered(picture, number), quality: 40 + 2 * number)).ToList();
        // Something else lies on a large part of it.
        var query = Studio.Upload("query", "stranger", picture.Paste(Studio.Pattern(503, 220, 220), 20, 40), quality: 60);

        var found = Found(query, copies).ToList();

        found.Count(neighbour => neighbour.IsCopy).ShouldBeGreaterThan(20);
        found.ShouldAllBe(neighbour => neighbour.Evidence!.BlocksDiscounted == null);
    }

    [Fact]
    public void A_logo_that_is_a_work_of_its_own_is_found_in_every_picture_that_shows_it()
    {
        var logo = Studio.Work("logo", "brand", TheLogo);
        var branded = Enumerable.Range(1, 12).Select(number => Studio.Upload($"branded {number}", "shop", Branded(number))).ToList();

        Copies(Studio.Upload("query", "shop", Branded(501)), [.. branded, logo]).ShouldBe(["logo"]);
        var query = logo with { SubjectId = "query", Sha256 = "other file" };
        var oneByOne = branded.Where(upload => Copies(query, [upload]).Any()).Select(upload => upload.SubjectId).ToList();
        oneByOne.Count.ShouldBeGreaterThan(Backdrop.LeastPictures);
        Copies(query, branded).ShouldBe(oneByOne);
    }

    [Fact]
    public void The_answer_as_of_a_version_does_not_depend_on_what_came_later()
    {
        var stranger = Studio.Upload("query", "stranger", InStudio(501));
        var tenant = IndexOf(Log(Shop)).For("t");

        foreach (var version in (int[])[1, Backdrop.LeastPictures, Backdrop.LeastPictures + 1, 20])
            Say(Found(stranger, tenant, version)).ShouldBe(Say(Found(stranger, Shop[..version])), $"version {version}");

        Found(stranger, tenant, Backdrop.LeastPictures).Count(neighbour => neighbour.IsCopy).ShouldBe(Backdrop.LeastPictures);
        Found(stranger, tenant, Backdrop.LeastPictures + 1).ShouldNotContain(neighbour => neighbour.IsCopy);

        static IEnumerable<string> Say(IEnumerable<Neighbour> found) => found.Select(neighbour => $"{neighbour.Id} {neighbour.Evidence!.Score} {neighbour.Evidence.BlocksDiscounted}");
    }

    private static Raster InStudio(int thing) => Studio.Branded(Studio.Photograph(Studio.Pattern(Wall), thing), TheLogo);

    private static Raster Branded(int thing) => Studio.Branded(Studio.Pattern(thing), TheLogo);

    private static Raster Altered(Raster picture, int number) => (number % 3) switch
    {
        0 => picture.Crop(number, 2 * number, 400 - number, 320),
        1 => picture.Resize(300 + 5 * number, 260 + 4 * number),
        _ => picture.Paste(Studio.Pattern(600 + number, 80, 60), 10 * number, 10 + 10 * number),
    };

    private static IEnumerable<string> Copies(FingerprintRecorded query, params IEnumerable<FingerprintRecorded> known) =>
        Found(query, known).Where(neighbour => neighbour.IsCopy).Select(neighbour => neighbour.Id);

    private static IEnumerable<Neighbour> Found(FingerprintRecorded query, IEnumerable<FingerprintRecorded> known) => Found(query, IndexOf(Log(known)).For("t"), known.Count());

    private static IEnumerable<Neighbour> Found(FingerprintRecorded query, TenantIndex tenant, long version)
    {
        var (works, uploads) = tenant.Find(PictureQuery.Of(query), new MatchingOptions().ThresholdsOf("pdq/1", "t", version));
        return works.Concat(uploads);
    }
}
