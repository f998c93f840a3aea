using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>What <see cref="LocalIndex"/> is to answer, worked out the plain way.</summary>
/// <param name="segment">Pictures of a segment.</param>
internal sealed class PlainLocalIndex(int segment = LocalSegment.MostPictures)
{
    private const int MostBits = 40;
    private const float LeastVotes = 0.1f;
    private const int MostCompared = 300;
    private const int MostProposals = 40;
    private const float Tolerance = 30;
    // Directions are written in parts of a circle, and their differences are exact.
    private const int Angles = 256;
    private const int AngleBins = 12;
    private const int ScaleBins = 9;

    private readonly List<(int Row, LocalFeatures Features)> pictures = [];

    public void Add(LocalFeatures features, int row) => pictures.Add((row, features));

    public List<LocalIndex.Candidate> Search(LocalFeatures query, int rowsThen, int most)
    {
        var shared = new Dictionary<(int Picture, bool IsMirrored), List<Shared>>();
        for (var first = 0; first < pictures.Count; first += segment)
        {
            var buckets = BucketsOf(first, Enumerable.Range(first, Math.Min(segment, pictures.Count - first)).Count(picture => pictures[picture].Row < rowsThen));
            for (var number = 0; number < query.Descriptors.Length; number++)
            {
                foreach (var mirrored in (bool[])[false, true])
                {
                    var (descriptor, uncertain) = (query.Descriptors[number], query.UncertainTestsOf(number));
                    if (mirrored) (descriptor, uncertain) = (descriptor.Mirrored, uncertain.Mirrored);
                    var nearest = Enumerable.Range(0, FeatureTables.Count)
                        .SelectMany(table => buckets(descriptor, table) is { } own ? own.Concat(Near(descriptor, uncertain).SelectMany(near => buckets(near, table) ?? [])) : []).Distinct()
                        .Select(other => (other.Picture, other.Feature, Distance: descriptor.DistanceTo(pictures[other.Picture].Features.Descriptors[other.Feature])))
                        .Where(other => other.Distance <= MostBits)
                        .GroupBy(other => other.Picture).Select(group => group.MinBy(other => (other.Distance, other.Feature))).ToList();
                    foreach (var (picture, feature, distance) in nearest)
                    {
                        if (!shared.TryGetValue((picture, mirrored), out var pairs)) shared.Add((picture, mirrored), pairs = []);
                        pairs.Add(Between(query.Keypoints[number], pictures[picture].Features.Keypoints[feature], mirrored, 1 / MathF.Sqrt(nearest.Count) * (MostBits + 8 - distance) / MostBits));
                    }
                }
            }
        }
        return [.. Ranked(Ranked(shared.Select(group => (new LocalIndex.Candidate(pictures[group.Key.Picture].Row, group.Key.IsMirrored, Peak(group.Value)), group.Value)))
            .Take(MostCompared).Select(group => (group.Candidate with { Votes = Consensus(group.Pairs) }, group.Pairs))).Select(group => group.Candidate).Take(most)];
    }

    private static IEnumerable<(LocalIndex.Candidate Candidate, List<Shared> Pairs)> Ranked(IEnumerable<(LocalIndex.Candidate Candidate, List<Shared> Pairs)> groups) => groups
        .Where(group => group.Candidate.Votes >= LeastVotes)
        .OrderByDescending(group => group.Candidate.Votes).ThenBy(group => group.Candidate.Row).ThenBy(group => group.Candidate.IsMirrored);

    // What the descriptor would be had an uncertain test come out otherwise.
    private static IEnumerable<Descriptor> Near(Descriptor descriptor, Descriptor uncertain)
    {
        for (var test = 0; test < 64; test++)
        {
            var bit = 1UL << test;
            if ((uncertain.A & bit) != 0) yield return descriptor with { A = descriptor.A ^ bit };
            if ((uncertain.B & bit) != 0) yield return descriptor with { B = descriptor.B ^ bit };
            if ((uncertain.C & bit) != 0) yield return descriptor with { C = descriptor.C ^ bit };
            if ((uncertain.D & bit) != 0) yield return descriptor with { D = descriptor.D ^ bit };
        }
    }

    // What lies in which bucket when a segment has so many pictures; null where that is too much.
    private Func<Descriptor, int, List<(int Picture, int Feature)>?> BucketsOf(int first, int count)
    {
        var tables = FeatureTables.LookingAt(FeatureTables.BitsAmong(count));
        var buckets = (from picture in Enumerable.Range(first, count)
                       from feature in Enumerable.Range(0, pictures[picture].Features.ReferenceCount)
                       from table in Enumerable.Range(0, FeatureTables.Count)
                       select (Key: (table, tables[table].BucketOf(pictures[picture].Features.Descriptors[feature])), Feature: (picture, feature)))
            .GroupBy(entry => entry.Key, entry => entry.Feature).ToDictionary(bucket => bucket.Key, bucket => bucket.ToList());
        return (descriptor, table) => buckets.GetValueOrDefault((table, tables[table].BucketOf(descriptor)), []) is { Count: <= FeatureTables.LongestBucket } bucket ? bucket : null;
    }

    private static float Peak(List<Shared> pairs)
    {
        var bins = new float[AngleBins, ScaleBins];
        foreach (var pair in pairs)
        {
            bins[
                (int)Math.Round((pair.Angle / (2 * Math.PI) + 2) * Angles) % Angles * AngleBins / Angles,
                Math.Clamp((int)Math.Floor(Math.Log2(pair.Scale) * 1.5 + ScaleBins / 2.0), 0, ScaleBins - 1)] += pair.Weight;
        }
        var best = 0f;
        for (var angle = 0; angle < AngleBins; angle++)
        {
            for (var scale = 0; scale < ScaleBins; scale++)
            {
                var sum = 0f;
                foreach (var a in (int[])[angle, (angle + 1) % AngleBins])
                {
                    for (var s = scale; s <= Math.Min(scale + 1, ScaleBins - 1); s++) sum += bins[a, s];
                }
                best = Math.Max(best, sum);
            }
        }
        return best;
    }

    private static float Consensus(List<Shared> pairs)
    {
        var best = 0f;
        foreach (var by in pairs.OrderByDescending(pair => pair.Weight).Take(MostProposals))
        {
            var sum = 0f;
            foreach (var pair in pairs)
            {
                var (x, y) = (by.A * pair.X + by.B * pair.Y + by.C - pair.U, by.D * pair.X + by.E * pair.Y + by.F - pair.V);
                if (x * x + y * y <= Tolerance * Tolerance) sum += pair.Weight;
            }
            best = Math.Max(best, sum);
        }
        return best;
    }

    private static Shared Between(Keypoint from, Keypoint to, bool mirrored, float weight)
    {
        var (scale, angle) = (to.Scale / from.Scale, to.Angle - (mirrored ? MathF.PI - from.Angle : from.Angle));
        var (sin, cos) = MathF.SinCos(angle);
        var side = mirrored ? -1 : 1;
        var (a, b, d, e) = (scale * cos * side, -scale * sin, scale * sin * side, scale * cos);
        return new Shared(from.X, from.Y, to.X, to.Y, weight, scale, angle, a, b, to.X - a * from.X - b * from.Y, d, e, to.Y - d * from.X - e * from.Y);
    }

    private sealed record Shared(float X, float Y, float U, float V, float Weight, float Scale, float Angle, float A, float B, float C, float D, float E, float F);
}
