using System.Globalization;
using System.Text;
using System.Text.Json;
using ImageRights.CaseManagement.StatementsOfReasons;

namespace ImageRights.CaseManagement.Messages;

/// <summary>Parts of those who are written to.</summary>
public enum Party
{
    /// <summary>Who complains.</summary>
    Complainant,

    /// <summary>Who published the picture.</summary>
    Respondent,
}

/// <summary>What is said of one fact to one party.</summary>
/// <param name="Attach">Phrase that says what to attach.</param>
/// <param name="Otherwise">Phrase that says what happens otherwise.</param>
/// <param name="Appeal">Where to appeal: <see cref="MessageBook.AgainstMeasure"/>, or by jurisdiction; null where there is nothing to appeal against.</param>
public sealed record MessageTemplate(Text Subject, Text What, string Attach, string Otherwise, string? Appeal = null);

/// <summary>How a term is told.</summary>
/// <param name="Parties">Who hears of it: <c>complainant</c>, <c>respondent</c>.</param>
/// <param name="Otherwise">What follows when it passes.</param>
public sealed record TermWords(IReadOnlyList<string> Parties, Text What, Text Otherwise);

/// <summary>An instant where the law is.</summary>
/// <param name="At">With the offset of the zone at that instant.</param>
/// <param name="LastDay">Last day of a term in days, which ends where the next begins; null for hours.</param>
/// <param name="Zone">IANA name of the zone.</param>
public sealed record LocalMoment(DateTimeOffset At, DateOnly? LastDay, string Zone);

/// <summary>A term that runs for a party.</summary>
/// <param name="Rule">Identity of the clock.</param>
/// <param name="Opens">Not before this; null when it is open.</param>
/// <param name="Closes">Before this; null when it does not close.</param>
public sealed record MessageTerm(string Rule, LocalMoment? Opens, LocalMoment? Closes);

/// <summary>A code and what it means.</summary>
/// <param name="Words">Its text; null for a code of somebody's own.</param>
/// <param name="Example">What a right answer looks like.</param>
public sealed record MessageCode(string Code, Text? Words, Text? Example = null);

/// <summary>What a message is made of, beside its template.</summary>
/// <param name="Fact">Name of the fact that it tells of.</param>
/// <param name="Jurisdiction">Where the law is; null under the marketplace's own rules.</param>
/// <param name="Regime">Title of the regime; null under the marketplace's own rules.</param>
/// <param name="Codes">Why.</param>
/// <param name="Rule">What the regime says of the fact.</param>
/// <param name="WorkId">The addressee's work that was found; null where he named it himself.</param>
/// <param name="Found">What who decided found, in the words of the addressee's own statement of reasons; null where it is not said here.</param>
/// <param name="Redress">What the regime gives against a measure; null in messages that are about none.</param>
public sealed record MessageValues(
    string Fact, Party Party, string? CaseId, string? NoticeId, string? ImageId, string? Jurisdiction, Text? Regime, IReadOnlyList<MessageCode> Codes, Text? Rule, IReadOnlyList<MessageTerm> Terms,
    string? StatementId, LocalMoment? Until = null, string? WorkId = null, Text? Redress = null, string? Found = null);

/// <summary>A message in one language.</summary>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
public sealed record MessageText(string Language, string Subject, string Body);

/// <summary>Templates and words of all messages: <c>messages.json</c>.</summary>
/// <param name="Silent">Facts of which nobody is told, each with the reason.</param>
public sealed record MessageBook(
    IReadOnlyDictionary<string, Text> Header, IReadOnlyDictionary<string, Text> Labels, IReadOnlyDictionary<string, Text> Phrases,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, Text>> Appeals, IReadOnlyDictionary<string, Text> Reasons, IReadOnlyDictionary<string, string> Silent,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, MessageTemplate>> Templates, IReadOnlyDictionary<string, TermWords> Terms)
{
    /// <summary>Languages in which every message exists.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "zh"];

    /// <summary>The appeal that is the regime's own, in the words of the statement of reasons.</summary>
    public const string AgainstMeasure = "measure";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>The book that is built into the service.</summary>
    public static MessageBook BuiltIn()
    {
        using var stream = typeof(MessageBook).Assembly.GetManifestResourceStream("Messages/messages.json")!;
        return JsonSerializer.Deserialize<MessageBook>(stream, Json)!;
    }

    /// <summary>Whether a party is told of a fact.</summary>
    public MessageTemplate? Find(string fact, Party party) => Templates.GetValueOrDefault(fact)?.GetValueOrDefault(Key(party));

    /// <summary>Whether a term concerns a party.</summary>
    public bool Concerns(string rule, Party party) => Terms.GetValueOrDefault(rule)?.Parties.Contains(Key(party)) == true;

    /// <summary>A message in every language; null when nobody is told.</summary>
    public IReadOnlyList<MessageText>? Write(MessageValues values) =>
        Find(values.Fact, values.Party) is { } template ? [.. Languages.Select(language => Write(values, template, language))] : null;

    private MessageText Write(MessageValues values, MessageTemplate template, string language)
    {
        string Label(string name) => Labels[name].In(language);
        var body = new StringBuilder();
        void Line(string text) => body.Append(text).Append('\n');
        Line(HeaderOf(values, language));
        Line(template.What.In(language));
        if (values.WorkId is { } work) Line($"{Label("work")}: {work}");
        foreach (var code in values.Codes) Line($"{Label("why")}: {Said(code, language)}");
        if (values.Found is { } found) Line($"{Label("found")}: {found}");
        if (values.Rule is { } rule) Line($"{Label("rule")}: {rule.In(language)}");
        foreach (var term in values.Terms)
        {
            Line($"{Label("by")}: {Said(term, language)}");
            Line(Label("then").Replace("{otherwise}", Terms[term.Rule].Otherwise.In(language), StringComparison.Ordinal));
        }
        if (values.Until is { } until) Line($"{Label("by")}: {Said(until, language)}");
        Line($"{Label("attach")}: {Phrases[template.Attach].In(language)}");
        Line($"{Label("otherwise")}: {Phrases[template.Otherwise].In(language)}");
        if (template.Appeal is { } appeal) Line($"{Label("appeal")}: {(appeal == AgainstMeasure ? values.Redress! : Appeals[appeal].GetValueOrDefault(values.Jurisdiction ?? "*") ?? Appeals[appeal]["*"]).In(language)}");
        if (values.StatementId is { } statement) Line($"{Label("statement")}: {statement}");
        return new MessageText(language, template.Subject.In(language), body.ToString().TrimEnd('\n'));
    }

    private string HeaderOf(MessageValues values, string language)
    {
        var regime = (values.Regime ?? Labels["house"]).In(language);
        return values.CaseId is { } id ? Header["case"].In(language).Replace("{case}", id, StringComparison.Ordinal).Replace("{image}", values.ImageId ?? "-", StringComparison.Ordinal).Replace("{regime}", regime, StringComparison.Ordinal)
            : values.NoticeId is { } notice ? Header["notice"].In(language).Replace("{notice}", notice, StringComparison.Ordinal).Replace("{regime}", regime, StringComparison.Ordinal)
            : Header["reporter"].In(language);
    }

    private string Said(MessageCode code, string language)
    {
        var text = code.Words is { } words ? $"{code.Code} ({words.In(language)})" : code.Code;
        return code.Example is { } example ? $"{text}; {Labels["example"].In(language).Replace("{example}", example.In(language), StringComparison.Ordinal)}" : text;
    }

    private string Said(MessageTerm term, string language)
    {
        var shape = (term.Opens, term.Closes) switch { ({ }, { }) => "window", ({ }, null) => "from", _ => "until" };
        return Labels[shape].In(language)
            .Replace("{what}", Terms[term.Rule].What.In(language), StringComparison.Ordinal)
            .Replace("{opens}", term.Opens is { } opens ? Said(opens, language) : "", StringComparison.Ordinal)
            .Replace("{closes}", term.Closes is { } closes ? Said(closes, language) : "", StringComparison.Ordinal);
    }

    private static string Said(LocalMoment moment, string language)
    {
        var culture = CultureInfo.InvariantCulture;
        var offset = moment.At.Offset == TimeSpan.Zero ? "UTC" : $"UTC{(moment.At.Offset < TimeSpan.Zero ? "-" : "+")}{moment.At.Offset:hh\\:mm}";
        if (language == "zh")
        {
            var last = moment.LastDay is { } end ? $"最后一日:{end.Year}年{end.Month}月{end.Day}日({ChineseWeekday(end.DayOfWeek)})," : "";
            return $"{moment.At.Year}年{moment.At.Month}月{moment.At.Day}日({ChineseWeekday(moment.At.DayOfWeek)}){moment.At.ToString("HH:mm:ss", culture)}({last}{moment.Zone},{offset})";
        }
        var lastDay = moment.LastDay is { } day ? $"last day {day.ToString("dddd d MMMM yyyy", culture)}, " : "";
        return $"{moment.At.ToString("dddd d MMMM yyyy HH:mm:ss", culture)} ({lastDay}{moment.Zone}, {offset})";
    }

    private static string ChineseWeekday(DayOfWeek day) => "星期" + "日一二三四五六"[(int)day];

    private static string Key(Party party) => party == Party.Complainant ? "complainant" : "respondent";
}
