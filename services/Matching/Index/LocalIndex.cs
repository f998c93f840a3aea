namespace ImageRights.Matching.Index;

/// <summary>Finds pictures of a bank that share local features with another, by locality-sensitive hashing. One writer, many readers without locks.</summary>
/// <remarks>
/// A feature goes by 16 bits of its descriptor into one of 65,536 buckets of each table. Pictures lie in segments, so that buckets stay short as the bank grows. A bucket that
/// holds more than <see cref="LongestBucket"/> features describes what is in every picture and is passed over. Buckets are lists, newest first: an answer as of an earlier
/// version skips what came later and counts only the rest, and so does not depend on how far the index has read.
/// </remarks>
internal sealed class LocalIndex
{
    private const int Tables = 8;
    private const int Bits = 16;
    private const int SegmentPictures = 4096;
    private const int LongestBucket = 150;
    private const int MostBits = 60;
    private const float LeastVotes = 0.1f;
    private const int MostCompared = 300;
    private const int MostProposals = 40;

    // In pixels of the features: a single pair fixes turn and size only roughly.
    private const float Tolerance = 30;

    private const int AngleBins = 12;
    private const int ScaleBins = 9;
    private const int Bins = AngleBins * ScaleBins;

    private static readonly byte[,] Choice = ChooseBits();

    private readonly List<Segment> segments = [];
    private Segment[] published = [];

    /// <summary>A picture that shares features.</summary>
    /// <param name="Votes">Weight of the features that agree on how the picture was turned and scaled.</param>
    public readonly record struct Candidate(int Row, bool IsMirrored, float Votes);

    /// <summary>Adds a picture; pictures come in the order of their rows.</summary>
    public void Add(LocalFeatures features, int row)
    {
        if (segments.Count == 0 || segments[^1].Pictures == SegmentPictures)
        {
            segments.Add(new Segment());
            segments[^1].Add(features, row);
            Volatile.Write(ref published, [.. segments]);
            return;
        }
        segments[^1].Add(features, row);
    }

    /// <summary>The features that stand for a picture; null when it has none.</summary>
    public LocalFeatures? Of(int row)
    {
        foreach (var segment in Volatile.Read(ref published))
        {
            if (segment.Find(row) is { } features) return features;
        }
        return null;
    }

    /// <summary>The pictures among the first <paramref name="rowsThen"/> whose features agree best with the query's, best first.</summary>
    public List<Candidate> Search(LocalFeatures query, int rowsThen, int most)
    {
        var shared = new Dictionary<int, List<Shared>>();
        foreach (var segment in Volatile.Read(ref published)) segment.Vote(query, rowsThen, shared);
        return [.. shared
            .Select(pair => (Candidate: new Candidate(pair.Key >> 1, (pair.Key & 1) != 0, Peak(pair.Value)), Pairs: pair.Value))
            .Where(pair => pair.Candidate.Votes >= LeastVotes)
            .OrderByDescending(pair => pair.Candidate.Votes).ThenBy(pair => pair.Candidate.Row).ThenBy(pair => pair.Candidate.IsMirrored)
            .Take(MostCompared)
            .Select(pair => pair.Candidate with { Votes = Consensus(pair.Pairs) })
            .Where(candidate => candidate.Votes >= LeastVotes)
            .OrderByDescending(candidate => candidate.Votes).ThenBy(candidate => candidate.Row).ThenBy(candidate => candidate.IsMirrored)
            .Take(most)];
    }

    // Votes of a bin and of its neighbours: an angle near a bin's edge falls to both sides.
    private static float Peak(List<Shared> pairs)
    {
        Span<float> bins = stackalloc float[Bins];
        bins.Clear();
        foreach (var pair in pairs) bins[BinOf(pair)] += pair.Weight;
        var best = 0f;
        for (var angle = 0; angle < AngleBins; angle++)
        {
            for (var scale = 0; scale < ScaleBins; scale++)
            {
                var sum = 0f;
                for (var a = angle; a <= angle + 1; a++)
                {
                    for (var s = scale; s <= Math.Min(scale + 1, ScaleBins - 1); s++) sum += bins[a % AngleBins * ScaleBins + s];
                }
                best = Math.Max(best, sum);
            }
        }
        return best;
    }

    private static int BinOf(in Shared pair)
    {
        var turn = (int)Math.Floor((pair.Angle / (2 * Math.PI) + 2) * AngleBins) % AngleBins;
        var scale = Math.Clamp((int)Math.Floor(Math.Log2(pair.Scale) * 1.5 + ScaleBins / 2.0), 0, ScaleBins - 1);
        return turn * ScaleBins + scale;
    }

    // Turn and size alone agree by chance when there are many features; where a pair puts the picture agrees only when it is there.
    private static float Consensus(List<Shared> pairs)
    {
        var best = 0f;
        foreach (var proposal in pairs.Count <= MostProposals ? pairs : pairs.OrderByDescending(pair => pair.Weight).Take(MostProposals).ToList())
        {
            var sum = 0f;
            foreach (var pair in pairs)
            {
                var (x, y) = (proposal.A * pair.X + proposal.B * pair.Y + proposal.C - pair.U, proposal.D * pair.X + proposal.E * pair.Y + proposal.F - pair.V);
                if (x * x + y * y <= Tolerance * Tolerance) sum += pair.Weight;
            }
            best = Math.Max(best, sum);
        }
        return best;
    }

    // A feature that the query and a picture share, and the similarity that lays the one on the other.
    private readonly struct Shared
    {
        public Shared(in Keypoint from, in Keypoint to, bool mirrored, float weight)
        {
            (X, Y, U, V, Weight) = (from.X, from.Y, to.X, to.Y, weight);
            Scale = to.Scale / from.Scale;
            Angle = to.Angle - (mirrored ? MathF.PI - from.Angle : from.Angle);
            var (sin, cos) = MathF.SinCos(Angle);
            var side = mirrored ? -1 : 1;
            (A, B, D, E) = (Scale * cos * side, -Scale * sin, Scale * sin * side, Scale * cos);
            (C, F) = (U - A * X - B * Y, V - D * X - E * Y);
        }

        public readonly float X, Y, U, V, Weight, Scale, Angle, A, B, C, D, E, F;
    }

    private static byte[,] ChooseBits()
    {
        var choice = new byte[Tables, Bits];
        var state = 0x2545F4914F6CDD1DUL;
        for (var table = 0; table < Tables; table++)
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

    private static int BucketOf(in Descriptor descriptor, int table)
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

    private sealed class Segment
    {
        private readonly int[][] heads = [.. Enumerable.Range(0, Tables).Select(_ => new int[1 << Bits])];
        private readonly Column<(int Next, int Picture, ushort Feature)>[] entries = [.. Enumerable.Range(0, Tables).Select(_ => new Column<(int, int, ushort)>())];
        private readonly Column<(int Row, LocalFeatures Features)> pictures = new();
        private int count;
        private int features;

        public int Pictures => Volatile.Read(ref count);

        public void Add(LocalFeatures picture, int row)
        {
            var number = count;
            pictures.Extend(number);
            pictures[number] = (row, picture);
            for (var feature = 0; feature < picture.ReferenceCount; feature++, features++)
            {
                for (var table = 0; table < Tables; table++)
                {
                    ref var head = ref heads[table][BucketOf(picture.Descriptors[feature], table)];
                    entries[table].Extend(features);
                    entries[table][features] = (head, number, (ushort)feature);
                    Volatile.Write(ref head, features + 1);
                }
            }
            Volatile.Write(ref count, number + 1);
        }

        public LocalFeatures? Find(int row)
        {
            var (low, high) = (0, Pictures);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (pictures[middle].Row < row) low = middle + 1;
                else high = middle;
            }
            return low < Pictures && pictures[low].Row == row ? pictures[low].Features : null;
        }

        public void Vote(LocalFeatures query, int rowsThen, Dictionary<int, List<Shared>> shared)
        {
            Span<(int Picture, int Feature)> bucket = stackalloc (int, int)[LongestBucket];
            var best = new Dictionary<int, (int Distance, int Feature)>();
            for (var feature = 0; feature < query.Descriptors.Length; feature++)
            {
                foreach (var mirrored in (ReadOnlySpan<bool>)[false, true])
                {
                    var descriptor = mirrored ? query.Descriptors[feature].Mirrored : query.Descriptors[feature];
                    best.Clear();
                    for (var table = 0; table < Tables; table++)
                    {
                        var length = 0;
                        for (var at = Volatile.Read(ref heads[table][BucketOf(descriptor, table)]); at != 0 && length <= LongestBucket;)
                        {
                            var (next, picture, number) = entries[table][at - 1];
                            at = next;
                            if (pictures[picture].Row >= rowsThen) continue;
                            if (length < LongestBucket) bucket[length] = (picture, number);
                            length++;
                        }
                        if (length > LongestBucket) continue;
                        foreach (var (picture, number) in bucket[..length])
                        {
                            var distance = descriptor.DistanceTo(pictures[picture].Features.Descriptors[number]);
                            if (distance > MostBits || best.TryGetValue(picture, out var known) && (known.Distance, known.Feature).CompareTo((distance, number)) <= 0) continue;
                            best[picture] = (distance, number);
                        }
                    }
                    // A feature that many pictures have says little of any of them.
                    var share = 1 / MathF.Sqrt(best.Count);
                    foreach (var (picture, (distance, number)) in best)
                    {
                        var (row, other) = pictures[picture];
                        var key = row << 1 | (mirrored ? 1 : 0);
                        if (!shared.TryGetValue(key, out var pairs)) shared.Add(key, pairs = []);
                        pairs.Add(new Shared(query.Keypoints[feature], other.Keypoints[number], mirrored, share * (MostBits + 8 - distance) / MostBits));
                    }
                }
            }
        }
    }
}
