using System.Globalization;
using System.Net;
using System.Text;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>Plots as SVG.</summary>
internal static class Chart
{
    private const int Side = 420;
    private const int Margin = 46;

    /// <summary>A line through points with both coordinates from 0 to 1, with a dot at each if so asked.</summary>
    public static string Line(string title, string xTitle, string yTitle, IReadOnlyList<(double X, double Y)> points, bool dots, bool diagonal)
    {
        var svg = Begin(title, Side, Side);
        for (var tick = 0; tick <= 10; tick += 2)
        {
            var at = tick / 10.0;
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{X(at):0.#} {Y(0):0.#}V{Y(1):0.#}M{X(0):0.#} {Y(at):0.#}H{X(1):0.#}\" stroke=\"#ddd\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(at):0.#}\" y=\"{Y(0) + 14:0.#}\" text-anchor=\"middle\">{at:0.0}</text><text x=\"{X(0) - 5:0.#}\" y=\"{Y(at) + 4:0.#}\" text-anchor=\"end\">{at:0.0}</text>");
        }
        if (diagonal) svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{X(0):0.#} {Y(0):0.#}L{X(1):0.#} {Y(1):0.#}\" stroke=\"#999\" stroke-dasharray=\"4\"/>");
        svg.Append("<polyline fill=\"none\" stroke=\"#0b62c4\" stroke-width=\"2\" points=\"").AppendJoin(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}"))).Append("\"/>");
        if (dots)
        {
            foreach (var (x, y) in points) svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"4\" fill=\"#0b62c4\"/>");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Side / 2}\" y=\"{Side - 8}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(xTitle)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(12 {Side / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(yTitle)}</text>");
        return svg.Append("</svg>\n").ToString();

        static double X(double value) => Margin + value * (Side - 2 * Margin);
        static double Y(double value) => Side - Margin - value * (Side - 2 * Margin);
    }

    /// <summary>A bar for each name, of a length from 0 to 1.</summary>
    public static string Bars(string title, IReadOnlyList<(string Name, double Value)> bars)
    {
        const int row = 16, names = 230, length = 360;
        var svg = Begin(title, names + length + 60, Margin + bars.Count * row);
        foreach (var (number, (name, value)) in bars.Index())
        {
            var top = Margin - 8 + number * row;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{names - 6}\" y=\"{top + 11}\" text-anchor=\"end\">{WebUtility.HtmlEncode(name)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{names}\" y=\"{top + 1}\" width=\"{value * length:0.#}\" height=\"{row - 3}\" fill=\"{(value < 0.85 ? "#c43b0b" : "#0b62c4")}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{names + value * length + 4:0.#}\" y=\"{top + 11}\">{100 * value:0.0}</text>");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static StringBuilder Begin(string title, int width, int height) => new StringBuilder().Append(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"{width / 2}\" y=\"20\" text-anchor=\"middle\" font-size=\"14\">{WebUtility.HtmlEncode(title)}</text>");
}
