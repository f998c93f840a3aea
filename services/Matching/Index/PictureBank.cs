using System.Collections.Concurrent;
using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>The pictures of one bank of one tenant: structure of arrays in the order of the log. One writer, many readers without locks.</summary>
/// <remarks>Nothing is removed: a withdrawn picture, and the earlier fingerprint of one that was renewed, keeps its row with the version at which it went, so that the past can be
/// searched as it was.</remarks>
/// <param name="minQuality">PDQ quality below which hashes say more of flat areas than of the picture: such a picture is found by its bytes, its exact pixels and its local features alone.</param>
/// <param name="removals">Pictures that are found although they are withdrawn; null: none.</param>
/// <param name="suspended">Pictures that are not found for now; null: none.</param>
/// <param name="recent">So many of the pictures that came last keep their local features, and so do those that were ever removed; others are found by hashes alone. Null: all keep them.</param>
/// <param name="store">Where tables of local features are kept; null: nowhere.</param>
internal sealed class PictureBank(int minQuality = 0, HeldPictures? removals = null, HeldPictures? suspended = null, int? recent = null, TableStore? store = null)
{
    private const long Never = long.MaxValue;

    // Up to here one false pair in a million comes as near (measured over 81 million pairs of photographs); features decide about these.
    private const int ReviewDistance = 56;
    private const int MostCandidates = 40;
    private const int MostSharing = 24;

    private readonly Column<ulong> front = new(perRow: 2);
    private readonly Column<ulong> back = new(perRow: 2);
    private readonly Column<string> ids = new();
    private readonly Column<string> accounts = new();
    private readonly Column<Surface?> surfaces = new();
    private readonly Column<string?> listings = new();
    private readonly Column<long> times = new();
    private readonly Column<long> addedAt = new();
    private readonly Column<long> withdrawnAt = new();
    private readonly Column<long> renewedAt = new();
    private readonly Column<int> origins = new();
    private readonly Column<string> contents = new();
    private readonly Column<int> sameContent = new();
    private readonly ConcurrentDictionary<string, int> lastOfContent = new();
    private readonly LumaLookup lumas = new();
    private readonly Column<bool> isFlat = new();
    private readonly Column<bool> isPortrait = new();
    private readonly Column<bool> wasSuspended = new();
    private readonly Column<bool> hasSign = new();
    private readonly Column<SignHash> wholes = new();
    private readonly SignBank signs = new();
    private readonly LocalIndex locals = new(recent, store);
    private readonly Dictionary<string, int> rows = [];
    private int unsigned;
    private int count;
    private int live;
    private int portraits;
    private int detailed;

    /// <summary>Pictures that can be found.</summary>
    public int Live => Volatile.Read(ref live);

    /// <summary>Portraits among them.</summary>
    public int Portraits => Volatile.Read(ref portraits);

    /// <summary>Pictures that can be found by their local features; the others can by hashes.</summary>
    public int Detailed => Volatile.Read(ref detailed);

    /// <summary>Adds a picture, unless it is there.</summary>
    /// <param name="version">Version of the index that it makes; above all before.</param>
    public void Add(
        PdqHash hash, FeatureSet? features, string sha256, string id, string accountId, Surface? surface, string? listingId, DateTimeOffset occurredAt, long version,
        int quality = 100, bool portrait = false, UInt128? luma = null)
    {
        if (rows.TryAdd(id, count)) Append(hash, features, sha256, id, accountId, surface, listingId, occurredAt, version, quality, portrait, luma, origin: count);
    }

    /// <summary>Puts a picture's later fingerprint in the place of the one it has, from <paramref name="version"/> on: at any version one of the two is found.</summary>
    /// <remarks>A withdrawn picture stays withdrawn, and features that cannot be read do not displace those that can. A fingerprint that says the same here takes no row.</remarks>
    public void Renew(
        PdqHash hash, FeatureSet? features, string sha256, string id, string accountId, Surface? surface, string? listingId, DateTimeOffset occurredAt, long version,
        int quality = 100, UInt128? luma = null)
    {
        if (!rows.TryGetValue(id, out var row) || withdrawnAt[row] != Never || features is null && hasSign[row]) return;
        if (SaysTheSame(row, hash, features, sha256, quality, version))
        {
            if (luma is { } added && !lumas.Find(added, version).Contains(row)) lumas.Add(added, row, version);
            return;
        }
        rows[id] = count;
        Append(hash, features, sha256, id, accountId, surface, listingId, occurredAt, version, quality, isPortrait[row], luma, origins[row], locals.IsDemoted(row));
        Leave(row, renewedAt, version);
    }

    private void Append(
        PdqHash hash, FeatureSet? features, string sha256, string id, string accountId, Surface? surface, string? listingId, DateTimeOffset occurredAt, long version,
        int quality, bool portrait, UInt128? luma, int origin, bool isDemoted = false)
    {
        var row = count;
        front.Extend(row);
        back.Extend(row);
        var (block, lane) = (row % Column<ulong>.ChunkRows / HammingScan.Lanes * HammingScan.Stride, row % HammingScan.Lanes);
        var (ab, cd) = (front.Chunk(row / Column<ulong>.ChunkRows), back.Chunk(row / Column<ulong>.ChunkRows));
        (ab[block + lane], ab[block + HammingScan.Lanes + lane]) = (hash.A, hash.B);
        (cd[block + lane], cd[block + HammingScan.Lanes + lane]) = (hash.C, hash.D);
        var flat = quality < minQuality;
        Set(contents, row, sha256);
        Set(isFlat, row, flat);
        Set(isPortrait, row, portrait);
        Set(wasSuspended, row, suspended?.WasHeld(id, version) == true);
        Set(hasSign, row, features is not null);
        Set(wholes, row, features?.Sign ?? default);
        if (features is null) unsigned++;
        else AddFeatures(features, row, version, flat, isDemoted);
        Set(ids, row, id);
        Set(accounts, row, accountId);
        Set(surfaces, row, surface);
        Set(listings, row, listingId);
        Set(times, row, occurredAt.UtcTicks);
        Set(addedAt, row, version);
        Set(withdrawnAt, row, Never);
        Set(renewedAt, row, Never);
        Set(origins, row, origin);
        Set(sameContent, row, lastOfContent.GetValueOrDefault(sha256, -1));
        lastOfContent[sha256] = row;
        if (luma is { } key) lumas.Add(key, row, version);
        live++;
        if (portrait) portraits++;
        if (locals.Of(row, version) is not null) detailed++;
        Volatile.Write(ref count, row + 1);
        locals.Advance(row + 1, rows.Count, version, older => renewedAt[older] == Never && removals?.WasHeld(ids[older], version) == true, given =>
        {
            if (IsLive(given)) detailed--;
        });
    }

    // The picture of a row goes, or another comes in its place.
    private void Leave(int row, Column<long> leftAt, long version)
    {
        if (locals.Of(row, version) is not null) detailed--;
        Volatile.Write(ref leftAt[row], version);
        live--;
        if (isPortrait[row]) portraits--;
    }

    private bool IsLive(int row) => withdrawnAt[row] == Never && renewedAt[row] == Never;

    /// <summary>Notes that a picture is suspended: a search asks it of those only that ever were.</summary>
    public void NoteSuspended(string id)
    {
        if (rows.TryGetValue(id, out var row)) wasSuspended[row] = true;
    }

    /// <summary>Whether a picture has given its local features up and has not got them back.</summary>
    public bool IsDemoted(string id) => rows.TryGetValue(id, out var row) && locals.IsDemoted(row);

    /// <summary>Gives a picture its local features back.</summary>
    public void Recall(string id, LocalFeatures features, long version)
    {
        if (!rows.TryGetValue(id, out var row) || !locals.IsDemoted(row)) return;
        locals.Recall(features, row, version);
        if (IsLive(row)) detailed++;
    }

    /// <summary>Gives back the memory of what no search asks for: none is as of a version before <paramref name="reached"/>.</summary>
    public void Release(long reached) => locals.Release(reached);

    /// <summary>Features of pictures that come from here on are found only after <see cref="Settle"/>.</summary>
    public void Defer() => locals.Defer();

    /// <summary>Makes all features findable.</summary>
    public void Settle() => locals.Settle();

    /// <summary>Takes a picture out from <paramref name="version"/> on; false when it is not in the bank.</summary>
    public bool Withdraw(string id, long version)
    {
        if (!rows.TryGetValue(id, out var row)) return false;
        if (withdrawnAt[row] == Never) Leave(row, withdrawnAt, version);
        return true;
    }

    /// <summary>Pictures that were in the bank at <paramref name="asOf"/>, from a row on, in log order.</summary>
    public IEnumerable<(int Row, string Id)> Pictures(int fromRow, long asOf)
    {
        var rowsThen = RowsAt(asOf);
        for (var row = fromRow; row < rowsThen; row++)
        {
            if (IsFindable(row, asOf)) yield return (row, ids[row]);
        }
    }

    /// <summary>Adds every picture that was in the bank at <paramref name="asOf"/> and lies within the distance of one of the query's orientations, in log order.</summary>
    /// <param name="query">The hash as it is, or the hashes of all eight orientations.</param>
    public void Search(ReadOnlySpan<PdqHash> query, int maxDistance, long asOf, ScanKernel kernel, List<Neighbour> neighbours)
    {
        var hits = new List<(int Row, int Distance, Orientation Turn)>();
        Scan(query, maxDistance, asOf, kernel, hits);
        foreach (var (row, distance, turn) in hits.OrderBy(hit => origins[hit.Row])) neighbours.Add(AsOf(asOf, row, ToNeighbour(row, distance, turn)));
    }

    private void Scan(ReadOnlySpan<PdqHash> query, int maxDistance, long asOf, ScanKernel kernel, List<(int Row, int Distance, Orientation Turn)> hits)
    {
        var rowsThen = RowsAt(asOf);
        var blocks = new List<int>();
        for (var first = 0; first < rowsThen; first += Column<ulong>.ChunkRows)
        {
            var rowsHere = Math.Min(Column<ulong>.ChunkRows, rowsThen - first);
            var numbers = (rowsHere + HammingScan.Lanes - 1) / HammingScan.Lanes * HammingScan.Stride;
            var (ab, cd) = (front.Chunk(first / Column<ulong>.ChunkRows), back.Chunk(first / Column<ulong>.ChunkRows));
            blocks.Clear();
            HammingScan.FindBlocks(kernel, ab.AsSpan(0, numbers), cd.AsSpan(0, numbers), query, maxDistance, blocks);
            foreach (var block in blocks)
            {
                for (var lane = 0; lane < HammingScan.Lanes; lane++)
                {
                    var row = first + block * HammingScan.Lanes + lane;
                    if (row >= rowsThen || isFlat[row] || !IsFindable(row, asOf)) continue;
                    var at = block * HammingScan.Stride + lane;
                    var code = new PdqHash(ab[at], ab[at + HammingScan.Lanes], cd[at], cd[at + HammingScan.Lanes]);
                    var (distance, turn) = Nearest(code, query);
                    if (distance <= maxDistance) hits.Add((row, distance, turn));
                }
            }
        }
    }

    /// <summary>Every picture that was in the bank at <paramref name="asOf"/> and is found in the query, or the query in it, or that shows the same scene, in log order.</summary>
    /// <remarks>What recurs in an account's pictures is seen in those of this bank alone.</remarks>
    public IReadOnlyList<Neighbour> Find(PictureQuery query, int maxDistance, long asOf, ScanKernel kernel, double review = CopyModel.DefaultReview)
    {
        var findings = Compare(query, LocalComparisons.Of(query), maxDistance, asOf, kernel, review);
        return Conclude(findings, Backdrop.Of(query, findings.Aligned));
    }

    /// <summary>Compares the query with every picture that was in the bank at <paramref name="asOf"/>.</summary>
    /// <param name="comparisons">Of the query's local features; null when it has none.</param>
    /// <param name="review">Score from which on a picture is taken for a copy.</param>
    /// <param name="reviewApart">The same of removed pictures and portraits, which are banks apart; null: as of others.</param>
    /// <remarks>Two pictures that both have a sign hash are compared by it, others by PDQ: the method depends on the pair alone, so that a finding can be reproduced.</remarks>
    public Findings Compare(
        PictureQuery query, LocalComparisons? comparisons, int maxDistance, long asOf, ScanKernel kernel, double review = CopyModel.DefaultReview, double? reviewApart = null)
    {
        var findings = new Findings(query, asOf, row => reviewApart is { } ofThose && (isPortrait[row] || removals?.HeldBy(ids[row], asOf) is not null) ? ofThose : review);
        var found = findings.Found;
        var rowsThen = RowsAt(asOf);
        FindSameBytes(query, rowsThen, asOf, found);
        FindSamePixels(query, asOf, found);
        var isHashed = query.Quality >= minQuality;
        if (isHashed && (query.Features is null || Volatile.Read(ref unsigned) > 0))
        {
            var neighbours = new List<(int Row, int Distance, Orientation Turn)>();
            Scan(query.Pdq, maxDistance, asOf, kernel, neighbours);
            foreach (var (row, distance, turn) in neighbours)
            {
                if (query.Features is null || !hasSign[row]) found.TryAdd(row, ToNeighbour(row, distance, turn));
            }
        }
        if (query.Features is { } features)
        {
            // One scan serves both what the hashes decide and what features decide about.
            var radius = features.Local is null ? maxDistance : Math.Max(maxDistance, ReviewDistance);
            var nearby = isHashed ? NearbyHashes(features, radius, rowsThen, kernel) : [];
            nearby.RemoveAll(near => !IsFindable(near.Hit.Row, asOf));
            FindByHash(features, comparisons, nearby, maxDistance, asOf, findings.Review, found);
            if (features.Local is { } local) findings.Aligned.AddRange(Align(features, local, comparisons!, nearby, rowsThen, asOf, found));
        }
        return findings;
    }

    /// <summary>Every picture that is found in the query, or the query in it, or that shows the same scene, in log order.</summary>
    /// <param name="backdrop">What counts little; null when nothing was laid on each other.</param>
    public IReadOnlyList<Neighbour> Conclude(Findings findings, Backdrop? backdrop)
    {
        var found = findings.Found;
        foreach (var picture in findings.Aligned)
        {
            var (row, features) = (picture.Row, findings.Query.Features!);
            var alignment = backdrop?.WithoutIt(picture) ?? picture.Alignment;
            var isCopy = alignment.Score >= findings.Review(row);
            if (!isCopy && !alignment.IsRelated) continue;
            found.Add(row, ToNeighbour(row, features.Sign.NearestTo(wholes[row]).Distance, LocalVerifier.TurnOf(alignment)) with
            {
                Evidence = Explanation.OfAlignment(alignment, features.Local!, picture.Features, isCopy),
            });
        }
        return [.. found.OrderBy(pair => origins[pair.Key]).Select(pair => AsOf(findings.AsOf, pair.Key, pair.Value))];
    }

    /// <summary>What a comparison with a bank came to, before it is known what is somebody's backdrop.</summary>
    /// <param name="Review">Score from which on the picture of a row is taken for a copy.</param>
    public sealed record Findings(PictureQuery Query, long AsOf, Func<int, double> Review)
    {
        /// <summary>What bytes, pixels and hashes decided, by row.</summary>
        public SortedDictionary<int, Neighbour> Found { get; } = [];

        /// <summary>What was laid on each other, by row.</summary>
        public List<AlignedPicture> Aligned { get; } = [];
    }

    private void FindSameBytes(PictureQuery query, int rowsThen, long asOf, SortedDictionary<int, Neighbour> found)
    {
        if (query.Sha256 is not { Length: > 0 } sha256) return;
        for (var row = lastOfContent.GetValueOrDefault(sha256, -1); row >= 0; row = sameContent[row])
        {
            if (row < rowsThen && IsFindable(row, asOf)) found.Add(row, ToNeighbour(row, 0, Orientation.Original) with { Evidence = Explanation.OfSameBytes() });
        }
    }

    private void FindSamePixels(PictureQuery query, long asOf, SortedDictionary<int, Neighbour> found)
    {
        if (query.Luma is not { } luma) return;
        foreach (var row in lumas.Find(luma, asOf))
        {
            if (IsFindable(row, asOf)) found.TryAdd(row, ToNeighbour(row, 0, Orientation.Original) with { Evidence = Explanation.OfSamePixels() });
        }
    }

    private List<(SignHit Hit, Area? Part)> NearbyHashes(FeatureSet features, int radius, int rowsThen, ScanKernel kernel)
    {
        var hits = new List<SignHit>();
        signs.Search(features.Sign, radius, radius, rowsThen, kernel, hits);
        var nearby = hits.ConvertAll(hit => (hit, (Area?)null));
        foreach (var region in features.Regions)
        {
            hits.Clear();
            signs.Search(region.Hash, radius, -1, rowsThen, kernel, hits);
            nearby.AddRange(hits.Select(hit => (hit, (Area?)region.Area)));
        }
        return nearby;
    }

    // What the hashes decide. The pixels of the closest are compared too: they show what was added, and may be surer than the hash.
    private void FindByHash(
        FeatureSet features, LocalComparisons? comparisons, List<(SignHit Hit, Area? Part)> nearby, int maxDistance, long asOf, Func<int, double> review, SortedDictionary<int, Neighbour> found)
    {
        var compared = 0;
        foreach (var (hit, part) in nearby.Where(near => near.Hit.Distance <= maxDistance).OrderBy(near => near.Hit.Distance))
        {
            if (found.ContainsKey(hit.Row)) continue;
            var evidence = Explanation.OfHash(hit, part);
            if (features.Local is { } local && compared++ < MostCandidates && locals.Of(hit.Row, asOf) is { } reference)
            {
                var alignment = comparisons!.Compare(reference, Explanation.TransformOf(hit, part, local, reference), IsMirroring(hit.Turn), hit.IsInverted) with { Distance = hit.Distance };
                if (alignment.Score >= review(hit.Row)) evidence = Explanation.WithPixels(evidence, alignment, local, reference);
            }
            found.Add(hit.Row, ToNeighbour(hit.Row, hit.Distance, hit.Turn) with { Evidence = evidence });
        }
    }

    // What the hashes leave open: pictures whose hash is near but not near enough, and those that share local features.
    private IEnumerable<AlignedPicture> Align(
        FeatureSet features, LocalFeatures local, LocalComparisons comparisons, List<(SignHit Hit, Area? Part)> hits, int rowsThen, long asOf, SortedDictionary<int, Neighbour> known)
    {
        var best = new SortedDictionary<int, (LocalFeatures Reference, Alignment Alignment, double Score)>();
        var nearby = hits.OrderBy(near => near.Hit.Distance).ThenBy(near => near.Hit.Row).Take(MostCandidates).ToList();
        foreach (var (hit, part) in nearby)
        {
            if (known.ContainsKey(hit.Row) || locals.Of(hit.Row, asOf) is not { } reference) continue;
            var transform = Explanation.TransformOf(hit, part, local, reference);
            Consider(hit.Row, reference, comparisons.Compare(reference, transform, IsMirroring(hit.Turn), hit.IsInverted), hit.Distance);
        }
        var sharing = locals.Search(local, rowsThen, asOf, MostSharing, row => IsFindable(row, asOf))
            .SelectMany(candidate => locals.SameAs(candidate.Row, rowsThen, asOf).Select(row => (row, candidate.IsMirrored)));
        foreach (var (row, mirrored) in nearby.Select(near => (near.Hit.Row, IsMirrored: IsMirroring(near.Hit.Turn))).Concat(sharing).Distinct())
        {
            if (known.ContainsKey(row) || !IsFindable(row, asOf) || locals.Of(row, asOf) is not { } reference) continue;
            if (comparisons.Align(reference, mirrored) is { } alignment) Consider(row, reference, alignment, features.Sign.NearestTo(wholes[row]).Distance);
        }
        return best.Select(pair => new AlignedPicture(pair.Key, accounts[pair.Key], addedAt[pair.Key], pair.Value.Reference, pair.Value.Alignment));

        void Consider(int row, LocalFeatures reference, Alignment alignment, int distance)
        {
            alignment = alignment with { Distance = distance };
            var score = alignment.Score;
            if (!best.TryGetValue(row, out var other) || score > other.Score) best[row] = (reference, alignment, score);
        }
    }

    private static bool IsMirroring(Orientation turn) => turn is Orientation.FlipX or Orientation.FlipY or Orientation.FlipPlus1 or Orientation.FlipMinus1;

    private void AddFeatures(FeatureSet features, int row, long version, bool flat, bool isDemoted)
    {
        if (features.Local is { ReferenceCount: > 0 } local)
        {
            if (isDemoted) locals.AddDemoted(row, version);
            else locals.Add(local.AsReference(), row, version);
        }
        if (flat) return;
        foreach (var (hash, area) in SignsOf(features)) signs.Add(hash, row, area);
    }

    private static IEnumerable<(SignHash Hash, Area? Area)> SignsOf(FeatureSet features) =>
        features.Regions.Where(region => region.IsTrimmed).Select(region => (region.Hash, (Area?)region.Area)).Prepend((features.Sign, null));

    private static bool HasTheSame(LocalFeatures? known, LocalFeatures? given) =>
        given is { ReferenceCount: > 0 } ? known is not null && known.Bytes.SequenceEqual(given.AsReference().Bytes) : known is null;

    private bool SaysTheSame(int row, PdqHash hash, FeatureSet? features, string sha256, int quality, long version)
    {
        var flat = quality < minQuality;
        if (contents[row] != sha256 || HashOf(row) != hash || isFlat[row] != flat || hasSign[row] != (features is not null)) return false;
        if (features is null) return true;
        return wholes[row] == features.Sign && (locals.IsDemoted(row) || HasTheSame(locals.Of(row, version), features.Local))
            && (flat || signs.Of(row).SequenceEqual(SignsOf(features)));
    }

    private PdqHash HashOf(int row)
    {
        var at = row % Column<ulong>.ChunkRows / HammingScan.Lanes * HammingScan.Stride + row % HammingScan.Lanes;
        var (ab, cd) = (front.Chunk(row / Column<ulong>.ChunkRows), back.Chunk(row / Column<ulong>.ChunkRows));
        return new PdqHash(ab[at], ab[at + HammingScan.Lanes], cd[at], cd[at + HammingScan.Lanes]);
    }

    // Of equally close orientations the first counts, so that the answer does not depend on the kernel.
    private static (int Distance, Orientation Turn) Nearest(PdqHash code, ReadOnlySpan<PdqHash> query)
    {
        var (distance, turn) = (int.MaxValue, 0);
        for (var orientation = 0; orientation < query.Length; orientation++)
        {
            if (query[orientation].DistanceTo(code) is var found && found < distance) (distance, turn) = (found, orientation);
        }
        return (distance, (Orientation)turn);
    }

    private Neighbour ToNeighbour(int row, int distance, Orientation turn) =>
        new(ids[row], accounts[row], surfaces[row], listings[row], new DateTimeOffset(times[row], TimeSpan.Zero), distance, turn, IsPortrait: isPortrait[row]);

    private bool IsFindable(int row, long asOf) =>
        Volatile.Read(ref renewedAt[row]) > asOf && (Volatile.Read(ref withdrawnAt[row]) > asOf || removals?.HeldBy(ids[row], asOf) is not null) && !(wasSuspended[row] && suspended!.HeldBy(ids[row], asOf) is not null);

    private Neighbour AsOf(long asOf, int row, Neighbour neighbour) =>
        removals is null ? neighbour : neighbour with { RemovedIn = removals.HeldBy(ids[row], asOf), IsWithdrawn = Volatile.Read(ref withdrawnAt[row]) <= asOf };

    private int RowsAt(long asOf)
    {
        var (low, high) = (0, Volatile.Read(ref count));
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (addedAt[middle] <= asOf) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static void Set<T>(Column<T> column, int row, T value)
    {
        column.Extend(row);
        column[row] = value;
    }
}
