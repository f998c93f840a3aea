using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>Pixels say how exactly one picture lies on another, and correct where features put it.</summary>
public class PixelComparisonTests
{
    private static readonly Affine Same = new(1, 0, 0, 0, 1, 0);
    private static readonly LocalFeatures Harbour = new Scene(1, 1).Picture();

    [Fact]
    public void A_picture_lies_on_itself_exactly()
    {
        var report = PixelComparison.Compare(Harbour, Harbour, Same);
        report.Blocks.Count.ShouldBeGreaterThan(60);
        report.Blocks.ShouldAllBe(block => block.Correlation > 0.99);
        report.Looseness.ShouldBeLessThan(0.2);
    }

    [Fact]
    public void What_features_put_beside_its_place_is_put_right()
    {
        var off = new Affine(1.01, 0.01, 7, -0.01, 0.99, -6);
        var report = PixelComparison.Compare(Harbour, Harbour, off);
        foreach (var (x, y) in new[] { (60.0, 60.0), (450.0, 60.0), (60.0, 450.0), (450.0, 450.0) })
        {
            var (u, v) = report.Transform.Apply(x, y);
            u.ShouldBe(x, 2);
            v.ShouldBe(y, 2);
        }
        report.Blocks.Count(block => block.Correlation > 0.95).ShouldBeGreaterThan(report.Blocks.Count * 9 / 10);
    }

    [Fact]
    public void A_negative_is_alike_when_it_is_looked_for_as_one()
    {
        PixelComparison.Compare(Harbour, Harbour, Same, inverted: true).Blocks.Count(block => block.Correlation > PixelComparison.LeastCorrelation).ShouldBeLessThan(10);
    }

    [Fact]
    public void Another_surface_is_not_alike() =>
        PixelComparison.Compare(Harbour, new Scene(1, 2).Picture(), Same).Blocks.Count(block => block.Correlation > PixelComparison.LeastCorrelation).ShouldBeLessThan(30);

    [Fact]
    public void A_picture_that_was_bent_lies_on_its_original()
    {
        var report = PixelComparison.Compare(new Scene(1, 1).Picture(moved: (x, y) => 0.025 * Math.Sin(5 * y + x)), Harbour, Same);
        report.Looseness.ShouldBeLessThan(0.4);
        report.Blocks.Count(block => block.CorrelationHere > 0.85).ShouldBeGreaterThan(report.Blocks.Count * 8 / 10);
    }

    [Fact]
    public void What_moved_in_steps_is_not_taken_for_bent()
    {
        var report = PixelComparison.Compare(new Scene(1, 1).Picture(moved: (x, y) => 0.015 * Math.Sign(Math.Sin(14 * x) * Math.Sin(11 * y))), Harbour, Same);
        report.Looseness.ShouldBeGreaterThan(0.6);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    public void Marks_on_a_copy_do_not_make_it_lie_loosely(double marks) =>
        PixelComparison.Compare(new Scene(1, 1).Picture(marks: marks), Harbour, Same).Looseness.ShouldBeLessThanOrEqualTo(0.5);

    [Fact]
    public void Few_blocks_do_not_lie_close_because_they_do_together()
    {
        const double size = 0.28;
        var report = PixelComparison.Compare(new Scene(1, 1).Picture(0.375, 0.375, size, marks: 200), Harbour, new Affine(size, 0, 192, 0, size, 192));
        report.Blocks.Count(block => block.Correlation > PixelComparison.LeastCorrelation).ShouldBeInRange(4, 11);
        report.Looseness.ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public void A_bend_puts_places_where_they_were_found()
    {
        var places = Enumerable.Range(0, 80).Select(number => (X: number % 10 * 16.0, Y: number / 10 * 16.0)).ToList();
        var bend = Bend.None(72, 56).Corrected([.. places.Select(place => new Warp.Displacement(place.X, place.Y, Expected(place.X, place.Y), 0.01 * place.X))])!;
        foreach (var (px, py) in places)
        {
            var (x, y) = bend.Apply(px, py);
            x.ShouldBe(px + Expected(px, py), 1e-6);
            y.ShouldBe(py + 0.01 * px, 1e-6);
        }
        Bend.None(72, 56).Corrected([.. places.Take(Bend.LeastPoints - 1).Select(place => new Warp.Displacement(place.X, place.Y, 1, 1))]).ShouldBeNull();

        static double Expected(double x, double y) => 2 * Math.Pow((x - 72) / 72, 2) - 1.5 * Math.Pow((y - 56) / 72, 3) + (x - 72) * (y - 56) / 5000;
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1e-9, 0, 0, 1e-9)]
    [InlineData(1e9, 0, 0, 1e9)]
    [InlineData(double.NaN, 0, 0, 1)]
    public void A_transform_that_makes_no_sense_compares_nothing_and_breaks_nothing(double a, double b, double d, double e) =>
        PixelComparison.Compare(Harbour, Harbour, new Affine(a, b, 0, d, e, 0)).Blocks.ShouldAllBe(block => block.Correlation <= 1.001);
}
