using Google.Protobuf;

namespace ImageRights.Dashboard.Otlp;

/// <summary>
/// One protobuf message, read field by field. Every read checks the wire type, and no read leaves the message: a length that
/// points outside it, a stray end of a group or a field number of zero is an <see cref="InvalidProtocolBufferException"/>, a wire type that
/// does not fit an <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class ProtoMessage(CodedInputStream input)
{
    /// <summary>Texts are shown to people; what is longer (in characters) is cut, with a mark.</summary>
    public const int TextLimit = 32_768;

    private uint _tag;

    /// <summary>The number of the field that <see cref="Next"/> stopped at.</summary>
    public int Field => WireFormat.GetTagFieldNumber(_tag);

    /// <summary>Moves to the next field; false at the end of the message.</summary>
    public bool Next() => (_tag = input.ReadTag()) != 0;

    public void Skip() => input.SkipLastField();

    public static string Cut(string text) => text.Length <= TextLimit ? text : string.Concat(text.AsSpan(0, TextLimit), "… (cut)");

    public string Text() => Cut(Expect(WireFormat.WireType.LengthDelimited).ReadString());
    public byte[] Bytes() => Expect(WireFormat.WireType.LengthDelimited).ReadBytes().ToByteArray();
    public bool Bool() => Expect(WireFormat.WireType.Varint).ReadBool();
    public int Int() => Expect(WireFormat.WireType.Varint).ReadInt32();
    public long Int64() => Expect(WireFormat.WireType.Varint).ReadInt64();
    public ulong UInt64() => Expect(WireFormat.WireType.Varint).ReadUInt64();
    public int ZigZag() => Expect(WireFormat.WireType.Varint).ReadSInt32();
    public ulong Fixed64() => Expect(WireFormat.WireType.Fixed64).ReadFixed64();
    public double Double() => Expect(WireFormat.WireType.Fixed64).ReadDouble();

    /// <summary>The field as a message of its own, which may be read later; this one goes on after it.</summary>
    public ProtoMessage Message() => new(Expect(WireFormat.WireType.LengthDelimited).ReadBytes().CreateCodedInput());

    /// <summary>A repeated number: one element, or all of them packed into one field.</summary>
    public void Repeated<T>(WireFormat.WireType element, List<T> into, Func<ProtoMessage, T> read)
    {
        if (WireFormat.GetTagWireType(_tag) != WireFormat.WireType.LengthDelimited)
        {
            into.Add(read(this));
            return;
        }
        var content = input.ReadBytes().CreateCodedInput();
        // Packed elements carry no tags; the tag they would have carried keeps the checked reads usable.
        var packed = new ProtoMessage(content) { _tag = WireFormat.MakeTag(Field, element) };
        while (!content.IsAtEnd)
            into.Add(read(packed));
    }

    private CodedInputStream Expect(WireFormat.WireType type) =>
        WireFormat.GetTagWireType(_tag) == type ? input : throw new InvalidDataException("A field has the wrong wire type.");
}
