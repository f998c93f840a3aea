namespace ImageRights.Dashboard.Telemetry;

/// <summary>The six levels of Microsoft.Extensions.Logging, in order, as OTLP severity numbers map onto them.</summary>
public enum Severity { Trace, Debug, Information, Warning, Error, Critical }

/// <summary>One structured log record.</summary>
/// <param name="Number">Order of arrival, unique in the store; zero until stored.</param>
/// <param name="Category">The logger's name (OTLP's instrumentation scope).</param>
public sealed record LogRecord(
    long Number, TelemetryResource Resource, string Category, ulong Time,
    Severity Severity, string Message, string EventName,
    string TraceId, string SpanId,
    IReadOnlyList<TelemetryAttribute> Attributes)
{
    public string? Exception =>
        Attributes.Find("exception.stacktrace")
        ?? (Attributes.Find("exception.type") is { } type ? $"{type}: {Attributes.Find("exception.message")}" : null);

    /// <summary>OTLP gives each level four numbers (1–4 trace … 21–24 fatal); 0 is "not said".</summary>
    public static Severity SeverityFrom(int number) => number switch
    {
        <= 0 => Severity.Information,
        <= 4 => Severity.Trace,
        <= 8 => Severity.Debug,
        <= 12 => Severity.Information,
        <= 16 => Severity.Warning,
        <= 20 => Severity.Error,
        _ => Severity.Critical,
    };
}
