using ImageRights.Benchmarks.Evaluation;

namespace ImageRights.Matching.UnitTests;

/// <summary>The evaluation measures what it says.</summary>
public class MetricsTests
{
    private static readonly Query[] Pooled =
    [
        Ask("a", "a", new Answer("a", 0.9, Label.Copy)),
        Ask("b", "b", new Answer("b", 0.7, Label.Copy), new Answer("s", 0.95, Label.SameScene)),
        Ask("c", "c"),
        Ask("d", null, new Answer("x", 0.8, Label.Other)),
    ];

    [Fact]
    public void Recall_counts_what_is_registered_only() => (Metrics.Recall(Pooled, 0.5), Metrics.Recall(Pooled, 0.85)).ShouldBe((2 / 3.0, 1 / 3.0));

    [Fact]
    public void The_threshold_lets_no_more_false_pairs_through_than_allowed()
    {
        Metrics.ThresholdAt(0, Pooled, 10).ShouldBeGreaterThan(0.8);
        Metrics.ThresholdAt(1 / 40.0, Pooled, 10).ShouldBe(0);
    }

    [Fact]
    public void Each_edit_has_a_row_of_its_own_and_a_file_to_show()
    {
        var edits = Edits.Set("all").ToList();
        edits.Count.ShouldBe(Edits.Set("protocol").Count() + Edits.Set("others").Count());
        edits.Select(edit => edit.Name).ShouldBeUnique();
        foreach (var edit in edits) edit.Save(edit.Apply(new Raster(90, 120, 200), new Raster(120, 90, 60), new Random(1))).ShouldNotBeEmpty(edit.Name);
        Should.Throw<ArgumentException>(() => Edits.Set("none"));
    }

    [Fact]
    public void Precision_leaves_scenes_out()
    {
        Metrics.RecallAtPrecision(Pooled, 0.999).ShouldBe(1 / 3.0);
        Metrics.RecallAtPrecision(Pooled, 0.6).ShouldBe(2 / 3.0);
        Metrics.MicroAveragePrecision(Pooled).ShouldBe(1 / 3.0 + 1 / 3.0 * 2 / 3, 1e-9);
        Metrics.SceneAlarms(Pooled, 0.5).ShouldBe(0.25);
    }

    [Fact]
    public void The_calibration_error_is_how_far_scores_are_from_what_is_right()
    {
        Query[] sure = [Ask("a", "a", new Answer("a", 1, Label.Copy))];
        Metrics.CalibrationError(sure).ShouldBe(0);
        Query[] wrong = [Ask("a", null, new Answer("x", 0.75, Label.Other))];
        Metrics.CalibrationError(wrong).ShouldBe(0.75);
    }

    private static Query Ask(string picture, string? truth, params Answer[] answers) => new(picture, "edit", truth, answers);
}
