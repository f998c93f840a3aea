using System.Numerics;
using System.Runtime.CompilerServices;

namespace ImageRights.Matching.Index;

/// <summary>Finds sign hashes that lie within a distance of any orientation of a picture, or of its negative. Exact: it drops only what it can rule out.</summary>
/// <remarks>
/// <para>Hashes lie in blocks of 512, bit by bit: a plane has the same bit of each. What differs is counted by carry-save adders, for as many hashes at once as a register of the processor has
/// bits (vertical counters: Muła, Kurz, Lemire, arXiv 1611.07612).</para>
/// <para>A turned picture is asked for by its transpose. Where that has the same bit as the picture, a hash differs from both or from neither, and elsewhere from just one of them: so two counts a
/// word, of planes of either kind, are enough for both. A mirroring takes a word's count with one sign or the other; the sums with all signs that occur are a Hadamard transform of the counts.</para>
/// <para>No mirroring touches OddOdd, and the best that mirroring can do for EvenEven is the smaller of its count and 64 less that: this bounds all orientations from below by half of the planes.
/// It is near 60 for unrelated pictures, so at 31 bits the other half is seldom read.</para>
/// </remarks>
internal sealed class ParityScan
{
    /// <summary>Hashes in a block: a plane of it is a line of the processor's cache.</summary>
    public const int BlockRows = 512;

    /// <summary>Numbers in half of a block.</summary>
    public const int Stride = 2 * WordBits * PlaneWords;

    private const int WordBits = 64;
    private const int PlaneWords = BlockRows / WordBits;

    // Of a count of up to 64.
    private const int CountBits = 7;

    // Of a sum of four counts, for which each count has room.
    private const int SumBits = CountBits + 2;

    // Counts of a block: of OddOdd, EvenEven, EvenOdd and OddEven where the query and its transpose are the same, and then where they are not.
    private const int Words = 4;

    // Where the limits of the front and of all begin.
    private const int OfFront = Words * WordBits;
    private static readonly int OfAll = OfFront + 2 * LimitsOf(CountBits + 1);

    // From this distance on nearly every block has a hash that half of the planes does not rule out.
    private const int LeastWide = 42;

    // Offsets of planes in half of a block, by word and kind.
    private readonly nint[][] planes;

    // What all lanes are given: for each of the planes the bit of the query, and then the limits of the front and of all; and where those of each word and kind begin.
    private readonly long[] constants;
    private readonly int[] flips;
    private readonly bool isNegativeAsked, isFrontAsked;

    /// <summary>Says what is looked for.</summary>
    /// <param name="query">The picture as it is.</param>
    /// <param name="maxDistance">Largest distance of the picture, 0 to 256.</param>
    /// <param name="maxInverted">Largest distance of its negative; -1: none is looked for.</param>
    public ParityScan(SignHash query, int maxDistance, int maxInverted)
    {
        (isNegativeAsked, isFrontAsked) = (maxInverted >= 0, Math.Max(maxDistance, maxInverted) < LeastWide);
        var turned = query.Transposed();
        (ulong Plain, ulong Turned)[] words = [(query.OddOdd, turned.OddOdd), (query.EvenEven, turned.EvenEven), (query.EvenOdd, turned.EvenOdd), (query.OddEven, turned.OddEven)];
        int[][] bits = [.. words.Select(word => BitsOf(~(word.Plain ^ word.Turned))), .. words.Select(word => BitsOf(word.Plain ^ word.Turned))];
        planes = [.. bits.Select((chosen, kind) => chosen.Select(bit => (nint)(kind % 2 * WordBits + bit) * PlaneWords * sizeof(ulong)).ToArray())];
        flips = [.. Enumerable.Range(0, bits.Length).Select(kind => bits[..kind].Sum(chosen => chosen.Length))];
        var given = bits.SelectMany((chosen, kind) => chosen.Select(bit => Mask(words[kind % Words].Plain, bit))).ToList();
        var (o, e, m, n) = (bits[Words].Length, bits[Words + 1].Length, bits[Words + 2].Length, bits[Words + 3].Length);
        AddLimits(0, 0, o + e, CountBits + 1, 128);
        AddLimits(127, 64, o - e, CountBits + 1, 128);
        AddLimits(0, 0, o + e + m + n, SumBits, 256);
        AddLimits(254, 128, o - e + m - n, SumBits, 256);
        AddLimits(255, 128, o + e - m - n, SumBits, 256);
        AddLimits(255, 128, o - e - m + n, SumBits, 256);
        constants = [.. given];

        // A number is more than it stands for by its offset, and the distance is more than that by 64 for each word with a negative sign. The transpose differs from so many planes less the others.
        void AddLimits(int offset, int mirrored, int others, int width, int most)
        {
            var (sum, difference, end) = (2 * offset - mirrored, (1 << width) - 1 - mirrored - others, 2 << width);
            int[] reached = [maxDistance + 1 + sum, maxDistance + 1 + difference, most - maxInverted + sum, most - maxInverted + difference];
            given.AddRange(reached.Select(limit => limit < end ? -1L : 0));
            for (var bit = 0; bit <= width; bit++) given.AddRange(reached.Select(limit => Mask((ulong)Math.Clamp(end - 1 - limit, 0, end - 1), bit)));
        }
    }

    /// <summary>Puts a hash where it is found; others are not touched.</summary>
    /// <param name="front">Words OddOdd and EvenEven.</param>
    /// <param name="back">Words EvenOdd and OddEven.</param>
    public static void Write(Span<ulong> front, Span<ulong> back, int number, SignHash hash)
    {
        var (first, second, bit) = PlacesOf(number);
        WriteWord(front[first..], bit, hash.OddOdd);
        WriteWord(front[second..], bit, hash.EvenEven);
        WriteWord(back[first..], bit, hash.EvenOdd);
        WriteWord(back[second..], bit, hash.OddEven);
    }

    /// <summary>The hash that was put there.</summary>
    public static SignHash Read(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, int number)
    {
        var (first, second, bit) = PlacesOf(number);
        return new SignHash(ReadWord(front[second..], bit), ReadWord(back[first..], bit), ReadWord(back[second..], bit), ReadWord(front[first..], bit));
    }

    /// <summary>Adds to <paramref name="found"/> the number of each hash that is near, ascending.</summary>
    /// <param name="kernel">Instructions; must be supported.</param>
    /// <param name="front">Whole blocks.</param>
    /// <param name="back">The other half of them.</param>
    /// <param name="found">Result.</param>
    public void Find(ScanKernel kernel, ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, List<int> found)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(back.Length, front.Length);
        switch (kernel)
        {
            case ScanKernel.Vector512: Find<Eight>(front, back, found); break;
            case ScanKernel.Vector256: Find<Four>(front, back, found); break;
            case ScanKernel.Vector128: Find<Two>(front, back, found); break;
            case ScanKernel.Scalar: Find<One>(front, back, found); break;
        }
    }

    // Of the two words of a half, and of the hash within them.
    private static (int First, int Second, int Bit) PlacesOf(int number)
    {
        var first = number / BlockRows * Stride + number % BlockRows / WordBits;
        return (first, first + WordBits * PlaneWords, number % WordBits);
    }

    private static void WriteWord(Span<ulong> planes, int bit, ulong word)
    {
        for (var (plane, at) = (0, 0); plane < WordBits; plane++, at += PlaneWords) planes[at] = planes[at] & ~(1UL << bit) | (word >> plane & 1) << bit;
    }

    private static ulong ReadWord(ReadOnlySpan<ulong> planes, int bit)
    {
        var word = 0UL;
        for (var (plane, at) = (0, 0); plane < WordBits; plane++, at += PlaneWords) word |= (planes[at] >> bit & 1) << plane;
        return word;
    }

    // Of a sum and of a difference of such numbers: four limits, each with a bit more than these and what is said before the first.
    private static int LimitsOf(int bits) => 4 * (bits + 2);

    private static int[] BitsOf(ulong word) => [.. Enumerable.Range(0, WordBits).Where(bit => Mask(word, bit) != 0)];

    // Ones where the bit is one.
    private static long Mask(ulong word, int bit) => -(long)(word >> bit & 1);

    private void Find<TLanes>(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, List<int> found) where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<TLanes> counts = stackalloc TLanes[2 * Words * SumBits], given = stackalloc TLanes[constants.Length];
        for (var number = 0; number < given.Length; number++) given[number] = TLanes.Repeat(constants[number]);
        Span<ulong> near = stackalloc ulong[PlaneWords];
        for (var begin = 0; begin < front.Length; begin += Stride)
        {
            for (var at = 0; at < PlaneWords; at += TLanes.Width)
            {
                var lanes = Near(in front[begin], in back[begin], at, given, counts);
                if (TLanes.IsZero(lanes)) continue;
                lanes.CopyTo(near);
                for (var word = 0; word < TLanes.Width; word++)
                {
                    for (var bits = near[word]; bits != 0; bits &= bits - 1) found.Add(begin / Stride * BlockRows + (at + word) * WordBits + BitOperations.TrailingZeroCount(bits));
                }
            }
        }
    }

    // Ones where a hash is near.
    private TLanes Near<TLanes>(ref readonly ulong front, ref readonly ulong back, int at, ReadOnlySpan<TLanes> given, Span<TLanes> counts) where TLanes : unmanaged, ILanes<TLanes>
    {
        Count(in front, at, 0, given, counts);
        var near = TLanes.Repeat(0);
        if (isFrontAsked && TLanes.IsZero(Within(counts, 0, CountBits + 1, given, OfFront) | Within(counts, 1, CountBits + 1, given, OfFront + LimitsOf(CountBits + 1)))) return near;
        Count(in back, at, 2, given, counts);
        Transform(counts, 0, 2, CountBits + 1);
        Transform(counts, 1, 3, CountBits + 1);
        Transform(counts, Words, Words + 2, CountBits + 1);
        Transform(counts, Words + 1, Words + 3, CountBits + 1);
        for (var number = 0; number < Words; number++) near |= Within(counts, number, SumBits, given, OfAll + number * LimitsOf(SumBits));
        return near;
    }

    // The counts of two words, their sum in place of the one and their difference in place of the other.
    private void Count<TLanes>(ref readonly ulong half, int at, int word, ReadOnlySpan<TLanes> given, Span<TLanes> counts) where TLanes : unmanaged, ILanes<TLanes>
    {
        ref var first = ref Unsafe.Add(ref Unsafe.AsRef(in half), at);
        ref var next = ref Unsafe.Add(ref Unsafe.AsRef(in half), Stride + at * 2 * WordBits);
        for (var kind = word; kind < 2 * Words; kind += Words)
        {
            for (var one = kind; one < kind + 2; one++)
            {
                // What the memory needs for the next block is counted meanwhile: the lines of it in their order, a few at a time.
                for (var line = 0; line < planes[one].Length * TLanes.Width / PlaneWords; line++, next = ref Unsafe.Add(ref next, PlaneWords)) Prefetch.Of(ref next);
                Count(in first, planes[one], given[flips[one]..], counts[(one * SumBits)..]);
            }
            Transform(counts, kind, kind + 1, CountBits);
        }
    }

    // How many of the planes differ from the query.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Count<TLanes>(ref readonly ulong first, ReadOnlySpan<nint> planes, ReadOnlySpan<TLanes> flips, Span<TLanes> count) where TLanes : unmanaged, ILanes<TLanes>
    {
        var (ones, twos, fours, eights) = (TLanes.Repeat(0), TLanes.Repeat(0), TLanes.Repeat(0), TLanes.Repeat(0));
        var (sixteens, thirtyTwos, sixtyFours) = (TLanes.Repeat(0), TLanes.Repeat(0), TLanes.Repeat(0));
        var at = 0;
        for (; at + 8 <= planes.Length; at += 8)
        {
            var (four, next) = (AddFour(in first, planes.Slice(at, 4), flips.Slice(at, 4), ref ones, ref twos), AddFour(in first, planes.Slice(at + 4, 4), flips.Slice(at + 4, 4), ref ones, ref twos));
            Carry(ref eights, ref sixteens, ref thirtyTwos, ref sixtyFours, Add(ref fours, four, next));
        }
        if ((planes.Length & 4) != 0)
        {
            Carry(ref eights, ref sixteens, ref thirtyTwos, ref sixtyFours, Add(ref fours, AddFour(in first, planes.Slice(at, 4), flips.Slice(at, 4), ref ones, ref twos)));
            at += 4;
        }
        for (; at < planes.Length; at++)
            Carry(ref eights, ref sixteens, ref thirtyTwos, ref sixtyFours, Add(ref fours, Add(ref twos, Add(ref ones, Load<TLanes>(in first, planes[at]) ^ flips[at]))));
        (count[6], count[5], count[4], count[3], count[2], count[1], count[0]) = (sixtyFours, thirtyTwos, sixteens, eights, fours, twos, ones);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Carry(ref TLanes eights, ref TLanes sixteens, ref TLanes thirtyTwos, ref TLanes sixtyFours, TLanes carry) =>
            sixtyFours |= Add(ref thirtyTwos, Add(ref sixteens, Add(ref eights, carry)));
    }

    // Adds four planes to the ones and twos; what is carried.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes AddFour<TLanes>(ref readonly ulong first, ReadOnlySpan<nint> four, ReadOnlySpan<TLanes> flips, ref TLanes ones, ref TLanes twos) where TLanes : unmanaged, ILanes<TLanes>
    {
        var one = Add(ref ones, Load<TLanes>(in first, four[0]) ^ flips[0], Load<TLanes>(in first, four[1]) ^ flips[1]);
        var other = Add(ref ones, Load<TLanes>(in first, four[2]) ^ flips[2], Load<TLanes>(in first, four[3]) ^ flips[3]);
        return Add(ref twos, one, other);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Load<TLanes>(ref readonly ulong first, nint offset) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Load(in Unsafe.AddByteOffset(ref Unsafe.AsRef(in first), offset), 0);

    // Adds two bits to a bit; what is carried.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add<TLanes>(ref TLanes bit, TLanes one, TLanes other) where TLanes : unmanaged, ILanes<TLanes>
    {
        var (both, either) = (one & other, one ^ other);
        var carry = both | bit & either;
        bit ^= either;
        return carry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add<TLanes>(ref TLanes bit, TLanes one) where TLanes : unmanaged, ILanes<TLanes>
    {
        var carry = bit & one;
        bit ^= one;
        return carry;
    }

    // Two numbers of so many bits become their sum and their difference, which is given as the sum of the one and the other's complement.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Transform<TLanes>(Span<TLanes> counts, int one, int other, int bits) where TLanes : unmanaged, ILanes<TLanes>
    {
        ref var first = ref counts[one * SumBits];
        ref var second = ref counts[other * SumBits];
        var (sumCarry, differenceCarry) = (TLanes.Repeat(0), TLanes.Repeat(0));
        for (nint bit = 0; bit < bits; bit++)
        {
            var (a, b, sum, difference) = (Unsafe.Add(ref first, bit), Unsafe.Add(ref second, bit), sumCarry, differenceCarry);
            sumCarry = Add(ref sum, a, b);
            differenceCarry = Add(ref difference, a, ~b);
            Unsafe.Add(ref first, bit) = sum;
            Unsafe.Add(ref second, bit) = difference;
        }
        Unsafe.Add(ref first, bits) = sumCarry;
        Unsafe.Add(ref second, bits) = differenceCarry;
    }

    // Ones where the sum or the difference of a number of both kinds is within the limits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TLanes Within<TLanes>(Span<TLanes> counts, int number, int bits, ReadOnlySpan<TLanes> given, int limits) where TLanes : unmanaged, ILanes<TLanes>
    {
        ref var first = ref counts[number * SumBits];
        ref var second = ref counts[(Words + number) * SumBits];
        ref var limit = ref Unsafe.AsRef(in given[limits]);
        var (sumCarry, differenceCarry) = (TLanes.Repeat(0), TLanes.Repeat(0));
        var (sumAbove, differenceAbove, sumNegative, differenceNegative) = (limit, Unsafe.Add(ref limit, 1), Unsafe.Add(ref limit, 2), Unsafe.Add(ref limit, 3));
        for (nint bit = 0; bit <= bits; bit++)
        {
            limit = ref Unsafe.Add(ref limit, 4);
            var (sum, difference) = (sumCarry, differenceCarry);
            if (bit < bits)
            {
                var (a, b) = (Unsafe.Add(ref first, bit), Unsafe.Add(ref second, bit));
                sumCarry = Add(ref sum, a, b);
                differenceCarry = Add(ref difference, a, ~b);
            }
            sumAbove = Carried(sumAbove, sum, limit);
            differenceAbove = Carried(differenceAbove, difference, Unsafe.Add(ref limit, 1));
            if (!isNegativeAsked) continue;
            sumNegative = Carried(sumNegative, sum, Unsafe.Add(ref limit, 2));
            differenceNegative = Carried(differenceNegative, difference, Unsafe.Add(ref limit, 3));
        }
        var near = ~(sumAbove & differenceAbove);
        return isNegativeAsked ? near | sumNegative | differenceNegative : near;

        // A limit is reached where adding what it is short of the end carries.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TLanes Carried(TLanes carry, TLanes bit, TLanes missing) => carry & bit | missing & (carry | bit);
    }
}
