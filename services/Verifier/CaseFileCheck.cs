using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ImageRights.EventStore.Transparency;

namespace ImageRights.Verifier;

/// <summary>What a check of a case file found.</summary>
/// <param name="Events">Events, each proved to be in its log.</param>
/// <param name="Pictures">Pictures whose bytes are those that a sealed event names.</param>
/// <param name="Unbound">Pictures that are as the service gave them out, but whose upload or registration is not in the file.</param>
/// <param name="TimeStamps">What authorities say of when the logs were as they are, by log.</param>
/// <param name="Missing">What the service says that it could not add.</param>
/// <param name="Wrong">The first thing that is wrong.</param>
/// <param name="Withheld">Events that are not in the file, each proved to be in its log.</param>
public sealed record CaseFileReport(
    string? CaseId, int Events, int Pictures, int Unbound, IReadOnlyList<(string Log, StampedTime Time)> TimeStamps, IReadOnlyList<string> Missing, string? Wrong, int Withheld);

/// <summary>Checks a case file with nothing but itself and keys: that it is what the service gave out, to the last byte, and that its events are in the signed log.</summary>
public sealed class CaseFileCheck(ReadOnlyMemory<byte> archive, IReadOnlyCollection<LogVerifier> trustedKeys, X509Certificate2Collection? authorities = null)
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> files = new(StringComparer.Ordinal);
    private CaseFileManifest? manifest;
    private readonly List<(string, StampedTime)> stamped = [];
    private int bound, unbound;

    /// <summary>Runs the check.</summary>
    public CaseFileReport Run()
    {
        string? wrong = null;
        try
        {
            Check();
        }
        catch (FormatException failure)
        {
            wrong = failure.Message;
        }
        return new CaseFileReport(
            manifest?.CaseId, manifest?.Records.Sum(record => record.Events?.Count ?? 0) ?? 0, bound, unbound, stamped, [.. manifest?.Missing.Select(gap => $"{gap.What}: {gap.Why}") ?? []], wrong,
            manifest?.Records.Sum(record => record.Withheld?.Count ?? 0) ?? 0);
    }

    private void Check()
    {
        var entries = StoredZip.Read(archive);
        foreach (var (name, content) in entries)
            if (!files.TryAdd(name, content)) throw new FormatException($"the file {name} is in the archive twice");
        var bytes = File(CaseFileManifest.Path);
        // Whose keys are trusted is the reader's matter; the file's own are enough to show that it is whole.
        CaseFileManifest claimed;
        try
        {
            claimed = CaseFileManifest.Parse(bytes.Span);
        }
        catch (FormatException failure)
        {
            throw new FormatException($"{CaseFileManifest.Path} was changed: {failure.Message}");
        }
        var keys = trustedKeys.Count > 0 ? trustedKeys : [.. claimed.Records.SelectMany(record => KeysIn(record.Keys))];
        CheckSignature(bytes, claimed, keys);
        manifest = claimed;
        CheckFiles([.. entries.Select(entry => entry.Name)]);
        foreach (var record in manifest.Records) CheckRecord(record, keys);
        foreach (var picture in manifest.Pictures) CheckPicture(picture);
        if (StoredZip.FirstDifference(archive, entries) is { } place) throw new FormatException($"the archive was changed at byte {place}, beside its files: its contents make another archive");
    }

    private void CheckSignature(ReadOnlyMemory<byte> bytes, CaseFileManifest claimed, IReadOnlyCollection<LogVerifier> keys)
    {
        var note = Encoding.UTF8.GetString(File(CaseFileManifest.NotePath).Span);
        string text;
        IReadOnlyList<string> signers;
        try
        {
            text = SignedNote.Open(note, keys, out signers);
        }
        catch (FormatException failure)
        {
            throw new FormatException($"{CaseFileManifest.NotePath} cannot be trusted: {failure.Message}");
        }
        if (!signers.Contains(claimed.Records[0].Log)) throw new FormatException($"{CaseFileManifest.NotePath} is not signed by a known key of {claimed.Records[0].Log}");
        if (text != CaseFileManifest.Statement(claimed.CaseId, bytes.Span)) throw new FormatException($"{CaseFileManifest.Path} is not the one that was signed");
        // The one form of a note with one signature, so that none of its bytes could be another.
        if (note.Count(letter => letter == '\n') != text.Count(letter => letter == '\n') + 2 || !note.EndsWith('\n')) throw new FormatException($"{CaseFileManifest.NotePath} was changed");
    }

    private void CheckFiles(IReadOnlyList<string> present)
    {
        var known = new HashSet<string>([CaseFileManifest.Path, CaseFileManifest.NotePath], StringComparer.Ordinal);
        foreach (var listed in manifest!.Files)
        {
            known.Add(listed.Path);
            if (!files.TryGetValue(listed.Path, out var content)) throw new FormatException($"{What(listed.Path)} is missing");
            if (content.Length != listed.Bytes || CaseFileManifest.HashOf(content.Span) != listed.Sha256) throw new FormatException($"{What(listed.Path)} was changed: it has not the hash that the signed manifest has for it");
        }
        if (present.FirstOrDefault(name => !known.Contains(name)) is { } stranger) throw new FormatException($"the file {stranger} was added: the signed manifest does not know it");
        if (!present.Skip(2).SequenceEqual(manifest.Files.Select(listed => listed.Path))) throw new FormatException("the archive was changed: its files have another order than in the signed manifest");
    }

    private void CheckRecord(CaseFileRecord record, IReadOnlyCollection<LogVerifier> keys)
    {
        Checkpoint checkpoint;
        var note = Encoding.UTF8.GetString(File(record.Checkpoint).Span);
        try
        {
            checkpoint = Checkpoint.Open(note, keys);
        }
        catch (FormatException failure)
        {
            throw new FormatException($"{record.Checkpoint} cannot be trusted: {failure.Message}");
        }
        if (checkpoint.Origin != record.Log) throw new FormatException($"{record.Checkpoint} is of {checkpoint.Origin}, not of {record.Log}");
        if (record.TimeStamp is { } stamp)
        {
            try
            {
                stamped.Add((record.Log, TimeStampToken.Verify(File(stamp), note, authorities ?? [])));
            }
            catch (FormatException failure)
            {
                throw new FormatException($"{stamp} cannot be trusted: {failure.Message}");
            }
        }
        var (versions, indexes) = (new Dictionary<string, long>(), new HashSet<long>());
        var withheld = CheckWithheld(record, checkpoint, indexes);
        // What names other pictures is left out of these, and the file says so.
        var excerpts = record.Excerpts ?? [];
        foreach (var @event in record.Events)
        {
            PassWithheld(@event.Stream);
            var (entry, proof) = (File(@event.Path), Read(@event));
            if (!entry.Span.SequenceEqual(proof.Entry)) throw new FormatException($"{@event.Path} ({@event.Name}) is not the event that {@event.Proof} proves");
            if (proof.Note != note || proof.Index != @event.Index || Merkle.RootOf(Merkle.LeafHash(entry.Span), proof.Index, checkpoint.Size, proof.Path) is not { } root || !root.AsSpan().SequenceEqual(checkpoint.Root))
                throw new FormatException($"{@event.Path} ({@event.Name}) does not lead to the root of {record.Checkpoint}: it, its index {@event.Index} or its path was changed");
            CheckIdentity(@event, entry);
            if (excerpts.Contains(@event.Stream) && @event.Version > versions.GetValueOrDefault(@event.Stream)) versions[@event.Stream] = @event.Version - 1;
            if (@event.Version != versions.GetValueOrDefault(@event.Stream) + 1) throw new FormatException($"version {versions.GetValueOrDefault(@event.Stream) + 1} of stream {@event.Stream} is missing: the next is {@event.Name}");
            versions[@event.Stream] = @event.Version;
            if (!indexes.Add(@event.Index)) throw new FormatException($"{@event.Path} ({@event.Name}) stands at a place of the log that another event has");
        }
        foreach (var stream in withheld.Select(gap => gap.Stream).Distinct().ToList()) PassWithheld(stream);
        withheld.RemoveWhere(gap => excerpts.Contains(gap.Stream));
        if (withheld.Count > 0) throw new FormatException($"version {withheld.First().Version} of stream {withheld.First().Stream} is said to be withheld, and does not follow on the others");

        void PassWithheld(string stream)
        {
            for (var next = versions.GetValueOrDefault(stream) + 1; withheld.Remove((stream, next)); next++) versions[stream] = next;
        }
    }

    /// <summary>What is withheld has its place in the log too, so that nothing can be left out unsaid and nothing else be shown later.</summary>
    private static HashSet<(string Stream, long Version)> CheckWithheld(CaseFileRecord record, Checkpoint checkpoint, HashSet<long> indexes)
    {
        var withheld = new HashSet<(string, long)>();
        foreach (var gap in record.Withheld ?? [])
        {
            var name = $"version {gap.Version} of stream {gap.Stream}";
            if (Merkle.RootOf(gap.LeafHash, gap.Index, checkpoint.Size, gap.Path) is not { } root || !root.AsSpan().SequenceEqual(checkpoint.Root))
                throw new FormatException($"{name}, which is withheld, does not lead to the root of {record.Checkpoint}: its hash, its index {gap.Index} or its path was changed");
            if (!withheld.Add((gap.Stream, gap.Version)) || !indexes.Add(gap.Index)) throw new FormatException($"{name}, which is withheld, is there twice");
        }
        return withheld;
    }

    private LogProof Read(CaseFileEvent @event)
    {
        try
        {
            return LogProof.Parse(Encoding.UTF8.GetString(File(@event.Proof).Span));
        }
        catch (FormatException failure)
        {
            throw new FormatException($"{@event.Proof} ({@event.Name}) was changed: {failure.Message}");
        }
    }

    private static void CheckIdentity(CaseFileEvent @event, ReadOnlyMemory<byte> entry)
    {
        try
        {
            using var json = JsonDocument.Parse(entry);
            var leaf = json.RootElement;
            if (leaf.GetProperty("id").GetGuid() == @event.EventId && leaf.GetProperty("stream_id").GetString() == @event.Stream && leaf.GetProperty("version").GetInt64() == @event.Version && leaf.GetProperty("type").GetString() == @event.Type) return;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"{@event.Path} ({@event.Name}) cannot be read: {failure.Message}");
        }
        throw new FormatException($"{@event.Path} is another event than {@event.Name}");
    }

    /// <summary>The sealed events of its upload or registration, and those of its fingerprint, say which bytes a picture has.</summary>
    private void CheckPicture(CaseFilePicture picture)
    {
        if (picture.Path is { } path && CaseFileManifest.HashOf(File(path).Span) != picture.Sha256) throw new FormatException($"{path} is not the picture {picture.Id}: its SHA-256 is another");
        var (named, codes) = (0, new List<string>());
        foreach (var prefix in new[] { "image", "work", "fingerprint", "screening" })
        {
            foreach (var @event in manifest!.Records.SelectMany(record => record.Events).Where(@event => @event.Stream == $"{prefix}-{picture.Id}"))
            {
                using var json = JsonDocument.Parse(File(@event.Path));
                if (!json.RootElement.TryGetProperty("data", out var data)) continue;
                if (TextIn(data, "sha256") is { } sha256)
                {
                    if (sha256 != picture.Sha256) throw new FormatException($"the picture {picture.Id} is another than its sealed record names: {@event.Path} ({@event.Name})");
                    named++;
                }
                if (TextIn(data, "iscc") is { } iscc) codes.Add(iscc);
            }
        }
        if (picture.Iscc is { } code && !codes.Contains(code)) throw new FormatException($"the ISCC of the picture {picture.Id} is not the one of its sealed fingerprint");
        if (named > 0) bound++;
        else unbound++;
    }

    /// <summary>A text of a fact, or of the one thing that it tells of.</summary>
    private static string? TextIn(JsonElement data, string name) => data.ValueKind != JsonValueKind.Object
        ? null
        : new[] { "picture", "fingerprint" }.Where(member => data.TryGetProperty(member, out _)).Select(member => data.GetProperty(member)).Prepend(data)
            .Where(element => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String).Select(element => element.GetProperty(name).GetString()).FirstOrDefault();

    private IEnumerable<LogVerifier> KeysIn(string path) =>
        files.TryGetValue(path, out var keys) ? Encoding.UTF8.GetString(keys.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LogVerifier.Parse) : [];

    private ReadOnlyMemory<byte> File(string path) => files.TryGetValue(path, out var content) ? content : throw new FormatException($"{What(path)} is missing");

    private string What(string path) => manifest?.Records.SelectMany(record => record.Events).FirstOrDefault(@event => @event.Path == path || @event.Proof == path) is { } @event ? $"{path} ({@event.Name})" : path;
}
