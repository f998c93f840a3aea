using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using MassTransit;

namespace ImageRights.ServiceDefaults.Telemetry;

/// <summary>Tags by which people find a span: the picture, work, case and event that it is about, under one name each in every service.</summary>
public static class Subjects
{
    /// <summary>Tag with an event's id, which is also the id of its message and of its webhook.</summary>
    public const string EventTag = "imagerights.event.id";

    private const int Digits = 32;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");
    private static readonly (string Prefix, string Tag)[] Kinds = [("img_", "imagerights.image.id"), ("wrk_", "imagerights.work.id"), ("case_", "imagerights.case.id")];
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Texts = [];

    /// <summary>Says what the span is about. Of several of a kind the first counts; what is no id of a picture, work or case is left out.</summary>
    public static Activity About(this Activity span, string? id)
    {
        foreach (var (prefix, tag) in Kinds)
        {
            // What callers write into an address is not to end in a span.
            if (id?.Length == prefix.Length + Digits && id.StartsWith(prefix, StringComparison.Ordinal) && !id.AsSpan(prefix.Length).ContainsAnyExcept(Hexadecimal) && span.GetTagItem(tag) is null)
                span.SetTag(tag, id);
        }
        return span;
    }

    /// <summary>Says which event the span is about, and whatever its contract names.</summary>
    public static Activity About(this Activity span, Guid? eventId, object contract)
    {
        span.SetTag(EventTag, eventId?.ToString());
        foreach (var text in Texts.GetOrAdd(contract.GetType(), type => [.. type.GetProperties().Where(property => property.PropertyType == typeof(string))]))
            span.About((string?)text.GetValue(contract));
        return span;
    }
}

/// <summary>Says of a consumer's span what its message is about.</summary>
internal sealed class SubjectFilter<T> : IFilter<ConsumeContext<T>> where T : class
{
    public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        Activity.Current?.About(context.MessageId, context.Message);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("subject");
}
