using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Numbers of 64 bits side by side, as many as a register of the processor holds. A kernel that is written against it is the same for all of them.</summary>
internal interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    static abstract int Width { get; }

    static abstract TSelf Load(ref readonly ulong numbers, nuint at);

    static abstract TSelf Repeat(long number);

    static abstract TSelf operator &(TSelf one, TSelf other);

    static abstract TSelf operator |(TSelf one, TSelf other);

    static abstract TSelf operator ^(TSelf one, TSelf other);

    static abstract TSelf operator ~(TSelf numbers);

    /// <summary>Whether no bit is set.</summary>
    static abstract bool IsZero(TSelf numbers);

    /// <summary>Writes the numbers down, one after the other.</summary>
    void CopyTo(Span<ulong> numbers);

    static abstract TSelf operator +(TSelf one, TSelf other);

    static abstract TSelf operator <<(TSelf numbers, int bits);

    static abstract TSelf Min(TSelf one, TSelf other);

    /// <summary>Whether a number is at most the one beside it in <paramref name="limits"/>.</summary>
    static abstract bool AnyAtMost(TSelf numbers, TSelf limits);

    /// <summary>The smallest of the numbers.</summary>
    static abstract long Least(TSelf numbers);

    /// <summary>Bits that are set in both together, number by number.</summary>
    static abstract TSelf CountBits(TSelf a, TSelf b);

    /// <summary>Bits that are set in all four together, number by number.</summary>
    static abstract TSelf CountBits(TSelf a, TSelf b, TSelf c, TSelf d);
}

/// <summary>A number by itself, with the processor's population count.</summary>
internal readonly struct One(long number) : ILanes<One>
{
    private readonly long number = number;

    public static int Width => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One Load(ref readonly ulong numbers, nuint at) => new((long)Unsafe.Add(ref Unsafe.AsRef(in numbers), at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One Repeat(long number) => new(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One operator &(One one, One other) => new(one.number & other.number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One operator |(One one, One other) => new(one.number | other.number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One operator ^(One one, One other) => new(one.number ^ other.number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One operator ~(One numbers) => new(~numbers.number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(One numbers) => numbers.number == 0;

    public void CopyTo(Span<ulong> numbers) => numbers[0] = (ulong)number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One operator +(One one, One other) => new(one.number + other.number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One operator <<(One numbers, int bits) => new(numbers.number << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One Min(One one, One other) => new(Math.Min(one.number, other.number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtMost(One numbers, One limits) => numbers.number <= limits.number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Least(One numbers) => numbers.number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One CountBits(One a, One b) => new(CountOf(a) + CountOf(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static One CountBits(One a, One b, One c, One d) => new(CountOf(a) + CountOf(b) + CountOf(c) + CountOf(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountOf(One bits) => BitOperations.PopCount((ulong)bits.number);
}

/// <summary>Two numbers: NEON, or SSSE3.</summary>
internal readonly struct Two(Vector128<long> numbers) : ILanes<Two>
{
    private readonly Vector128<long> numbers = numbers;

    public static bool IsSupported => AdvSimd.Arm64.IsSupported || Ssse3.IsSupported;

    public static int Width => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two Load(ref readonly ulong numbers, nuint at) => new(Vector128.LoadUnsafe(in numbers, at).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two Repeat(long number) => new(Vector128.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two operator &(Two one, Two other) => new(one.numbers & other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two operator |(Two one, Two other) => new(one.numbers | other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two operator ^(Two one, Two other) => new(one.numbers ^ other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two operator ~(Two numbers) => new(~numbers.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(Two numbers) => numbers.numbers == Vector128<long>.Zero;

    public void CopyTo(Span<ulong> numbers) => this.numbers.AsUInt64().CopyTo(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two operator +(Two one, Two other) => new(one.numbers + other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two operator <<(Two numbers, int bits) => new(numbers.numbers << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two Min(Two one, Two other) => new(Vector128.Min(one.numbers, other.numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtMost(Two numbers, Two limits) => Vector128.LessThanOrEqualAny(numbers.numbers, limits.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Least(Two numbers) => Math.Min(numbers.numbers[0], numbers.numbers[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two CountBits(Two a, Two b) => new(AddUp(OfBytes(a) + OfBytes(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two CountBits(Two a, Two b, Two c, Two d) => new(AddUp(OfBytes(a) + OfBytes(b) + OfBytes(c) + OfBytes(d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> OfBytes(Two bits)
    {
        var bytes = bits.numbers.AsByte();
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.PopCount(bytes);
        var (ofNibble, low) = (Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4), Vector128.Create((byte)0x0F));
        return Ssse3.Shuffle(ofNibble, bytes & low) + Ssse3.Shuffle(ofNibble, (bits.numbers >>> 4).AsByte() & low);
    }

    // A byte holds at most 4 x 8 = 32, so the eight bytes of a number add up without overflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> AddUp(Vector128<byte> counts) => AdvSimd.Arm64.IsSupported
        ? AdvSimd.AddPairwiseWidening(AdvSimd.AddPairwiseWidening(AdvSimd.AddPairwiseWidening(counts))).AsInt64()
        : Sse2.SumAbsoluteDifferences(counts, Vector128<byte>.Zero).AsInt64();
}

/// <summary>Four numbers: AVX2.</summary>
/// <remarks>Bits are counted by nibble with vpshufb and added up with vpsadbw (Muła, Kurz, Lemire, arXiv 1611.07612).</remarks>
internal readonly struct Four(Vector256<long> numbers) : ILanes<Four>
{
    private readonly Vector256<long> numbers = numbers;

    public static int Width => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four Load(ref readonly ulong numbers, nuint at) => new(Vector256.LoadUnsafe(in numbers, at).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four Repeat(long number) => new(Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator &(Four one, Four other) => new(one.numbers & other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator |(Four one, Four other) => new(one.numbers | other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator ^(Four one, Four other) => new(one.numbers ^ other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator ~(Four numbers) => new(~numbers.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(Four numbers) => numbers.numbers == Vector256<long>.Zero;

    public void CopyTo(Span<ulong> numbers) => this.numbers.AsUInt64().CopyTo(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator +(Four one, Four other) => new(one.numbers + other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator <<(Four numbers, int bits) => new(numbers.numbers << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four Min(Four one, Four other) => new(Vector256.Min(one.numbers, other.numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtMost(Four numbers, Four limits) => Vector256.LessThanOrEqualAny(numbers.numbers, limits.numbers);

    public static long Least(Four numbers)
    {
        var half = Vector128.Min(numbers.numbers.GetLower(), numbers.numbers.GetUpper());
        return Math.Min(half[0], half[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four CountBits(Four a, Four b) => new(Avx2.SumAbsoluteDifferences(OfBytes(a) + OfBytes(b), Vector256<byte>.Zero).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four CountBits(Four a, Four b, Four c, Four d) =>
        new(Avx2.SumAbsoluteDifferences(OfBytes(a) + OfBytes(b) + OfBytes(c) + OfBytes(d), Vector256<byte>.Zero).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> OfBytes(Four bits)
    {
        var ofNibble = Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        var low = Vector256.Create((byte)0x0F);
        return Avx2.Shuffle(ofNibble, bits.numbers.AsByte() & low) + Avx2.Shuffle(ofNibble, (bits.numbers >>> 4).AsByte() & low);
    }
}

/// <summary>Eight numbers: AVX-512BW.</summary>
/// <remarks>.NET 10 has no intrinsic for VPOPCNTDQ, so bits are counted as in <see cref="Four"/>.</remarks>
internal readonly struct Eight(Vector512<long> numbers) : ILanes<Eight>
{
    private readonly Vector512<long> numbers = numbers;

    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Load(ref readonly ulong numbers, nuint at) => new(Vector512.LoadUnsafe(in numbers, at).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Repeat(long number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight operator &(Eight one, Eight other) => new(one.numbers & other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight operator |(Eight one, Eight other) => new(one.numbers | other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight operator ^(Eight one, Eight other) => new(one.numbers ^ other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight operator ~(Eight numbers) => new(~numbers.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(Eight numbers) => numbers.numbers == Vector512<long>.Zero;

    public void CopyTo(Span<ulong> numbers) => this.numbers.AsUInt64().CopyTo(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight operator +(Eight one, Eight other) => new(one.numbers + other.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight operator <<(Eight numbers, int bits) => new(numbers.numbers << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Min(Eight one, Eight other) => new(Vector512.Min(one.numbers, other.numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtMost(Eight numbers, Eight limits) => Vector512.LessThanOrEqualAny(numbers.numbers, limits.numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Least(Eight numbers) => Four.Least(new Four(Vector256.Min(numbers.numbers.GetLower(), numbers.numbers.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight CountBits(Eight a, Eight b) => new(Avx512BW.SumAbsoluteDifferences(OfBytes(a) + OfBytes(b), Vector512<byte>.Zero).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight CountBits(Eight a, Eight b, Eight c, Eight d) =>
        new(Avx512BW.SumAbsoluteDifferences(OfBytes(a) + OfBytes(b) + OfBytes(c) + OfBytes(d), Vector512<byte>.Zero).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> OfBytes(Eight bits)
    {
        var ofNibble = Vector512.Create(Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4)));
        var low = Vector512.Create((byte)0x0F);
        return Avx512BW.Shuffle(ofNibble, bits.numbers.AsByte() & low) + Avx512BW.Shuffle(ofNibble, (bits.numbers >>> 4).AsByte() & low);
    }
}
