using System.Globalization;
using System.Text;
using ImageRights.CaseManagement.Regimes;

namespace ImageRights.CaseManagement.CaseFiles.Printing;

/// <summary>The case as it is printed: A4, with the font inside, so that it looks the same anywhere and in ten years.</summary>
internal sealed class CasePdf
{
    private const double Left = 56, Right = 539, Top = 56, Bottom = 786, Gutter = 12;
    private const double Black = 0, Grey = 0.33;
    private static readonly (double, double, double) White = (1, 1, 1), Red = (0.8, 0, 0), Blue = (0, 0.4, 0.8);

    private readonly PdfWriter document = new(TrueTypeFont.Page);
    private double y;

    /// <summary>Writes the page.</summary>
    public static byte[] Write(CasePage page) => new CasePdf().Draw(page);

    private byte[] Draw(CasePage page)
    {
        NewPage();
        Text("Case file 案件档案", 18);
        Text($"{page.CaseId}, {page.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC", 10, Grey);
        Facts(page.Facts);
        Heading("Pictures 图片");
        foreach (var pair in page.Pictures.Chunk(2)) SideBySide([.. pair.Select(picture => (picture, (PageMark?)null))]);
        if (page.Findings.Count > 0)
        {
            Room(page.Findings[0].Marks.Count > 0 ? 400 : 60);
            Heading("What was found 比对结果");
            if (page.Findings.Any(finding => finding.Marks.Count > 0)) Text(Both(PageFinding.Legend), 8, Grey);
        }
        foreach (var finding in page.Findings)
        {
            Room(finding.Marks.Count > 0 ? 360 : 60);
            Text(Both(finding.Line), 11);
            y += 4;
            if (finding.Marks.Count > 0) SideBySide([.. finding.Marks.Select(mark => (mark.Picture, mark))]);
            Facts(finding.Facts);
            y += 8;
        }
        Heading("Timeline 时间线");
        foreach (var entry in page.Entries)
        {
            Room(60);
            Text($"{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC", 9, Grey);
            Text(Both(entry.Line), 11);
            Facts(entry.Details);
            Text($"{entry.Stream}, {entry.Version}", 8, Grey);
            y += 8;
        }
        if (page.Documents.Count > 0) Heading("Documents 文件");
        foreach (var paper in page.Documents)
        {
            Text(paper.Name, 11);
            Facts(paper.Lines);
            y += 8;
        }
        if (page.Gaps.Count > 0) Heading("What is missing 缺失内容");
        foreach (var gap in page.Gaps) Text(gap, 10);
        Heading("Proof 证明");
        Text("Each event above is a file of the archive that this page came in, with a proof that it is in the signed log. imagerights-verify checks all of it without a network.", 10);
        Text(page.Signed, 8, Grey);
        return document.ToBytes($"Case file {page.CaseId}", page.CreatedAt);
    }

    private void Heading(string text)
    {
        Room(60);
        y += 14;
        Text(text, 13);
        document.Line(Left, Right, y);
        y += 6;
    }

    private void Facts(IReadOnlyList<PageFact> facts)
    {
        foreach (var fact in facts)
        {
            Room(40);
            var (top, sheet) = (y, document.Pages);
            Text(Both(fact.Name), 9, Grey, Left, Left + 130);
            var below = y;
            y = top;
            Text(fact.Value, 9, Black, Left + 136, Right);
            if (sheet == document.Pages) y = Math.Max(y, below);
        }
    }

    private void SideBySide((PagePicture Picture, PageMark? Mark)[] pictures)
    {
        var width = (Right - Left - Gutter) / 2;
        Room(340);
        var (top, lowest) = (y, y);
        for (var place = 0; place < pictures.Length; place++)
        {
            var ((picture, mark), x) = (pictures[place], Left + (place * (width + Gutter)));
            y = top;
            if (picture.Jpeg is { } jpeg && document.Picture(jpeg, x, y, width, 250) is var (across, down))
            {
                if (mark is not null) Mark(mark, x, y, across, down);
                y += down + 4;
            }
            else Text("It cannot be shown; what is missing says why.", 9, Grey, x, x + width);
            Text(Both(picture.Name), 10, Black, x, x + width);
            foreach (var line in mark is null ? picture.Lines : []) Text(line, 8, Grey, x, x + width);
            lowest = Math.Max(lowest, y);
        }
        y = lowest + 6;
    }

    private void Mark(PageMark mark, double left, double top, double width, double height)
    {
        var corners = mark.Corners.Select(corner => (X: left + (corner.X * width), Y: top + (corner.Y * height))).ToList();
        document.Polygon(corners, 3, White);
        document.Polygon(corners, 1.5, Red);
        foreach (var box in mark.Overlays)
        {
            var (x, y, right, bottom) = (left + (box.Left * width), top + (box.Top * height), left + ((box.Left + box.Width) * width), top + ((box.Top + box.Height) * height));
            document.Polygon([(x, y), (right, y), (right, bottom), (x, bottom)], 1, Blue, isDashed: true);
        }
        for (var place = 0; place < corners.Count; place++)
        {
            // Within the picture, and readable on whatever it shows.
            var (x, y) = (Math.Clamp(corners[place].X, left + 5, left + width - 5), Math.Clamp(corners[place].Y, top + 5, top + height - 5));
            document.Polygon([(x - 2, y), (x + 2, y)], 10, White);
            document.Text($"{place + 1}", x - 2.5, y + 3, 8, Black);
        }
    }

    private void Text(string text, double size, double grey = Black, double left = Left, double right = Right)
    {
        foreach (var line in Lines(text, size, right - left))
        {
            Room(size * 1.4);
            document.Text(line, left, y + size, size, grey);
            y += size * 1.4;
        }
    }

    private IEnumerable<string> Lines(string text, double size, double width)
    {
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var (line, used, space) = (new StringBuilder(), 0.0, -1);
            foreach (var letter in paragraph.EnumerateRunes().Where(letter => Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format)))
            {
                var wide = document.Measure(letter, size);
                if (used + wide > width && line.Length > 0)
                {
                    // At a space where there is one; Chinese has none and may break anywhere.
                    var rest = space > 0 ? line.ToString(space + 1, line.Length - space - 1) : "";
                    yield return space > 0 ? line.ToString(0, space) : line.ToString();
                    line.Clear().Append(rest);
                    used = rest.EnumerateRunes().Sum(kept => document.Measure(kept, size));
                    space = -1;
                }
                if (letter.Value == ' ') space = line.Length;
                line.Append(letter);
                used += wide;
            }
            yield return line.ToString();
        }
    }

    private void Room(double height)
    {
        if (y + height > Bottom) NewPage();
    }

    private void NewPage()
    {
        document.NewPage();
        document.Text($"{document.Pages}", Right - 10, 815, 8, Grey);
        y = Top;
    }

    private static string Both(Words words) => words.Zh.Length == 0 || words.Zh == words.En ? words.En : $"{words.En} {words.Zh}";
}
