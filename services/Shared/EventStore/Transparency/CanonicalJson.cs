using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ImageRights.EventStore.Transparency;

/// <summary>JSON in the one form of RFC 8785: members sorted, nothing that could be written differently.</summary>
/// <remarks>Numbers keep all their digits. For those that a double holds this is RFC 8785 to the letter; rounding the others, as it would, left their last digits unprotected.</remarks>
public static class CanonicalJson
{
    private const int MostDigitsWithoutExponent = 21, FewMembers = 32;

    [ThreadStatic]
    private static List<Member>? pool;

    /// <summary>Writes the canonical form of a JSON text.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static void Write(ReadOnlySpan<byte> json, ByteBuffer output)
    {
        // Left over from a text that was no JSON.
        pool?.Clear();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        WriteValue(ref reader, output);
    }

    /// <summary>Writes a text as a JSON string.</summary>
    public static void WriteString(string text, ByteBuffer output)
    {
        Raw("\""u8, output);
        var escaped = text.AsSpan().IndexOfAnyInRange('\0', '\u001F') >= 0 || text.AsSpan().IndexOfAny('"', '\\') >= 0 ? Escape(text) : text;
        output.Append(escaped);
        Raw("\""u8, output);
    }

    /// <summary>Writes a text, in UTF-8, as a JSON string.</summary>
    public static void WriteString(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        if (text.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || text.IndexOfAny((byte)'"', (byte)'\\') >= 0)
        {
            WriteString(Encoding.UTF8.GetString(text), output);
            return;
        }
        Raw("\""u8, output);
        Raw(text, output);
        Raw("\""u8, output);
    }

    private static void WriteValue(ref Utf8JsonReader reader, ByteBuffer output)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader, output);
                break;
            case JsonTokenType.StartArray:
                Raw("["u8, output);
                for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
                {
                    if (!first) Raw(","u8, output);
                    WriteValue(ref reader, output);
                }
                Raw("]"u8, output);
                break;
            case JsonTokenType.String:
                WriteText(ref reader, output);
                break;
            case JsonTokenType.Number:
                WriteNumber(reader.ValueSpan, output);
                break;
            default:
                Raw(reader.ValueSpan, output);
                break;
        }
    }

    private static void WriteObject(ref Utf8JsonReader reader, ByteBuffer output)
    {
        Raw("{"u8, output);
        var begin = output.Length;
        var members = pool ??= [];
        // One list for all levels: what is above is the outer objects'.
        var first = members.Count;
        var sorted = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var start = output.Length;
            // Plain ASCII sorts by its bytes; anything else by UTF-16 code units, as the RFC has it.
            var name = reader.ValueIsEscaped || !Ascii.IsValid(reader.ValueSpan) ? reader.GetString() : null;
            WriteText(ref reader, output);
            var nameLength = output.Length - start - 2;
            Raw(":"u8, output);
            reader.Read();
            WriteValue(ref reader, output);
            var member = new Member(start, output.Length - start, nameLength, name);
            sorted = sorted && (members.Count == first || Compare(members[^1], member, output.Written, 0) <= 0);
            members.Add(member);
            Raw(","u8, output);
        }
        if (!sorted) Sort(CollectionsMarshal.AsSpan(members)[first..], begin, output);
        // The last comma becomes the end.
        if (members.Count > first) output.Truncate(output.Length - 1);
        members.RemoveRange(first, members.Count - first);
        Raw("}"u8, output);
    }

    private static void Sort(Span<Member> members, int begin, ByteBuffer output)
    {
        var length = output.Length - begin;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        output.Written[begin..].CopyTo(copy);
        if (members.Length > FewMembers) members.Sort((left, right) => Compare(left, right, copy, begin));
        else SortFew(members, copy, begin);
        output.Truncate(begin);
        foreach (var member in members)
        {
            Raw(copy.AsSpan(member.Start - begin, member.Length), output);
            Raw(","u8, output);
        }
        ArrayPool<byte>.Shared.Return(copy);
    }

    private static void SortFew(Span<Member> members, ReadOnlySpan<byte> text, int offset)
    {
        for (var next = 1; next < members.Length; next++)
        {
            var member = members[next];
            var place = next;
            for (; place > 0 && Compare(members[place - 1], member, text, offset) > 0; place--) members[place] = members[place - 1];
            members[place] = member;
        }
    }

    private static int Compare(Member left, Member right, ReadOnlySpan<byte> text, int offset)
    {
        var first = text.Slice(left.Start - offset + 1, left.NameLength);
        var second = text.Slice(right.Start - offset + 1, right.NameLength);
        return left.Name is null && right.Name is null
            ? first.SequenceCompareTo(second)
            : string.CompareOrdinal(left.Name ?? Encoding.ASCII.GetString(first), right.Name ?? Encoding.ASCII.GetString(second));
    }

    private static void WriteText(ref Utf8JsonReader reader, ByteBuffer output)
    {
        if (reader.ValueIsEscaped)
        {
            WriteString(reader.GetString()!, output);
            return;
        }
        Raw("\""u8, output);
        Raw(reader.ValueSpan, output);
        Raw("\""u8, output);
    }

    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\b' => result.Append("\\b"),
                '\t' => result.Append("\\t"),
                '\n' => result.Append("\\n"),
                '\f' => result.Append("\\f"),
                '\r' => result.Append("\\r"),
                < ' ' => result.Append($"\\u{(int)letter:x4}"),
                _ => result.Append(letter),
            };
        }
        return result.ToString();
    }

    private static void WriteNumber(ReadOnlySpan<byte> number, ByteBuffer output)
    {
        if (number.IndexOfAny(".eE"u8) < 0 && number.Length <= MostDigitsWithoutExponent && !number.SequenceEqual("-0"u8))
        {
            Raw(number, output);
            return;
        }
        var text = Encoding.ASCII.GetString(number);
        var negative = text[0] == '-';
        var (mantissa, exponent) = text.IndexOfAny(['e', 'E']) is >= 0 and var mark
            ? (text[(negative ? 1 : 0)..mark], long.Parse(text.AsSpan(mark + 1), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture))
            : (text[(negative ? 1 : 0)..], 0L);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        // The value is 0.digits times ten to the power of place.
        var place = (point < 0 ? all.Length : point) - (all.Length - digits.Length) + exponent;
        digits = digits.TrimEnd('0');
        var written = (digits.Length, place) switch
        {
            (0, _) => "0",
            var (length, at) when length <= at && at <= MostDigitsWithoutExponent => digits + new string('0', (int)at - length),
            (_, > 0 and <= MostDigitsWithoutExponent) => $"{digits[..(int)place]}.{digits[(int)place..]}",
            (_, > -6 and <= 0) => $"0.{new string('0', (int)-place)}{digits}",
            _ => $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(place > 0 ? "+" : "-")}{Math.Abs(place - 1)}",
        };
        Raw(Encoding.ASCII.GetBytes(negative && digits.Length > 0 ? "-" + written : written), output);
    }

    private static void Raw(ReadOnlySpan<byte> bytes, ByteBuffer output) => output.Append(bytes);

    private readonly record struct Member(int Start, int Length, int NameLength, string? Name);
}
