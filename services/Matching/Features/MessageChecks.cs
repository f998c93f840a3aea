using System.Runtime.CompilerServices;

namespace ImageRights.Matching.Features;

/// <summary>A message breaks its contract. It is retried and then parked in the queue's <c>_error</c> queue, where an operator sees it; nothing of it is stored.</summary>
public sealed class MalformedMessageException(string field, string expected) : Exception($"{field[(field.LastIndexOf('.') + 1)..]} of the message is not {expected}.");

/// <summary>What the serializer does not check: a contract's non-null fields may arrive as null, and its strings as anything.</summary>
internal static class MessageChecks
{
    private const int LongestId = 200;

    /// <summary>An id that can be a key: 1 to 200 characters, none of them a control character (PostgreSQL refuses NUL in text).</summary>
    public static bool IsId(string? text) => text is { Length: > 0 and <= LongestId } && !text.Any(char.IsControl);

    public static string RequiredId(string? value, [CallerArgumentExpression(nameof(value))] string field = "") =>
        IsId(value) ? value! : throw new MalformedMessageException(field, $"an id of 1 to {LongestId} visible characters");

    public static string? OptionalId(string? value, [CallerArgumentExpression(nameof(value))] string field = "") =>
        value is null ? null : RequiredId(value, field);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public static bool IsSha256(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    public static string RequiredSha256(string? value, [CallerArgumentExpression(nameof(value))] string field = "") =>
        IsSha256(value) ? value! : throw new MalformedMessageException(field, "64 lower-case hexadecimal digits");

    public static string? OptionalSha256(string? value, [CallerArgumentExpression(nameof(value))] string field = "") =>
        value is null ? null : RequiredSha256(value, field);
}
