using System.Globalization;

namespace ImageRights.Dashboard.Telemetry;

/// <summary>One attribute as text. The dashboard shows and searches values; it never calculates with them.</summary>
public readonly record struct TelemetryAttribute(string Key, string Value);

/// <summary>Attributes in the order they were sent. Small, so looking one up is a walk.</summary>
internal static class AttributeLookup
{
    public static string? Find(this IReadOnlyList<TelemetryAttribute> attributes, string key)
    {
        foreach (var attribute in attributes)
            if (attribute.Key == key)
                return attribute.Value;
        return null;
    }
}

/// <summary>The process that sent something: <c>service.name</c> and <c>service.instance.id</c> tell replicas apart.</summary>
public sealed record TelemetryResource(string Service, string Instance, IReadOnlyList<TelemetryAttribute> Attributes)
{
    public const string UnknownService = "unknown_service";

    /// <summary>Stable key of the replica in addresses and filters.</summary>
    public string Key { get; } = Instance.Length == 0 ? Service : $"{Service}/{Instance}";

    public static TelemetryResource From(IReadOnlyList<TelemetryAttribute> attributes) =>
        new(attributes.Find("service.name") is { Length: > 0 } name ? name : UnknownService,
            attributes.Find("service.instance.id") ?? "",
            attributes);
}

/// <summary>OTLP counts nanoseconds since 1970 in 64 unsigned bits, which ends in the year 2554: any number is a time.</summary>
internal static class UnixNanoseconds
{
    public static DateTimeOffset ToTime(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));

    /// <summary>Zero when the end lies before the start, as it may when clocks differ.</summary>
    public static TimeSpan Between(ulong start, ulong end) => end > start ? TimeSpan.FromTicks((long)((end - start) / 100)) : TimeSpan.Zero;

    public static ulong From(DateTimeOffset time) => (ulong)Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks) * 100;
}

/// <summary>Durations as people read them: three significant digits and the unit that fits.</summary>
internal static class DurationText
{
    public static string Format(TimeSpan duration) => duration switch
    {
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalMinutes} min {duration.Seconds} s"),
        { TotalSeconds: >= 1 } => Digits(duration.TotalSeconds) + " s",
        { TotalMilliseconds: >= 1 } => Digits(duration.TotalMilliseconds) + " ms",
        _ => Digits(duration.TotalMicroseconds) + " µs",
    };

    private static string Digits(double value) =>
        value.ToString(value >= 100 ? "0" : value >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);
}
