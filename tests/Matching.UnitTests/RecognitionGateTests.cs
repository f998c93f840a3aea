using ImageRights.Benchmarks.Evaluation;
using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>What is recognised today is recognised tomorrow: a small run of the evaluation, with the product's own decoding, fingerprints and index, over clothing photographs (CC0) of which some share a floor.</summary>
public class RecognitionGateTests
{
    private static readonly string[] Watched =
        ["jpeg10", "crop50 centre", "crop25", "mirrored", "perspective8", "watermark60", "border10", "collage4", "inset15", "background photo", "screenshot", "inverted",
        "combo3 crop60 small watermark border"];

    [Fact]
    public void Edited_copies_are_found_and_nothing_else_is_called_one()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Photographs")).Order(StringComparer.Ordinal).ToList();
        var originals = files.Where((_, number) => number % 3 == 0).ToList();
        var registered = files.Where(file => !originals.Contains(file) || originals.IndexOf(file) % 4 != 0).ToList();
        var scenes = SceneList.Read(Path.Combine(AppContext.BaseDirectory, "clothing-scenes.csv"));
        var trial = new Trial(registered, originals, scenes, new Progress(registered.Count));
        var edits = Edits.All.Where(edit => Watched.Contains(edit.Name)).ToList();
        edits.Count.ShouldBe(Watched.Length);

        var queries = trial.Run(edits, new Progress(originals.Count * edits.Count));

        queries.Count(query => query.Truth is null).ShouldBeGreaterThan(10);
        var missed = queries.Where(query => query.Truth is not null && query.TrueScore < CopyModel.DefaultReview).Select(query => $"{query.Edit} of {query.Picture}: {query.TrueScore}").ToList();
        missed.Count.ShouldBeLessThanOrEqualTo(1, string.Join("; ", missed));
        queries.SelectMany(query => query.Answers).Where(answer => answer.Label == Label.Other && answer.Score >= CopyModel.DefaultReview).ShouldBeEmpty();
        // No perspective explains a bend; before it was fitted as one, few of these were found.
        var bent = trial.Run([.. Edits.Others.Where(edit => edit.Name is "bent8" or "waves1")], new Progress(2 * originals.Count));
        Metrics.Recall(bent, CopyModel.DefaultReview).ShouldBeGreaterThanOrEqualTo(0.6);
        // These photographs were chosen for the floor that they share: three of the hundred and four queries take one of them for another.
        Metrics.SceneAlarms(queries, CopyModel.DefaultReview).ShouldBeLessThanOrEqualTo(3 / 104.0);
        Metrics.SceneAlarms(trial.Run([Edits.Retaken], new Progress(originals.Count)), CopyModel.DefaultReview).ShouldBe(0);
        queries.SelectMany(query => query.Answers).Where(answer => answer.Measures is not null).ShouldAllBe(answer => answer.Score >= CopyModel.Current.Score(answer.Measures!));
    }
}
