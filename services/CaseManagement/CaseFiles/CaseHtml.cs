using System.Net;
using System.Text;
using ImageRights.CaseManagement.Regimes;

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
            html.Append($"<figcaption><strong>{Both(picture.Name)}</strong><br><code>{Text(picture.Id)}</code>{(picture.Caption is { } caption ? $"<br>{Text(caption)}" : "")}<br>SHA-256 <code>{Text(picture.Sha256)}</code></figcaption></figure>");
        }
        html.Append("</div>\n");
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
