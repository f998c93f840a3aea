using System.Globalization;
using System.Text;
using ImageRights.CaseManagement.Regimes;

namespace ImageRights.CaseManagement.CaseFiles.Printing;

/// <summary>The case as it is printed: A4, with the font inside, so that it looks the same anywhere and in ten years.</summary>
internal sealed class CasePdf
{
    private const double Left = 56, Right = 539, Top = 56, Bottom = 786, Gutter = 12;
    private const double Black = 0, Grey = 0.33;

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
        for (var place = 0; place < page.Pictures.Count; place += 2) SideBySide([.. page.Pictures.Skip(place).Take(2)]);
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

    private void SideBySide(PagePicture[] pictures)
    {
        var width = (Right - Left - Gutter) / 2;
        Room(340);
        var (top, lowest) = (y, y);
        for (var place = 0; place < pictures.Length; place++)
        {
            var (picture, x) = (pictures[place], Left + (place * (width + Gutter)));
            y = top;
            if (picture.Jpeg is { } jpeg && document.Picture(jpeg, x, y, width, 250) is { } height) y += height + 4;
            else Text("It cannot be shown; what is missing says why.", 9, Grey, x, x + width);
            Text(Both(picture.Name), 10, Black, x, x + width);
            foreach (var line in new[] { picture.Id, picture.Caption, $"SHA-256 {picture.Sha256}" }.OfType<string>()) Text(line, 8, Grey, x, x + width);
            lowest = Math.Max(lowest, y);
        }
        y = lowest + 6;
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
