using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using ImageRights.EventStore;
using ImageRights.Matching.Index;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.UnitTests;

/// <summary>Builds facts, logs and indexes for tests; all hashes come from seeds.</summary>
internal static class Pictures
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly ConditionalWeakTable<PictureIndex, IMeterFactory> Meters = [];

    public static PdqHash RandomHash(Random random) => new(Word(random), Word(random), Word(random), Word(random));

    public static PdqHash Flip(PdqHash hash, params IEnumerable<int> bits)
    {
        Span<ulong> words = [hash.A, hash.B, hash.C, hash.D];
        foreach (var bit in bits) words[bit / 64] ^= 1UL << (bit % 64);
        return new PdqHash(words[0], words[1], words[2], words[3]);
    }

    /// <summary>The hash with the first <paramref name="count"/> bits inverted.</summary>
    public static PdqHash Off(PdqHash hash, int count) => Flip(hash, Enumerable.Range(0, count));

    public static FingerprintRecorded Upload(string id, string account, PdqHash hash, DateTimeOffset? at = null, int quality = 100, PdqHash[]? turned = null) =>
        new(PictureRole.Upload, id, account, Surface.Listing, $"listing of {id}", "5a", hash.ToString(), Dihedrals(hash, turned), quality, "pdq/1", at ?? Noon);

    public static FingerprintRecorded Work(string id, string account, PdqHash hash, DateTimeOffset? at = null, int quality = 100, PdqHash[]? turned = null) =>
        new(PictureRole.Work, id, account, null, null, "5a", hash.ToString(), Dihedrals(hash, turned), quality, "pdq/1", at ?? Noon);

    public static PdqHash[] Hashes(FingerprintRecorded picture) => [.. picture.PdqDihedrals.Select(PdqHash.Parse)];

    /// <summary>A committed fact at a place in the log.</summary>
    public static RecordedEvent At(long sequence, object fact, string tenant = "t", ulong transaction = 0) => new(
        Guid.CreateVersion7(), transaction == 0 ? (ulong)sequence : transaction, sequence, $"screening-{sequence}", 1, fact, fact.GetType().Name, Noon, tenant, null, null, null, null);

    /// <summary>A log of these facts, one transaction each.</summary>
    public static RecordedEvent[] Log(params IEnumerable<object> facts) => [.. facts.Select((fact, index) => At(index + 1, fact))];

    public static PictureIndex IndexOf(params IEnumerable<RecordedEvent> log)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var index = new PictureIndex(Options.Create(new MatchingOptions()), meters);
        Meters.Add(index, meters);
        index.Apply([.. log]);
        return index;
    }

    /// <summary>What an index measures with.</summary>
    public static IMeterFactory MetersOf(PictureIndex index) => Meters.TryGetValue(index, out var meters) ? meters : throw new ArgumentException("Not an index of IndexOf.");

    public static LicenceRecorded Licence(string id, string work, string licensee, DateTimeOffset from, DateTimeOffset? until = null) => new(id, work, licensee, from, until, from);

    // Orientations of a made-up picture: unrelated to each other, as those of a real one are.
    private static List<string> Dihedrals(PdqHash hash, PdqHash[]? turned)
    {
        if (turned is not null) return [.. turned.Select(dihedral => dihedral.ToString())];
        var random = new Random(hash.GetHashCode());
        return [hash.ToString(), .. Enumerable.Range(0, 7).Select(_ => RandomHash(random).ToString())];
    }

    private static ulong Word(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);
}
