using System.Net;
using System.Text;
using ImageRights.CaseManagement.Regimes;
using static System.FormattableString;

namespace ImageRights.CaseManagement.CaseFiles;

/// <summary>The case as one web page that needs nothing else: no script, no address, pictures within.</summary>
internal static class CaseHtml
{
    private const string Style =
        """
        body{font:15px/1.5 system-ui,"Noto Sans","Noto Sans SC",sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
        h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #999}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.3rem 0}dt{color:#555}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
        .pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem;align-items:start}figure{margin:0}figure img{width:100%;height:auto;border:1px solid #999}
        figcaption{font-size:.85rem;overflow-wrap:anywhere}ol{list-style:none;padding:0}ol>li{border-left:3px solid #468;padding:.2rem 0 .8rem 1rem}time{color:#555;font-size:.9rem}
        .pictures img{width:auto;max-width:100%;max-height:32rem;display:block;box-sizing:border-box}.marked{position:relative;overflow:hidden;width:fit-content}.marked svg{position:absolute;inset:0;width:100%;height:100%}.marked polygon,.marked rect{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}
        .marked .edge{stroke:#fff;stroke-width:5}.marked .line{stroke:#c00;stroke-width:2.5}.marked rect{stroke:#06c;stroke-width:2;stroke-dasharray:6 4}
        .marked b{position:absolute;translate:-50% -50%;min-width:1.5em;border-radius:1em;background:#c00;color:#fff;font-size:.75rem;text-align:center}
        .zh{color:#555}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem}code{font-size:.85rem}
        @media print{body{margin:0;max-width:none}li,figure{break-inside:avoid}}
        """;

    public static byte[] Write(CasePage page)
    {
        var html = new StringBuilder();
        html.Append($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"><title>Case file {Text(page.CaseId)}</title><style>{Style}</style></head><body>\n");
        html.Append($"<h1>Case file <span class=\"zh\" lang=\"zh\">案件档案</span></h1><p><code>{Text(page.CaseId)}</code>, {page.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC</p>\n");
        Facts(page.Facts);
        Heading("Pictures", "图片");
        html.Append("<div class=\"pictures\">");
        foreach (var picture in page.Pictures)
        {
            html.Append("<figure>");
            html.Append(picture.Jpeg is { } jpeg
                ? $"<img alt=\"{Text(picture.Name.En)}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">"
                : "<p>It cannot be shown; what is missing says why.</p>");
            html.Append($"<figcaption><strong>{Both(picture.Name)}</strong>{string.Concat(picture.Lines.Select(line => $"<br>{Text(line)}"))}</figcaption></figure>");
        }
        html.Append("</div>\n");
        if (page.Findings.Count > 0) Heading("What was found", "比对结果");
        if (page.Findings.Any(finding => finding.Marks.Count > 0)) html.Append($"<p><small>{Both(PageFinding.Legend)}</small></p>");
        foreach (var finding in page.Findings)
        {
            html.Append($"<p><strong>{Both(finding.Line)}</strong></p><div class=\"pictures\">");
            foreach (var mark in finding.Marks) Marked(mark);
            html.Append("</div>\n");
            Facts(finding.Facts);
        }
        Heading("Timeline", "时间线");
        html.Append("<ol>\n");
        foreach (var entry in page.Entries)
        {
            html.Append($"<li><time datetime=\"{entry.At.UtcDateTime:O}\">{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC</time><br><strong>{Both(entry.Line)}</strong>");
            Facts(entry.Details);
            html.Append($"<small><code>{Text(entry.Stream)}</code>, {entry.Version}</small></li>\n");
        }
        html.Append("</ol>\n");
        if (page.Documents.Count > 0) Heading("Documents", "文件");
        foreach (var document in page.Documents)
        {
            html.Append($"<h3>{Text(document.Name)}</h3>");
            Facts(document.Lines);
        }
        if (page.Gaps.Count > 0)
        {
            Heading("What is missing", "缺失内容");
            html.Append("<ul>");
            foreach (var gap in page.Gaps) html.Append($"<li>{Text(gap)}</li>");
            html.Append("</ul>\n");
        }
        Heading("Proof", "证明");
        html.Append("<p>Each event above is a file of this archive, with a proof that it is in the signed log. <code>imagerights-verify FILE --key KEY</code> checks all of it without a network.</p>");
        html.Append($"<pre>{Text(page.Signed)}</pre>\n</body></html>\n");
        return Encoding.UTF8.GetBytes(html.ToString());

        void Heading(string en, string zh) => html.Append($"<h2>{en} <span class=\"zh\" lang=\"zh\">{zh}</span></h2>\n");

        void Marked(PageMark mark)
        {
            var area = string.Join(' ', mark.Corners.Select(corner => Invariant($"{corner.X:0.####},{corner.Y:0.####}")));
            html.Append($"<figure><div class=\"marked\"><img alt=\"{Text(mark.Picture.Name.En)}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(mark.Picture.Jpeg!)}\">");
            html.Append($"<svg viewBox=\"0 0 1 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><polygon class=\"edge\" points=\"{area}\"/><polygon class=\"line\" points=\"{area}\"/>");
            foreach (var (left, top, width, height) in mark.Overlays) html.Append(Invariant($"<rect x=\"{left:0.####}\" y=\"{top:0.####}\" width=\"{width:0.####}\" height=\"{height:0.####}\"/>"));
            html.Append("</svg>");
            for (var place = 0; place < mark.Corners.Count; place++)
                html.Append(Invariant($"<b style=\"left:clamp(.7rem,{100 * mark.Corners[place].X:0.##}%,calc(100% - .7rem));top:clamp(.7rem,{100 * mark.Corners[place].Y:0.##}%,calc(100% - .7rem))\">{place + 1}</b>"));
            html.Append($"</div><figcaption><strong>{Both(mark.Picture.Name)}</strong></figcaption></figure>");
        }

        void Facts(IReadOnlyList<PageFact> facts)
        {
            if (facts.Count == 0) return;
            html.Append("<dl>");
            foreach (var fact in facts) html.Append($"<dt>{Both(fact.Name)}</dt><dd>{Text(fact.Value)}</dd>");
            html.Append("</dl>\n");
        }
    }

    private static string Both(Words words) => words.Zh.Length == 0 || words.Zh == words.En ? Text(words.En) : $"{Text(words.En)} <span class=\"zh\" lang=\"zh\">{Text(words.Zh)}</span>";

    // Direction marks would let a text pass for another on the page.
    private static string Text(string text) => WebUtility.HtmlEncode(string.Concat(text.Where(letter => letter is not ((>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F'))));
}
