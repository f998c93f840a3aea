using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImageRights.EventStore.Transparency;

/// <summary>What a case file holds. The service signs its hash (<see cref="NotePath"/>); every other file of the archive is in <see cref="Files"/> with its own.</summary>
/// <param name="Format">Name and version of the form, <see cref="CurrentFormat"/>.</param>
/// <param name="Records">Logs whose events are in it; the first is the case's own and signed the manifest.</param>
/// <param name="Missing">What belongs into it and could not be had.</param>
public sealed record CaseFileManifest(
    string Format, string CaseId, DateTimeOffset CreatedAt, IReadOnlyList<CaseFileRecord> Records, IReadOnlyList<CaseFilePicture> Pictures,
    IReadOnlyList<CaseFileGap> Missing, IReadOnlyList<CaseFileEntry> Files)
{
    /// <summary>The form that this code writes and reads.</summary>
    public const string CurrentFormat = "imagerights-case-file/1";

    /// <summary>Where the manifest is.</summary>
    public const string Path = "manifest.json";

    /// <summary>Where the signature over it is.</summary>
    public const string NotePath = "manifest.note";

    private static readonly JsonSerializerOptions Json = new(StoreOptions.Json) { WriteIndented = true };

    /// <summary>As it is written.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="FormatException">It is none, or of a form that this code does not know.</exception>
    public static CaseFileManifest Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<CaseFileManifest>(bytes, Json) ?? throw new FormatException("The manifest is empty.");
            if (manifest.Format != CurrentFormat) throw new FormatException($"The case file has the form {manifest.Format}; this program knows {CurrentFormat}.");
            var isComplete = manifest is { CaseId: not null, Records: [_, ..], Pictures: not null, Missing: not null, Files: not null }
                && manifest.Records.All(record => record is { Log: not null, Checkpoint: not null, Keys: not null, Events: not null }
                    && (record.Withheld ?? []).All(withheld => withheld is { Stream: not null, LeafHash.Length: 32, Path: not null } && withheld.Path.All(hash => hash is { Length: 32 })));
            return isComplete ? manifest : throw new FormatException("The manifest is not complete.");
        }
        catch (JsonException failure)
        {
            throw new FormatException($"The manifest cannot be read: {failure.Message}");
        }
    }

    /// <summary>What the service signs: that it gave out this manifest for this case.</summary>
    public static string Statement(string caseId, ReadOnlySpan<byte> manifest) => $"{CurrentFormat}\n{caseId}\n{Convert.ToBase64String(SHA256.HashData(manifest))}\n";

    /// <summary>Lower-case hexadecimal SHA-256, as <see cref="CaseFileEntry"/> and pictures have it.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

/// <summary>Events of one log.</summary>
/// <param name="Log">Name of the log.</param>
/// <param name="Checkpoint">File with the signed checkpoint that all proofs lead to.</param>
/// <param name="Keys">File with the log's verifier keys. A reader trusts those that he had before.</param>
/// <param name="TimeStamp">File with an RFC 3161 token over the checkpoint; null where no authority is asked.</param>
/// <param name="Withheld">Events that whom the file is for does not see, or not whole; null in a file of the whole case.</param>
/// <param name="Excerpts">Streams of which the events that name other pictures are left out; null where all are whole.</param>
public sealed record CaseFileRecord(
    string Log, string Checkpoint, string Keys, string? TimeStamp, IReadOnlyList<CaseFileEvent> Events, IReadOnlyList<CaseFileWithheld>? Withheld = null,
    IReadOnlyList<string>? Excerpts = null);

/// <summary>An event that is not in the file: its place in the log is proved, so that it can be held against the event when a court or the house shows it.</summary>
/// <param name="Index">Its place in the log.</param>
/// <param name="LeafHash">Hash of its canonical JSON, as the log has it.</param>
/// <param name="Path">Inclusion proof: hashes from the leaf's sibling up.</param>
public sealed record CaseFileWithheld(string Stream, long Version, long Index, byte[] LeafHash, IReadOnlyList<byte[]> Path);

/// <summary>An event.</summary>
/// <param name="Path">File with its canonical JSON.</param>
/// <param name="Proof">File with its inclusion proof, which can also be checked alone.</param>
/// <param name="Index">Its place in the log.</param>
public sealed record CaseFileEvent(string Path, string Proof, string Stream, long Version, Guid EventId, string Type, long Index)
{
    /// <summary>The event in words.</summary>
    public string Name => $"event {EventId} (stream {Stream}, version {Version})";
}

/// <summary>A picture of the dispute.</summary>
/// <param name="Role"><c>Disputed</c> or <c>Work</c>.</param>
/// <param name="Id">Image or work.</param>
/// <param name="Sha256">Of its bytes, as the record of its upload or registration says.</param>
/// <param name="Path">File with the bytes as they were uploaded; null where they could not be had.</param>
/// <param name="Rendition">File with it drawn anew as a small JPEG, as the pages show it; null where it could not be.</param>
/// <param name="Iscc">Image-Code of ISO 24138:2024, as the record of its fingerprint has it; null where that is not in the file.</param>
public sealed record CaseFilePicture(string Role, string Id, string Sha256, string? Path, string? Rendition, string? Iscc = null);

/// <summary>What is missing, and why.</summary>
public sealed record CaseFileGap(string What, string Why);

/// <summary>A file of the archive.</summary>
/// <param name="Bytes">How many.</param>
public sealed record CaseFileEntry(string Path, long Bytes, string Sha256);
