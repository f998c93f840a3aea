using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>The descriptors of a picture test by test, 512 features side by side: a feature is compared with all of them at once, by adding up bits of which each belongs to another one.</summary>
/// <remarks>
/// Bits are counted in columns by full adders, as R. Harley and D. Seal did for one number (W. Muła, N. Kurz, D. Lemire, arXiv 1611.07612): two instructions that combine three operands add three
/// bits of 512 distances. Needs AVX-512; processors without it count faster feature by feature (<see cref="FeaturePairs"/>).
/// </remarks>
internal sealed class DescriptorPlanes
{
    /// <summary>Distance up to which features are found.</summary>
    public const int MostBits = 64;

    private const int Tests = 256;
    private const int Lanes = 512;
    private const int WordBits = 64;
    private const int Words = Lanes / WordBits;

    // Of what is nearest so far: how far it is, and which it is.
    private const int DistanceBits = 7;
    private const int NumberBits = 12;
    private const int Planes = DistanceBits + NumberBits;
    private const int None = MostBits + 1;

    private readonly LocalFeatures picture;
    private readonly ulong[] planes;

    public DescriptorPlanes(LocalFeatures picture)
    {
        this.picture = picture;
        var descriptors = picture.Descriptors;
        planes = new ulong[(descriptors.Length + Lanes - 1) / Lanes * Tests * Words];
        Span<ulong> square = stackalloc ulong[WordBits];
        for (var first = 0; first < descriptors.Length; first += WordBits)
        {
            for (var test = 0; test < Tests; test += WordBits)
            {
                square.Clear();
                for (var lane = 0; lane < Math.Min(WordBits, descriptors.Length - first); lane++) square[lane] = WordOf(descriptors[first + lane], test / WordBits);
                Transpose(square);
                for (var row = 0; row < WordBits; row++) planes[(first / Lanes * Tests + test + row) * Words + first % Lanes / WordBits] = square[row];
            }
        }
    }

    /// <summary>The reference's nearest feature for each of the picture's, of equally near ones the first, and how far it is: <see cref="MostBits"/> at most, or one more where there is none.</summary>
    public (int Distance, int Number)[] NearestIn(LocalFeatures reference, bool mirrored)
    {
        var asked = reference.Descriptors;
        var nearest = new (int Distance, int Number)[picture.Descriptors.Length];
        Span<ulong> tests = stackalloc ulong[Tests];
        var best = new Vector512<ulong>[(nearest.Length + Lanes - 1) / Lanes * Planes];
        for (var group = 0; group < best.Length; group += Planes)
        {
            for (var bit = 0; bit < DistanceBits; bit++) best[group + bit] = (None >> bit & 1) == 0 ? Vector512<ulong>.Zero : Vector512<ulong>.AllBitsSet;
        }
        for (var to = 0; to < reference.ReferenceCount; to++)
        {
            // As far from the mirrored picture's features as its mirror image is from the picture's.
            var descriptor = mirrored ? asked[to].Mirrored : asked[to];
            for (var word = 0; word < Tests / WordBits; word++) Spread(WordOf(descriptor, word), tests[(word * WordBits)..]);
            for (var group = 0; group * Planes < best.Length; group++) Lower(best.AsSpan(group * Planes, Planes), to, tests, planes.AsSpan(group * Tests * Words, Tests * Words));
        }
        for (var from = 0; from < nearest.Length; from++)
        {
            var of = best.AsSpan(from / Lanes * Planes, Planes);
            var (word, lane) = (from % Lanes / WordBits, from % WordBits);
            nearest[from] = (Read(of[..DistanceBits], word, lane), Read(of[DistanceBits..], word, lane));
        }
        return nearest;
    }

    // Notes another feature where it is nearer than the best so far.
    private static void Lower(Span<Vector512<ulong>> best, int to, ReadOnlySpan<ulong> tests, ReadOnlySpan<ulong> planes)
    {
        var (ones, twos, fours, eights) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        var (sixteens, of32, of64, more) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        ref var bit = ref MemoryMarshal.GetReference(tests);
        ref var plane = ref MemoryMarshal.GetReference(planes);
        for (nuint test = 0; test < Tests; test += 16)
        {
            (var two, ones) = Add(ones, Differing(ref bit, ref plane, test), Differing(ref bit, ref plane, test + 1));
            (var otherTwo, ones) = Add(ones, Differing(ref bit, ref plane, test + 2), Differing(ref bit, ref plane, test + 3));
            (var four, twos) = Add(twos, two, otherTwo);
            (two, ones) = Add(ones, Differing(ref bit, ref plane, test + 4), Differing(ref bit, ref plane, test + 5));
            (otherTwo, ones) = Add(ones, Differing(ref bit, ref plane, test + 6), Differing(ref bit, ref plane, test + 7));
            (var otherFour, twos) = Add(twos, two, otherTwo);
            (var eight, fours) = Add(fours, four, otherFour);
            (two, ones) = Add(ones, Differing(ref bit, ref plane, test + 8), Differing(ref bit, ref plane, test + 9));
            (otherTwo, ones) = Add(ones, Differing(ref bit, ref plane, test + 10), Differing(ref bit, ref plane, test + 11));
            (four, twos) = Add(twos, two, otherTwo);
            (two, ones) = Add(ones, Differing(ref bit, ref plane, test + 12), Differing(ref bit, ref plane, test + 13));
            (otherTwo, ones) = Add(ones, Differing(ref bit, ref plane, test + 14), Differing(ref bit, ref plane, test + 15));
            (otherFour, twos) = Add(twos, two, otherTwo);
            (var otherEight, fours) = Add(fours, four, otherFour);
            (var carry, eights) = Add(eights, eight, otherEight);
            (carry, sixteens) = (carry & sixteens, carry ^ sixteens);
            (carry, of32) = (carry & of32, carry ^ of32);
            (carry, of64) = (carry & of64, carry ^ of64);
            more |= carry;
        }
        var nearer = Less(ones, best[0], Vector512<ulong>.Zero);
        nearer = Less(of64, best[6], Less(of32, best[5], Less(sixteens, best[4], Less(eights, best[3], Less(fours, best[2], Less(twos, best[1], nearer)))))) & ~more;
        if (nearer == Vector512<ulong>.Zero) return;
        (best[0], best[1], best[2], best[3]) = (Chosen(nearer, ones, best[0]), Chosen(nearer, twos, best[1]), Chosen(nearer, fours, best[2]), Chosen(nearer, eights, best[3]));
        (best[4], best[5], best[6]) = (Chosen(nearer, sixteens, best[4]), Chosen(nearer, of32, best[5]), Chosen(nearer, of64, best[6]));
        for (var number = 0; number < NumberBits; number++)
        {
            ref var known = ref best[DistanceBits + number];
            known = (to >> number & 1) == 0 ? known & ~nearer : known | nearer;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Differing(ref ulong bit, ref ulong plane, nuint test) => Vector512.Create(Unsafe.Add(ref bit, test)) ^ Vector512.LoadUnsafe(ref plane, test * Words);

    // A full adder: of three bits two or more are carried, and an odd one is left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<ulong> Carry, Vector512<ulong> Sum) Add(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c)
    {
        const byte two = 0b11101000, odd = 0b10010110;
        return (Avx512F.TernaryLogic(a, b, c, two), Avx512F.TernaryLogic(a, b, c, odd));
    }

    // Whether a number is less than another, of which the lower bits have been compared.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Less(Vector512<ulong> bit, Vector512<ulong> other, Vector512<ulong> lower)
    {
        const byte isLess = 0b10001110;
        return Avx512F.TernaryLogic(bit, other, lower, isLess);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Chosen(Vector512<ulong> choice, Vector512<ulong> one, Vector512<ulong> other) => Vector512.ConditionalSelect(choice, one, other);

    private static int Read(ReadOnlySpan<Vector512<ulong>> bits, int word, int lane)
    {
        var number = 0;
        for (var bit = 0; bit < bits.Length; bit++) number |= (int)(bits[bit][word] >> lane & 1) << bit;
        return number;
    }

    // A word of ones for each bit that is set.
    private static void Spread(ulong word, Span<ulong> tests)
    {
        var choice = Vector512.Create(1UL, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7);
        for (var test = 0; test < WordBits; test += Words) Vector512.Equals(Vector512.Create(word >> test) & choice, choice).CopyTo(tests[test..]);
    }

    private static ulong WordOf(in Descriptor descriptor, int word) => word switch
    {
        0 => descriptor.A,
        1 => descriptor.B,
        2 => descriptor.C,
        _ => descriptor.D,
    };

    // Exchanges ever smaller squares (H. Warren, Hacker's Delight, 7-3): bit i of word k becomes bit k of word i.
    private static void Transpose(Span<ulong> square)
    {
        var mask = 0x00000000FFFFFFFFUL;
        for (var width = WordBits / 2; width > 0; width /= 2, mask ^= mask << width)
        {
            for (var row = 0; row < WordBits; row = (row | width) + 1 & ~width)
            {
                var exchanged = (square[row] >> width ^ square[row | width]) & mask;
                square[row] ^= exchanged << width;
                square[row | width] ^= exchanged;
            }
        }
    }
}
