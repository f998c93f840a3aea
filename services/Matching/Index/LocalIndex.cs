using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>Finds pictures of a bank that share local features with another, by locality-sensitive hashing. One writer, many readers without locks.</summary>
/// <remarks>
/// Pictures lie in segments: the last one grows, the others are frozen. Features that share a bucket of <see cref="FeatureTables"/> are compared. An answer as of an earlier
/// version leaves out what came later and counts only the rest, and so does not depend on how far the index has read. Pictures with the very same features, the same file
/// with another name or comment, stand in the index once, for the first of them.
/// </remarks>
internal sealed class LocalIndex
{
    private const int MostBits = 60;
    private const float LeastVotes = 0.1f;
    private const int MostCompared = 300;

    private readonly List<LocalSegment> segments = [];
    private readonly Column<LocalFeatures?> pictures = new();
    private readonly Column<int> nextSame = new();
    private readonly Dictionary<LocalFeatures, int> lastSame = new(new BytesComparer());
    private LocalSegment[] published = [];
    private bool isDeferred;

    /// <summary>A picture that shares features.</summary>
    /// <param name="Votes">Weight of the features that agree on where the picture lies.</param>
    public readonly record struct Candidate(int Row, bool IsMirrored, float Votes);

    /// <summary>Adds a picture; pictures come in the order of their rows.</summary>
    public void Add(LocalFeatures features, int row)
    {
        pictures.Extend(row);
        nextSame.Extend(row);
        if (lastSame.TryGetValue(features, out var before))
        {
            pictures[row] = pictures[before];
            lastSame[pictures[row]!] = row;
            Volatile.Write(ref nextSame[before], row);
            return;
        }
        pictures[row] = features;
        lastSame.Add(features, row);
        if (segments.Count == 0 || segments[^1].Pictures == LocalSegment.MostPictures)
        {
            segments.Add(new LocalSegment());
            segments[^1].Add(features, row, settle: !isDeferred);
            Volatile.Write(ref published, [.. segments]);
            return;
        }
        segments[^1].Add(features, row, settle: !isDeferred);
    }

    /// <summary>Pictures that are added from here on are found only after <see cref="Settle"/>, which is quicker for many.</summary>
    public void Defer() => isDeferred = true;

    /// <summary>Makes everything that was added findable.</summary>
    public void Settle()
    {
        isDeferred = false;
        if (segments.Count > 0) segments[^1].Settle();
    }

    /// <summary>The features that stand for a picture of which the owner has published the row; null when it has none.</summary>
    public LocalFeatures? Of(int row) => pictures.Find(row);

    /// <summary>A picture that was found and those among the first <paramref name="rowsThen"/> with the very same features, in order.</summary>
    public IEnumerable<int> SameAs(int row, int rowsThen)
    {
        do
        {
            yield return row;
            row = Volatile.Read(ref nextSame[row]);
        }
        while (row > 0 && row < rowsThen);
    }

    /// <summary>The pictures among the first <paramref name="rowsThen"/> whose features agree best with the query's, best first.</summary>
    /// <param name="isLive">Whether the picture of a row is looked for; null: all are.</param>
    public List<Candidate> Search(LocalFeatures query, int rowsThen, int most, Func<int, bool>? isLive = null)
    {
        var votes = new Votes(new LocalQuery(query), isLive is null ? _ => true : row => IsLive(row, rowsThen, isLive));
        foreach (var segment in Volatile.Read(ref published)) votes.Count(segment, rowsThen);
        return [.. votes.Best().Take(most)];
    }

    // Whether one of those with the same features is.
    private bool IsLive(int row, int rowsThen, Func<int, bool> isLive)
    {
        do
        {
            if (isLive(row)) return true;
            row = Volatile.Read(ref nextSame[row]);
        }
        while (row > 0 && row < rowsThen);
        return false;
    }

    private sealed class BytesComparer : IEqualityComparer<LocalFeatures>
    {
        private const int Telling = 256;

        public bool Equals(LocalFeatures? one, LocalFeatures? other) => one!.Bytes.SequenceEqual(other!.Bytes);

        public int GetHashCode(LocalFeatures features)
        {
            var hash = new HashCode();
            hash.AddBytes(features.Bytes[..Math.Min(Telling, features.Bytes.Length)]);
            return hash.ToHashCode();
        }
    }

    // What a picture shares with the query as it is, or in the mirror.
    private sealed record Group(Candidate Candidate, LocalFeatures Picture, SharedFeature[] Shared);

    // The nearest feature of a picture for one of the query; the least of those with one query feature is the nearest, and of equally near ones the first.
    private readonly record struct Pair(int Query, uint Key)
    {
        public const int FeatureMask = (1 << FeatureBuckets.FeatureBits) - 1;

        public Pair(int query, int feature, int distance) : this(query, (uint)(distance << FeatureBuckets.FeatureBits | feature))
        {
        }

        public int Feature => (int)(Key & FeatureMask);

        public int Distance => (int)(Key >> FeatureBuckets.FeatureBits);
    }

    private sealed class Votes(LocalQuery query, Func<int, bool> isLive)
    {
        // The last of the best comes out first.
        private readonly PriorityQueue<Group, Candidate> best = new(MostCompared, Comparer<Candidate>.Create(static (one, other) => -Rank(one).CompareTo(Rank(other))));
        private readonly TurnVotes turns = new();
        private readonly FeatureTurn[] turnsOfQuery = [.. Enumerable.Range(0, query.MirroredFrom).Select(query.Picture.TurnOf)];
        private readonly float[] weightOf = new float[query.Descriptors.Length];
        private Pair[] pairs = [];
        private float least = LeastVotes;

        public void Count(LocalSegment segment, int rowsThen)
        {
            using var buckets = new SharedBuckets();
            var pictures = segment.Collect(query, rowsThen, buckets);
            if (pairs.Length < buckets.Count) pairs = new Pair[buckets.Count];
            var (count, ends, sharing) = (0, new int[pictures], new int[query.Descriptors.Length]);
            for (var picture = 0; picture < pictures; picture++)
            {
                // The next is on its way from the memory while this one is compared.
                if (picture + 1 < pictures) Fetch(buckets.Of(picture + 1), segment[picture + 1].Features.Descriptors);
                if (isLive(segment[picture].Row)) count = FindPairs(buckets.Of(picture), segment[picture].Features, count);
                ends[picture] = count;
            }
            foreach (ref readonly var pair in pairs.AsSpan(0, count)) sharing[pair.Query]++;
            // A feature that many pictures have says little of any of them.
            for (var number = 0; number < weightOf.Length; number++) weightOf[number] = 1 / MathF.Sqrt(sharing[number]);
            for (var picture = 0; picture < pictures; picture++)
            {
                var here = pairs.AsSpan((picture == 0 ? 0 : ends[picture - 1])..ends[picture]);
                var upright = 0;
                while (upright < here.Length && here[upright].Query < query.MirroredFrom) upright++;
                Vote(segment[picture], here[..upright], mirrored: false);
                Vote(segment[picture], here[upright..], mirrored: true);
            }
        }

        private static void Fetch(ReadOnlySpan<uint> shared, LocalFeatures.DescriptorList descriptors)
        {
            foreach (var bucket in shared) descriptors.Prefetch(SharedBuckets.Read(bucket).Feature);
        }

        // Notes the nearest of a picture's features for each of the query's, and gives where the notes end.
        private int FindPairs(ReadOnlySpan<uint> shared, LocalFeatures picture, int count)
        {
            var descriptors = picture.Descriptors;
            var near = pairs.AsSpan(count);
            // Without a branch: whether two features are near cannot be foreseen.
            var found = 0;
            foreach (var bucket in shared)
            {
                var (number, feature) = SharedBuckets.Read(bucket);
                var distance = query.Descriptors[number].DistanceTo(descriptors[feature]);
                near[found] = new Pair(number, feature, distance);
                found += distance <= MostBits ? 1 : 0;
            }
            var kept = 0;
            for (var at = 0; at < found; at++)
            {
                if (kept > 0 && near[kept - 1].Query == near[at].Query)
                {
                    if (near[at].Key < near[kept - 1].Key) near[kept - 1] = near[at];
                }
                else near[kept++] = near[at];
            }
            return count + kept;
        }

        private void Vote((int Row, LocalFeatures Features) picture, ReadOnlySpan<Pair> shared, bool mirrored)
        {
            var sum = 0f;
            foreach (ref readonly var pair in shared) sum += WeightOf(pair);
            // No peak is above all of them together; the rest is for what rounding did to the sum.
            if (sum < least * 0.99f) return;
            turns.Clear();
            foreach (ref readonly var pair in shared) turns.Add(turnsOfQuery[query.FeatureOf(pair.Query)], picture.Features.TurnOf(pair.Feature), mirrored, WeightOf(pair));
            var candidate = new Candidate(picture.Row, mirrored, turns.Peak());
            // Who comes later with as many votes ranks behind.
            if (candidate.Votes < least || best.Count == MostCompared && candidate.Votes == least) return;
            if (best.Count == MostCompared) best.Dequeue();
            best.Enqueue(new Group(candidate, picture.Features, SharedOf(shared)), candidate);
            if (best.Count == MostCompared) least = best.Peek().Candidate.Votes;
        }

        private float WeightOf(in Pair pair) => weightOf[pair.Query] * (MostBits + 8 - pair.Distance) / MostBits;

        private SharedFeature[] SharedOf(ReadOnlySpan<Pair> pairs)
        {
            var shared = new SharedFeature[pairs.Length];
            for (var at = 0; at < shared.Length; at++) shared[at] = new SharedFeature(query.FeatureOf(pairs[at].Query), pairs[at].Feature, WeightOf(pairs[at]));
            return shared;
        }

        /// <summary>The pictures with the highest peaks, best consensus first.</summary>
        public IEnumerable<Candidate> Best() => best.UnorderedItems
            .Select(group => group.Element.Candidate with { Votes = SharedFeatures.Consensus(query.Picture, group.Element.Picture, group.Element.Shared, group.Element.Candidate.IsMirrored) })
            .Where(candidate => candidate.Votes >= LeastVotes)
            .OrderBy(Rank);

        private static (float Votes, int Row, bool IsMirrored) Rank(Candidate candidate) => (-candidate.Votes, candidate.Row, candidate.IsMirrored);
    }
}
