using System.Text.Json;
using ImageRights.Matching.Index;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>Fits a logistic model to labelled answers: maximum likelihood with a small penalty on large weights, by gradient steps. The same answers give the same weights.</summary>
internal static class Calibration
{
    private const int Steps = 20_000;
    private const double Rate = 1;
    private const double Penalty = 2e-4;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    /// <summary>A model with the same measures and other weights. A picture of the same scene is as wrong an answer as any other.</summary>
    public static CopyModel Fit(CopyModel model, IReadOnlyList<Query> queries)
    {
        var names = model.Weights.Keys.Order(StringComparer.Ordinal).ToArray();
        var samples = queries.SelectMany(query => query.Answers).Where(answer => answer.Measures is not null)
            .Select(answer => (X: names.Select(name => answer.Measures![name]).ToArray(), Y: answer.Label == Label.Copy ? 1.0 : 0.0)).ToList();
        // What is seldom counts as much as what is frequent: there are far more copies among the answers than scenes.
        var (copies, others) = (samples.Count(sample => sample.Y == 1), samples.Count(sample => sample.Y == 0));
        var (weights, bias) = (new double[names.Length], 0.0);
        var (gradient, momentum, biasMomentum) = (new double[names.Length], new double[names.Length], 0.0);
        for (var step = 0; step < Steps; step++)
        {
            Array.Clear(gradient);
            var slope = 0.0;
            foreach (var (x, y) in samples)
            {
                var sum = bias;
                for (var i = 0; i < x.Length; i++) sum += weights[i] * x[i];
                var error = (1 / (1 + Math.Exp(-sum)) - y) * 0.5 / (y == 1 ? copies : others);
                for (var i = 0; i < x.Length; i++) gradient[i] += error * x[i];
                slope += error;
            }
            for (var i = 0; i < weights.Length; i++)
            {
                momentum[i] = 0.9 * momentum[i] - Rate * (gradient[i] + Penalty * weights[i]);
                weights[i] += momentum[i];
            }
            biasMomentum = 0.9 * biasMomentum - Rate * slope;
            bias += biasMomentum;
        }
        return new CopyModel(model.Version, Math.Round(bias, 3), new SortedDictionary<string, double>(
            names.Zip(weights).ToDictionary(pair => pair.First, pair => Math.Round(pair.Second, 3)), StringComparer.Ordinal));
    }

    /// <summary>The file that the product embeds.</summary>
    public static string Write(CopyModel model) => JsonSerializer.Serialize(model, Indented) + "\n";
}
