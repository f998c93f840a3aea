using System.Text.RegularExpressions;

namespace ImageRights.Dashboard.Telemetry;

/// <summary>
/// What people type into a search box. Every term has to match; a term is a text (<c>timeout</c>, <c>"connection refused"</c>)
/// or a property (<c>http.route=/v1/images</c>, <c>tenant!=acme</c>, <c>db.query.text~"from mt_events"</c> for "contains").
/// Letter case does not matter.
/// </summary>
internal sealed partial class TelemetryFilter
{
    private readonly IReadOnlyList<Term> _terms;

    private TelemetryFilter(IReadOnlyList<Term> terms) => _terms = terms;

    public bool IsEmpty => _terms.Count == 0;

    public static TelemetryFilter Parse(string? query) =>
        new([.. TermPattern().Matches(query ?? "").Select(match => match.Groups["key"] is { Success: true, Value: var key }
            ? new Term(key, match.Groups["op"].Value, Unquote(match.Groups["value"].Value))
            : new Term(null, "", Unquote(match.Value)))]);

    public bool Matches(LogRecord record) => _terms.All(term => term.Key is null
        ? Contains(record.Message, term.Value) || Contains(record.Category, term.Value) || Contains(record.EventName, term.Value)
            || (record.Exception is { } exception && Contains(exception, term.Value)) || record.TraceId == term.Value
        : term.Accepts(record.Attributes, record.Resource.Attributes));

    public bool Matches(Span span) => _terms.All(term => term.Key is null
        ? Contains(span.Name, term.Value) || Contains(span.Scope, term.Value) || Contains(span.StatusMessage, term.Value)
            || Contains(span.Resource.Service, term.Value) || span.TraceId == term.Value || span.SpanId == term.Value
        : term.Accepts(span.Attributes, span.Resource.Attributes));

    /// <summary>A trace matches through one of its spans.</summary>
    public bool Matches(Trace trace) => IsEmpty || trace.Spans.Any(Matches);

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static string Unquote(string text) => text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;

    [GeneratedRegex("""(?<key>[\w.{}\-]+)(?<op>!=|=|~)(?<value>"[^"]*"|\S*)|"[^"]*"|\S+""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TermPattern();

    private sealed record Term(string? Key, string Operator, string Value)
    {
        public bool Accepts(IReadOnlyList<TelemetryAttribute> own, IReadOnlyList<TelemetryAttribute> resource)
        {
            var found = Find(own) ?? Find(resource);
            return Operator switch
            {
                "=" => string.Equals(found, Value, StringComparison.OrdinalIgnoreCase),
                "!=" => !string.Equals(found, Value, StringComparison.OrdinalIgnoreCase),
                _ => found is not null && Contains(found, Value),
            };
        }

        private string? Find(IReadOnlyList<TelemetryAttribute> attributes)
        {
            foreach (var attribute in attributes)
                if (string.Equals(attribute.Key, Key, StringComparison.OrdinalIgnoreCase))
                    return attribute.Value;
            return null;
        }
    }
}
