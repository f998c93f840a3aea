namespace ImageRights.Matching.Index;

/// <summary>Locality-sensitive hashing of descriptors: a table looks at 16 bits of a descriptor and so puts it into one of 65,536 buckets; alike descriptors often share one.</summary>
internal static class FeatureTables
{
    /// <summary>Tables that a feature stands in.</summary>
    public const int Count = 8;

    /// <summary>Bits of a descriptor that a table looks at.</summary>
    public const int Bits = 16;

    /// <summary>A bucket that holds more features describes what is in every picture and is passed over.</summary>
    public const int LongestBucket = 150;

    private static readonly byte[,] Choice = ChooseBits();

    /// <summary>Where the descriptor lies in a table.</summary>
    public static int BucketOf(in Descriptor descriptor, int table)
    {
        var bucket = 0;
        for (var bit = 0; bit < Bits; bit++)
        {
            var number = Choice[table, bit];
            var word = (number >> 6) switch { 0 => descriptor.A, 1 => descriptor.B, 2 => descriptor.C, _ => descriptor.D };
            bucket |= (int)(word >> (number & 63) & 1) << bit;
        }
        return bucket;
    }

    private static byte[,] ChooseBits()
    {
        var choice = new byte[Count, Bits];
        var state = 0x2545F4914F6CDD1DUL;
        for (var table = 0; table < Count; table++)
        {
            var taken = new HashSet<byte>();
            while (taken.Count < Bits)
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                if (taken.Add((byte)(state >> 32))) choice[table, taken.Count - 1] = (byte)(state >> 32);
            }
        }
        return choice;
    }
}
