using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>Finds pictures of a bank that share local features with another, by locality-sensitive hashing. One writer, many readers without locks.</summary>
/// <remarks>
/// Pictures lie in segments: the last one grows, the others are frozen. Features that share a bucket of <see cref="FeatureTables"/> are compared. An answer as of an earlier
/// version leaves out what came later and counts only the rest, and so does not depend on how far the index has read.
/// </remarks>
internal sealed class LocalIndex
{
    private const int MostBits = 60;
    private const float LeastVotes = 0.1f;
    private const int MostCompared = 300;

    private readonly List<LocalSegment> segments = [];
    private LocalSegment[] published = [];
    private bool isDeferred;

    /// <summary>A picture that shares features.</summary>
    /// <param name="Votes">Weight of the features that agree on where the picture lies.</param>
    public readonly record struct Candidate(int Row, bool IsMirrored, float Votes);

    /// <summary>Adds a picture; pictures come in the order of their rows.</summary>
    public void Add(LocalFeatures features, int row)
    {
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
    /// <param name="isLive">Whether the picture of a row is looked for; null: all are.</param>
    public List<Candidate> Search(LocalFeatures query, int rowsThen, int most, Func<int, bool>? isLive = null)
    {
        var votes = new Votes(new LocalQuery(query), isLive);
        foreach (var segment in Volatile.Read(ref published)) votes.Count(segment, rowsThen);
        return [.. votes.Best(MostCompared)
            .Select(group => group.Candidate with { Votes = votes.Consensus(group) })
            .Where(candidate => candidate.Votes >= LeastVotes)
            .OrderByDescending(candidate => candidate.Votes).ThenBy(candidate => candidate.Row).ThenBy(candidate => candidate.IsMirrored)
            .Take(most)];
    }

    // What a picture shares with the query as it is, or in the mirror.
    private readonly record struct Group(Candidate Candidate, LocalFeatures Picture, int Start, int Length);

    private sealed class Votes(LocalQuery query, Func<int, bool>? isLive)
    {
        private readonly List<SharedFeature> shared = [];
        private readonly List<Group> groups = [];

        public void Count(LocalSegment segment, int rowsThen)
        {
            using var buckets = new SharedBuckets();
            var pictures = segment.Collect(query, rowsThen, buckets);
            // The nearest feature of each picture for each of the query.
            var (nearest, ends, sharing) = (new List<(int Query, int Feature, int Distance)>(), new int[pictures], new int[query.Descriptors.Length]);
            for (var picture = 0; picture < pictures; picture++)
            {
                ends[picture] = nearest.Count;
                if (isLive?.Invoke(segment[picture].Row) == false) continue;
                var (start, descriptors) = (nearest.Count, segment[picture].Features.Descriptors);
                foreach (var bucket in buckets.Of(picture))
                {
                    var (number, feature) = SharedBuckets.Read(bucket);
                    var distance = query.Descriptors[number].DistanceTo(descriptors[feature]);
                    if (distance > MostBits) continue;
                    if (nearest.Count > start && nearest[^1] is var known && known.Query == number)
                    {
                        if ((distance, feature).CompareTo((known.Distance, known.Feature)) < 0) nearest[^1] = (number, feature, distance);
                        continue;
                    }
                    nearest.Add((number, feature, distance));
                    sharing[number]++;
                }
                ends[picture] = nearest.Count;
            }
            for (var picture = 0; picture < pictures; picture++)
            {
                var here = CollectionsMarshal.AsSpan(nearest)[(picture == 0 ? 0 : ends[picture - 1])..ends[picture]];
                if (here.Length == 0) continue;
                Vote(segment[picture], here, sharing, mirrored: false);
                Vote(segment[picture], here, sharing, mirrored: true);
            }
        }

        private void Vote((int Row, LocalFeatures Features) picture, ReadOnlySpan<(int Query, int Feature, int Distance)> nearest, int[] sharing, bool mirrored)
        {
            var (start, sum) = (shared.Count, 0f);
            foreach (var (number, feature, distance) in nearest)
            {
                if (LocalQuery.IsMirrored(number) != mirrored) continue;
                // A feature that many pictures have says little of any of them.
                var weight = 1 / MathF.Sqrt(sharing[number]) * (MostBits + 8 - distance) / MostBits;
                shared.Add(new SharedFeature(number, feature, weight));
                sum += weight;
            }
            // No bin holds more than all of them; the rest is for what rounding did to the sum.
            if (sum > LeastVotes * 0.99f
                && SharedFeatures.Peak(query.Picture, picture.Features, CollectionsMarshal.AsSpan(shared)[start..], mirrored) is var votes and >= LeastVotes)
                groups.Add(new Group(new Candidate(picture.Row, mirrored, votes), picture.Features, start, shared.Count - start));
            else CollectionsMarshal.SetCount(shared, start);
        }

        public IEnumerable<Group> Best(int most) => groups
            .OrderByDescending(group => group.Candidate.Votes).ThenBy(group => group.Candidate.Row).ThenBy(group => group.Candidate.IsMirrored).Take(most);

        public float Consensus(in Group group) =>
            SharedFeatures.Consensus(query.Picture, group.Picture, CollectionsMarshal.AsSpan(shared).Slice(group.Start, group.Length), group.Candidate.IsMirrored);
    }
}
