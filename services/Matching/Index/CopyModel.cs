using System.Text.Json;

namespace ImageRights.Matching.Index;

/// <summary>How probable it is that what resembles is a copy: a logistic function of how it resembles. Its weights are data, fitted by <c>dotnet run -- calibrate</c> of the benchmarks.</summary>
/// <param name="Version">Named with every score, for a score means something only with its model.</param>
/// <param name="Bias">Added to the weighted measures.</param>
/// <param name="Weights">By the name of the measure.</param>
public sealed record CopyModel(string Version, double Bias, IReadOnlyDictionary<string, double> Weights)
{
    /// <summary>From here on a picture is taken for a copy unless a bank says otherwise.</summary>
    public const double DefaultReview = 0.5;

    /// <summary>And from here on surely.</summary>
    public const double DefaultAuto = 0.95;

    // Of hashes alone: one false pair in 20 million comes within 31 bits and one in a million within 56, measured over 81 million pairs of photographs.
    private const double EvenDistance = 46;
    private const double BitsPerUnit = 4;

    /// <summary>The model that this version of the index uses.</summary>
    public static readonly CopyModel Current = Read();

    /// <summary>0 to 1.</summary>
    public double Score(IReadOnlyDictionary<string, double> measures) => Logistic(Bias + measures.Sum(measure => measure.Value * Weights[measure.Key]));

    /// <summary>0 to 1, of pictures whose pixels cannot be compared.</summary>
    public static double ScoreOfHash(int distance) => Logistic((EvenDistance - distance) / BitsPerUnit);

    private static double Logistic(double value) => Math.Round(1 / (1 + Math.Exp(-value)), 4);

    private static CopyModel Read()
    {
        using var stream = typeof(CopyModel).Assembly.GetManifestResourceStream("ImageRights.Matching.Index.copy-model.json")
            ?? throw new InvalidOperationException("The copy model is not embedded.");
        return JsonSerializer.Deserialize<CopyModel>(stream, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("The copy model is empty.");
    }
}
