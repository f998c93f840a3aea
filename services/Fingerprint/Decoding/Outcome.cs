using System.Diagnostics.CodeAnalysis;

namespace ImageRights.Fingerprint.Decoding;

/// <summary>Why bytes did not become a picture. Bad bytes are everyday input, so a refusal is a value and never an exception.</summary>
/// <param name="Code">One of <see cref="RefusalCodes"/>: stable, safe to store and to show.</param>
/// <param name="Detail">What the decoder said, for the log only: the wording changes with the library's version.</param>
public sealed record ImageRefusal(string Code, string Detail);

/// <summary>The stable codes with which <see cref="PictureDecoder"/> refuses bytes.</summary>
public static class RefusalCodes
{
    public const string Empty = "Image_Empty";
    public const string TooLarge = "Image_Too_Large";
    public const string FormatUnsupported = "Image_Format_Unsupported";
    public const string Truncated = "Image_Truncated";
    public const string Corrupt = "Image_Corrupt";
    public const string TooManyPixels = "Image_Too_Many_Pixels";
    public const string SideTooLong = "Image_Side_Too_Long";
    public const string TooManyFrames = "Image_Too_Many_Frames";
    public const string TooManyScans = "Image_Too_Many_Scans";

    /// <summary>The decoder used up its time; it was stopped and replaced.</summary>
    public const string DecodeTimeout = "Image_Decode_Timeout";

    /// <summary>The decoder's process ended while it read this picture (a fault or its memory limit); it was replaced.</summary>
    public const string DecoderCrashed = "Image_Decoder_Crashed";

    public static IReadOnlyList<string> All { get; } =
    [
        Empty, TooLarge, FormatUnsupported, Truncated, Corrupt, TooManyPixels, SideTooLong, TooManyFrames, TooManyScans,
        DecodeTimeout, DecoderCrashed,
    ];
}

/// <summary>Either a value or the refusal that stands in its place.</summary>
public readonly struct Outcome<T> where T : class
{
    private Outcome(T? value, ImageRefusal? refusal) => (Value, Refusal) = (value, refusal);

    public T? Value { get; }

    public ImageRefusal? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Succeeded => Value is not null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ImageRefusal refusal) => new(null, refusal);

    public override string ToString() => Succeeded ? Value.ToString() ?? "" : $"{Refusal.Code}: {Refusal.Detail}";
}
