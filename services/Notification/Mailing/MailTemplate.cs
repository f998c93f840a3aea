using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using ImageRights.Notification.Letters;
using ImageRights.Notification.Projections;

namespace ImageRights.Notification.Mailing;

/// <summary>A mail as it is written.</summary>
public sealed record WrittenMail(string Language, string Subject, string Text, string Html);

/// <summary>Writes a letter as a mail, in plain text and HTML, from the files in <c>Templates</c>. Whatever is not the template's own is encoded.</summary>
public static class MailTemplate
{
    private const int LongestSubject = 200;

    private static readonly Dictionary<string, Dictionary<string, string>> Words = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(Read("words.json"))!;
    private static readonly string TextForm = Read("mail.txt"), HtmlForm = Read("mail.html");

    /// <summary>Languages that mail is written in.</summary>
    public static IReadOnlyCollection<string> Languages => Words.Keys;

    /// <summary>Writes it.</summary>
    /// <param name="language">What the addressee reads, as a language tag; null: not known.</param>
    /// <param name="name">Whom it greets; null: not known.</param>
    /// <param name="caseUrl">Address of a case, with <c>{caseId}</c>.</param>
    public static WrittenMail Write(LetterView letter, string? language, string? name, string? caseUrl)
    {
        var text = letter.TextIn(language);
        var words = Words.GetValueOrDefault(text.Language) ?? Words["en"];
        var subject = OneLine(text.Subject);
        var greeting = name is null ? words["greetingUnknown"] : words["greeting"].Replace("{name}", OneLine(name), StringComparison.Ordinal);
        List<string> paragraphs = [.. text.Body.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (Letter.IsRationed(letter.Fact)) paragraphs.Add(words["rationed"]);
        var due = letter.DueAt is { } at ? words["due"].Replace("{due}", at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), StringComparison.Ordinal) : null;
        var about = letter.CaseId is { } id ? words["case"].Replace("{case}", id, StringComparison.Ordinal) : "";
        var link = letter.CaseId is { } caseId ? caseUrl?.Replace("{caseId}", Uri.EscapeDataString(caseId), StringComparison.Ordinal) : null;
        var plain = Fill(TextForm, text.Language, subject, greeting, string.Join("\n\n", paragraphs), due ?? "", about, link is null ? "" : $"{words["link"]}: {link}", words["footer"]);
        while (plain.Contains("\n\n\n", StringComparison.Ordinal)) plain = plain.Replace("\n\n\n", "\n\n", StringComparison.Ordinal);
        var html = Fill(
            HtmlForm, text.Language, Encode(subject), Encode(greeting), string.Join('\n', paragraphs.Select(paragraph => $"<p>{Encode(paragraph).Replace("\n", "<br>", StringComparison.Ordinal)}</p>")),
            due is null ? "" : $"<p><strong>{Encode(due)}</strong></p>", Encode(about),
            link is null ? "" : $"<p><a href=\"{Encode(link)}\" style=\"color:#0a58ca\">{Encode(words["link"])}</a></p>", Encode(words["footer"]));
        return new WrittenMail(text.Language, subject, plain, html);
    }

    // In one pass: a value that looks like a place is not filled again.
    private static string Fill(string form, string language, string subject, string greeting, string body, string due, string about, string link, string footer) =>
        System.Text.RegularExpressions.Regex.Replace(form, @"\{(\w+)\}", place => place.Groups[1].Value switch
        {
            "language" => language, "subject" => subject, "greeting" => greeting, "body" => body, "due" => due, "case" => about, "link" => link, "footer" => footer,
            var unknown => throw new InvalidOperationException($"The template has a place {{{unknown}}} that nothing fills."),
        });

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    // A subject or a name with a line break would begin another header.
    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length <= LongestSubject ? line : line[..LongestSubject];
    }

    private static string Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(resource => resource.EndsWith($"Templates.{name}", StringComparison.Ordinal)))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
