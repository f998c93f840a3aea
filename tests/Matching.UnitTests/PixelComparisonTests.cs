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

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1e-9, 0, 0, 1e-9)]
    [InlineData(1e9, 0, 0, 1e9)]
    [InlineData(double.NaN, 0, 0, 1)]
    public void A_transform_that_makes_no_sense_compares_nothing_and_breaks_nothing(double a, double b, double d, double e) =>
        PixelComparison.Compare(Harbour, Harbour, new Affine(a, b, 0, d, e, 0)).Blocks.ShouldAllBe(block => block.Correlation <= 1.001);
}
