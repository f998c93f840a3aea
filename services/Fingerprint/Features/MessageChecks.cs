using System.Buffers;
using System.Runtime.CompilerServices;

namespace ImageRights.Fingerprint.Features;

/// <summary>A message breaks its contract. It is retried and then parked in the queue's <c>_error</c> queue, where an operator sees it; nothing of it is stored.</summary>
public sealed class MalformedMessageException(string field, string expected) : Exception($"{field} of the message is not {expected}.");

/// <summary>What the serializer does not check: a contract's non-null fields may arrive as null, and its strings as anything.</summary>
internal static class MessageChecks
{
    private const int LongestId = 200;
    private const int Sha256Digits = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>An id that can be a key: 1 to 200 characters, none of them a control character (PostgreSQL refuses NUL in text).</summary>
    public static bool IsId(string? text) => text is { Length: > 0 and <= LongestId } && !text.Any(char.IsControl);

    /// <summary>64 lower-case hexadecimal digits: safe in an address.</summary>
    public static bool IsSha256(string? text) => text is { Length: Sha256Digits } && !text.AsSpan().ContainsAnyExcept(Hexadecimal);

    public static string RequiredId(string? value, [CallerArgumentExpression(nameof(value))] string field = "") =>
        IsId(value) ? value! : throw new MalformedMessageException(field, $"an id of 1 to {LongestId} visible characters");

    public static string? OptionalId(string? value, [CallerArgumentExpression(nameof(value))] string field = "") =>
        value is null ? null : RequiredId(value, field);

    public static string RequiredSha256(string? value, [CallerArgumentExpression(nameof(value))] string field = "") =>
        IsSha256(value) ? value! : throw new MalformedMessageException(field, $"{Sha256Digits} lower-case hexadecimal digits");
}
