using System.Collections.Concurrent;
using System.Numerics;

namespace ImageRights.Matching.Index;

/// <summary>Finds pictures of a bank that share local features with another, by locality-sensitive hashing. One writer, many readers without locks.</summary>
/// <remarks>
/// Pictures lie in segments: the last one grows, the others are frozen. Features that share a bucket of <see cref="FeatureTables"/> are compared. An answer as of an earlier
/// version leaves out what came later and counts only the rest, and so does not depend on how far the index has read. Pictures with the very same features, the same file
/// with another name or comment, stand in the index once, for the first of them.
/// Where features are kept of recent pictures only, the oldest segment is demoted as a whole: from that version on it is not searched, and those of its pictures that are kept
/// stand in the last segment. Its memory is given back when nobody will ask for an earlier version (<see cref="Release"/>).
/// </remarks>
/// <param name="recent">So many of the pictures that came last keep their features; null: all do.</param>
/// <param name="store">Where the tables of full segments are kept; null: nowhere.</param>
internal sealed class LocalIndex(int? recent = null, TableStore? store = null)
{
    private const int MostBits = 40;
    private const float LeastVotes = 0.1f;
    private const int MostCompared = 300;

    private readonly List<LocalSegment> segments = [];
    private readonly Column<LocalFeatures?> pictures = new();
    private readonly Column<int> nextSame = new();
    private readonly Column<long> demotedAt = new();
    private readonly ConcurrentDictionary<int, long> recalledAt = new();
    private readonly Dictionary<LocalFeatures, (LocalFeatures Features, int Row)> lastSame = new(SameFeatures.Comparer);
    private LocalSegment[] published = [];
    private int demoted, rows, arrivals;
    private bool isDeferred;

    /// <summary>A picture that shares features.</summary>
    /// <param name="Votes">Weight of the features that agree on where the picture lies.</param>
    public readonly record struct Candidate(int Row, bool IsMirrored, float Votes);

    /// <summary>Pictures of a segment: where the oldest is given up now and then, at most a quarter of those that are recent.</summary>
    public static int SegmentAmong(int? recent) => recent is null ? LocalSegment.MostPictures : Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)recent / 4 + 1) / 2, LocalSegment.LeastPictures, LocalSegment.MostPictures);

    /// <summary>Adds a picture; pictures come in the order of their rows.</summary>
    /// <param name="version">Version of the index that it makes.</param>
    public void Add(LocalFeatures features, int row, long version)
    {
        pictures.Extend(row);
        nextSame.Extend(row);
        rows = row;
        if (lastSame.TryGetValue(features, out var before))
        {
            pictures[row] = before.Features;
            lastSame[features] = before with { Row = row };
            Volatile.Write(ref nextSame[before.Row], row);
            return;
        }
        pictures[row] = features;
        lastSame.Add(features, (features, row));
        Enter(features, row, version);
    }

    /// <summary>Notes a picture that comes without its features, because that in the place of which it comes has given them up.</summary>
    public void AddDemoted(int row, long version)
    {
        demotedAt.Extend(row);
        demotedAt[row] = version;
    }

    /// <summary>Whether a row's picture has given its features up.</summary>
    public bool IsDemoted(int row) => demotedAt.Find(row) != 0 && !recalledAt.ContainsKey(row);

    /// <summary>Gives a picture its features back.</summary>
    public void Recall(LocalFeatures features, int row, long version)
    {
        pictures.Extend(row);
        nextSame.Extend(row);
        pictures[row] = features;
        recalledAt[row] = version;
        Enter(features, row, version);
    }

    /// <summary>Demotes the segments whose pictures are recent no more.</summary>
    /// <param name="rowsNow">Rows of the bank.</param>
    /// <param name="arrivalsNow">Pictures that have come to it; those that were renewed count once.</param>
    /// <param name="version">Version of the index that the last of them made.</param>
    /// <param name="isKept">Whether the picture of a row keeps its features although it is not recent.</param>
    /// <param name="give">Told of each row that gives its features up.</param>
    public void Advance(int rowsNow, int arrivalsNow, long version, Func<int, bool> isKept, Action<int> give)
    {
        (rows, arrivals) = (rowsNow, arrivalsNow);
        while (demoted + 1 < segments.Count && arrivals - segments[demoted + 1].FirstArrival >= recent)
        {
            var (segment, next) = (segments[demoted], segments[demoted + 1].FirstRow);
            demotedAt.Extend(next);
            for (var row = segment.FirstRow; row < next; row++)
            {
                if (pictures.Find(row) is null || isKept(row)) continue;
                demotedAt[row] = version;
                give(row);
            }
            for (var number = 0; number < segment.Pictures; number++)
            {
                var (first, features) = segment[number];
                if (HeirOf(first, next, version, isKept) is { } heir) Enter(features, heir, version);
                else if (lastSame.TryGetValue(features, out var last) && ReferenceEquals(last.Features, features)) lastSame.Remove(features);
            }
            segment.DemotedAt = version;
            demoted++;
        }
    }

    /// <summary>Gives back the memory of what is not searched at any version from <paramref name="reached"/> on.</summary>
    public void Release(long reached)
    {
        var released = segments.TakeWhile(segment => segment.DemotedAt <= reached).Count();
        if (released == 0) return;
        for (var row = segments[0].FirstRow; row < segments[released].FirstRow; row++)
        {
            if (IsDemoted(row) && pictures.Find(row) is not null) pictures[row] = null;
        }
        foreach (var segment in segments[..released]) segment.Forget();
        segments.RemoveRange(0, released);
        demoted -= released;
        Volatile.Write(ref published, [.. segments]);
    }

    /// <summary>Pictures that are added from here on are found only after <see cref="Settle"/>, which is quicker for many.</summary>
    public void Defer() => isDeferred = true;

    /// <summary>Makes everything that was added findable.</summary>
    public void Settle()
    {
        isDeferred = false;
        Parallel.ForEach(segments, () => new BucketSort.Room(), (segment, _, room) =>
        {
            segment.Settle(room);
            return room;
        }, _ => { });
    }

    /// <summary>The features that stood for a picture at a version; null when it had none.</summary>
    public LocalFeatures? Of(int row, long asOf) => Has(row, asOf) ? pictures.Find(row) : null;

    /// <summary>A picture that was found and those among the first <paramref name="rowsThen"/> with the very same features, in order.</summary>
    public IEnumerable<int> SameAs(int row, int rowsThen, long asOf)
    {
        do
        {
            if (Has(row, asOf)) yield return row;
            row = Volatile.Read(ref nextSame[row]);
        }
        while (row > 0 && row < rowsThen);
    }

    /// <summary>The pictures among the first <paramref name="rowsThen"/>, those of a version, whose features agree best with the query's, best first.</summary>
    /// <param name="isLive">Whether the picture of a row is looked for; null: all are.</param>
    public List<Candidate> Search(LocalFeatures query, int rowsThen, long asOf, int most, Func<int, bool>? isLive = null)
    {
        var votes = new Votes(new LocalQuery(query), row => IsLive(row, rowsThen, asOf, isLive));
        foreach (var segment in Volatile.Read(ref published))
        {
            if (asOf < segment.DemotedAt) votes.Count(segment, asOf);
        }
        return [.. votes.Best().Take(most)];
    }

    // Whether one of those with the same features is.
    private bool IsLive(int row, int rowsThen, long asOf, Func<int, bool>? isLive)
    {
        do
        {
            if (Has(row, asOf) && isLive?.Invoke(row) != false) return true;
            row = Volatile.Read(ref nextSame[row]);
        }
        while (row > 0 && row < rowsThen);
        return false;
    }

    private bool Has(int row, long asOf) => demotedAt.Find(row) is var given && (given == 0 || asOf < given || recalledAt.TryGetValue(row, out var recalled) && asOf >= recalled);

    // The first picture with these features that keeps them when the segments of the rows before the next are demoted.
    private int? HeirOf(int first, int next, long version, Func<int, bool> isKept)
    {
        foreach (var row in SameAs(first, int.MaxValue, version))
        {
            if (row >= next || isKept(row)) return row;
        }
        return null;
    }

    private void Enter(LocalFeatures features, int row, long version)
    {
        var begins = segments.Count == 0 || segments[^1].IsFull;
        if (begins) segments.Add(new LocalSegment(rows, arrivals, SegmentAmong(recent), store));
        segments[^1].Add(features, row, version, settle: !isDeferred);
        if (begins) Volatile.Write(ref published, [.. segments]);
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
        // Pictures; each shares one or two features.
        private const int AheadOfFeatures = 16;
        private const int AheadOfDescriptors = 8;

        // The last of the best comes out first.
        private readonly PriorityQueue<Group, Candidate> best = new(MostCompared, Comparer<Candidate>.Create(static (one, other) => -Rank(one).CompareTo(Rank(other))));
        private readonly TurnVotes turns = new();
        private readonly FeatureTurn[] turnsOfQuery = [.. Enumerable.Range(0, query.MirroredFrom).Select(number => query.Picture.Turns[number])];
        private readonly float[] weightOf = new float[query.Descriptors.Length];
        private Pair[] pairs = [];
        private float least = LeastVotes;

        public void Count(LocalSegment segment, long asOf)
        {
            using var buckets = new SharedBuckets();
            segment.Collect(query, asOf, buckets);
            var pictures = buckets.Pictures;
            if (pairs.Length < buckets.Count) pairs = new Pair[buckets.Count];
            var (count, ends, sharing) = (0, new int[pictures.Length], new int[query.Descriptors.Length]);
            for (var number = 0; number < pictures.Length; number++)
            {
                // The next are on their way from the memory while this one is compared.
                if (number + AheadOfFeatures < pictures.Length) segment[pictures[number + AheadOfFeatures]].Features.Prefetch();
                if (number + AheadOfDescriptors < pictures.Length)
                    Fetch(buckets.Of(pictures[number + AheadOfDescriptors]), segment[pictures[number + AheadOfDescriptors]].Features.Descriptors);
                var picture = pictures[number];
                if (isLive(segment[picture].Row)) count = FindPairs(buckets.Of(picture), segment[picture].Features, count);
                ends[number] = count;
            }
            foreach (ref readonly var pair in pairs.AsSpan(0, count)) sharing[pair.Query]++;
            // A feature that many pictures have says little of any of them.
            for (var number = 0; number < weightOf.Length; number++) weightOf[number] = 1 / MathF.Sqrt(sharing[number]);
            for (var number = 0; number < pictures.Length; number++)
            {
                var here = pairs.AsSpan((number == 0 ? 0 : ends[number - 1])..ends[number]);
                var upright = 0;
                while (upright < here.Length && here[upright].Query < query.MirroredFrom) upright++;
                Vote(segment[pictures[number]], here[..upright], mirrored: false);
                Vote(segment[pictures[number]], here[upright..], mirrored: true);
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
            var asked = query.Descriptors;
            var near = pairs.AsSpan(count);
            // Without a branch: whether two features are near cannot be foreseen.
            var found = 0;
            foreach (var bucket in shared)
            {
                var (number, feature) = SharedBuckets.Read(bucket);
                var distance = descriptors.DistanceOf(feature, in asked[number]);
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
            var here = picture.Features.Turns;
            foreach (ref readonly var pair in shared) turns.Add(turnsOfQuery[query.FeatureOf(pair.Query)], here[pair.Feature], mirrored, WeightOf(pair));
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
