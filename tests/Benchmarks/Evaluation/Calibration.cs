using System.Globalization;
using System.Text.Json;
using ImageRights.Matching.Index;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>Fits a logistic model to labelled answers: maximum likelihood with a small penalty on large weights and the sign that a measure must have, by gradient steps. The same answers give the same weights.</summary>
internal static class Calibration
{
    private const int Steps = 20_000;
    private const double Rate = 1;
    private const double Penalty = 2e-4;

    private static readonly string[] SpeaksAgainst = ["looseness", "shiftGain"];

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    /// <summary>The next model, with the same measures and other weights. A picture of the same scene is as wrong an answer as any other.</summary>
    public static CopyModel Fit(CopyModel model, IReadOnlyList<Query> queries)
    {
        var names = model.Weights.Keys.Order(StringComparer.Ordinal).ToArray();
        var answers = queries.SelectMany(query => query.Answers.Select(answer => (Answer: answer, Kind: KindOf(query, answer)))).Where(pair => pair.Answer.Measures is not null).ToList();
        var counts = answers.CountBy(pair => pair.Kind).ToDictionary();
        var samples = answers.ConvertAll(pair => (
            X: names.Select(name => pair.Answer.Measures![name]).ToArray(), Y: pair.Kind == Kind.Copy ? 1.0 : 0.0, Weight: Part(pair.Kind) / counts[pair.Kind]));
        var (weights, bias) = (new double[names.Length], 0.0);
        var (gradient, momentum, biasMomentum) = (new double[names.Length], new double[names.Length], 0.0);
        for (var step = 0; step < Steps; step++)
        {
            Array.Clear(gradient);
            var slope = 0.0;
            foreach (var (x, y, weight) in samples)
            {
                var sum = bias;
                for (var i = 0; i < x.Length; i++) sum += weights[i] * x[i];
                var error = (1 / (1 + Math.Exp(-sum)) - y) * weight;
                for (var i = 0; i < x.Length; i++) gradient[i] += error * x[i];
                slope += error;
            }
            for (var i = 0; i < weights.Length; i++)
            {
                momentum[i] = 0.9 * momentum[i] - Rate * (gradient[i] + Penalty * weights[i]);
                weights[i] += momentum[i];
                // What speaks for a copy must not count against one because the sample is small.
                if (weights[i] < 0 != SpeaksAgainst.Contains(names[i])) weights[i] = momentum[i] = 0;
            }
            biasMomentum = 0.9 * biasMomentum - Rate * slope;
            bias += biasMomentum;
        }
        return new CopyModel(NextOf(model.Version), Math.Round(bias, 3), new SortedDictionary<string, double>(
            names.Zip(weights).ToDictionary(pair => pair.First, pair => Math.Round(pair.Second, 3)), StringComparer.Ordinal));
    }

    // copy/3 comes after copy/2.
    private static string NextOf(string version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version[..(version.IndexOf('/') + 1)]}{int.Parse(version[(version.IndexOf('/') + 1)..], CultureInfo.InvariantCulture) + 1}");

    // What a finding is, or is mistaken for.
    private enum Kind
    {
        Copy,
        Scene,
        Retaken,
        Other,
    }

    private static Kind KindOf(Query query, Answer answer) => answer.Label switch
    {
        Label.Copy => Kind.Copy,
        Label.SameScene => query.Edit == Edits.Retaken.Name ? Kind.Retaken : Kind.Scene,
        Label.Other => Kind.Other,
    };

    // What is seldom counts as much as what is frequent: among the answers are far more copies than anything else.
    private static double Part(Kind kind) => kind == Kind.Copy ? 0.7 : 0.1;

    /// <summary>The file that the product embeds.</summary>
    public static string Write(CopyModel model) => JsonSerializer.Serialize(model, Indented) + "\n";
}
