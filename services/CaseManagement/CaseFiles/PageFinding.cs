using System.Globalization;
using System.Text.Json;
using ImageRights.CaseManagement.Regimes;
using static System.FormattableString;

namespace ImageRights.CaseManagement.CaseFiles;

/// <summary>Where something was recognised in a picture, in fractions of its width and height.</summary>
/// <param name="Corners">Corner i of the one picture is corner i of the other.</param>
/// <param name="Overlays">What hides it: captions, logos.</param>
internal sealed record PageMark(PagePicture Picture, IReadOnlyList<(double X, double Y)> Corners, IReadOnlyList<(double Left, double Top, double Width, double Height)> Overlays);

/// <summary>What matching found of a work in the disputed picture. Read by the names of members, from whichever fact has them.</summary>
internal sealed record PageFinding(Words Line, IReadOnlyList<PageFact> Facts, IReadOnlyList<PageMark> Marks)
{
    /// <summary>What is drawn upon the pictures.</summary>
    public static readonly Words Legend = new(
        "Outlined is what was recognised; the same number is the same corner. Dashed: captions or logos upon it.", "框线内为识别出的部分,编号相同者为同一角;虚线为覆盖其上的文字或标识。");

    private const int Bits = 256;

    /// <summary>The findings of a fact about the works of the dispute.</summary>
    /// <param name="data">As it is shown.</param>
    public static IEnumerable<PageFinding> Of(JsonElement data, IReadOnlyCollection<string> works, IReadOnlyList<PagePicture> pictures)
    {
        if (Text(data, "imageId") is not { } image || !data.TryGetProperty("thresholds", out var thresholds)) return [];
        var found = Items(data, "matches").Concat(Items(data, "related")).Select(match => (Work: Text(match, "referenceId"), Match: match)).Append((Work: Text(data, "workId"), Match: data));
        return [.. found.Where(pair => pair.Work is not null && works.Contains(pair.Work)).Select(pair => Of(data, image, pair.Work!, pair.Match, thresholds, pictures))];
    }

    private static PageFinding Of(JsonElement data, string image, string work, JsonElement match, JsonElement thresholds, IReadOnlyList<PagePicture> pictures)
    {
        var evidence = match.TryGetProperty("evidence", out var recognised) ? recognised : default;
        var facts = new List<PageFact>();
        Add("score", Number(evidence, "score") is { } score ? Percent(100 * score) : null);
        foreach (var name in new[] { "band", "disposition" }) Add(name, Text(match, name) is { } value ? EventWords.Value(value) : null);
        Add("licenceId", Text(match, "licenceId"));
        foreach (var name in new[] { "uploadPercent", "referencePercent" }) Add(name, Number(evidence, name) is { } percent ? Percent(percent) : null);
        Add("transform", Text(match, "transform") is { } turn ? EventWords.Value(turn) : null);
        if (evidence.ValueKind == JsonValueKind.Object && evidence.TryGetProperty("isInverted", out var inverted) && inverted.GetBoolean()) Add("isInverted", EventWords.Value("Inverted"));
        // Where local features were compared, the hashes decided nothing.
        var distance = evidence.ValueKind == JsonValueKind.Undefined ? Number(match, "distance") : Number(evidence, "distance");
        Add("distance", distance is { } bits ? Invariant($"{bits} / {Bits} (≤ {Number(thresholds, "maxDistance")})") : null);
        Add("inliers", Number(evidence, "inliers") is { } inliers ? Invariant($"{inliers}") : null);
        Add("blocks", Number(evidence, "blocksCompared") is { } blocks ? Invariant($"{Number(evidence, "blocksAlike")} / {blocks}") : null);
        Add("overlays", Items(evidence, "overlays").Count is > 0 and var overlays ? Invariant($"{overlays}") : null);
        var bank = Text(match, "bank") ?? (data.TryGetProperty("isPortrait", out _) ? "Portraits" : "Works");
        if (thresholds.TryGetProperty(JsonNamingPolicy.CamelCase.ConvertName(bank), out var limits)) Add("limits", $"{Percent(100 * Number(limits, "review") ?? 0)} / {Percent(100 * Number(limits, "auto") ?? 0)}");
        Add("algorithm", string.Join(", ", new[] { Text(thresholds, "algorithm"), Text(evidence, "algorithm"), Text(thresholds, "model") }.OfType<string>().Distinct()));
        Add("indexVersion", Number(thresholds, "indexVersion") is { } version ? Invariant($"{version}") : null);
        foreach (var name in new[] { "screenedAt", "foundAt" }) Add(name, Text(data, name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at) ? Invariant($"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : null);
        Add("imageId", image);
        Add("workId", work);
        return new PageFinding(EventWords.Class(Text(evidence, "class") ?? "HashesAgree"), facts, [.. Mark(image, "uploadArea", Items(evidence, "overlays")), .. Mark(work, "referenceArea", [])]);

        void Add(string name, string? value)
        {
            if (value is not null) facts.Add(new PageFact(EventWords.Member(name), value));
        }

        IEnumerable<PageMark> Mark(string picture, string area, IReadOnlyList<JsonElement> hidden) =>
            from shown in pictures
            where shown.Id == picture && shown.Jpeg is not null && Items(evidence, area).Count > 0
            select new PageMark(
                shown, [.. Items(evidence, area).Select(corner => (Fraction(corner, "x"), Fraction(corner, "y")))],
                [.. hidden.Select(box => (Fraction(box, "left"), Fraction(box, "top"), Fraction(box, "width"), Fraction(box, "height")))]);
    }

    private static string Percent(double percent) => Invariant($"{percent:0.#} %");

    private static double Fraction(JsonElement element, string member) => Math.Clamp(Number(element, member) ?? 0, 0, 1);

    private static double? Number(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IReadOnlyList<JsonElement> Items(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
}
