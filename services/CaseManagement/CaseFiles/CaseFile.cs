using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.CaseFiles.Printing;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore.Transparency;

namespace ImageRights.CaseManagement.CaseFiles;

/// <summary>A picture of the dispute, with what could be had of it.</summary>
internal sealed record DisputedPicture(string Role, string Id, string Sha256, string? Caption, byte[]? Bytes, byte[]? Rendition)
{
    public Words Name => Role == "Disputed" ? new Words("The disputed picture", "争议图片") : new Words("The registered work", "登记作品");
}

/// <summary>A case as a file that proves itself. It is made of the events as they are stored, whatever their types.</summary>
/// <param name="sight">What the party sees for whom it is; null for who sees all.</param>
internal sealed class CaseFile(string caseId, DateTimeOffset createdAt, SealedStreams record, PartySight? sight = null)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<CaseFileGap> gaps = [];
    private readonly List<DisputedPicture> pictures = [];
    private readonly List<SealedStreams> others = [];
    private readonly List<PageDocument> documents = [];
    private readonly string caseStream = new CaseId(caseId).StreamKey;
    private PictureSight? ofPictures;

    /// <summary>Says what is missing.</summary>
    public void Lacks(string what, string why) => gaps.Add(new CaseFileGap(what, why));

    /// <summary>Adds a picture.</summary>
    public void Add(DisputedPicture picture) => pictures.Add(picture);

    /// <summary>Adds what another service's log has of it.</summary>
    public void Add(SealedStreams other)
    {
        others.Add(other);
        // How widely a work is copied is not the other side's to know.
        foreach (var (stream, count) in other.LeftOut ?? new Dictionary<string, long>()) if (sight is null) Lacks($"{count} events of {stream}", "They are about other pictures.");
        if (sight is not null) foreach (var stream in Excerpts(other)) Lacks($"the rest of {stream}", "It is about other pictures.");
    }

    /// <summary>Adds a paper.</summary>
    public void Add(PageDocument document) => documents.Add(document);

    /// <summary>The archive.</summary>
    /// <param name="sign">Signs a statement with the log's key.</param>
    public byte[] ToArchive(Func<string, string> sign)
    {
        var files = new List<(string Name, ReadOnlyMemory<byte> Content)>();
        var page = Page();
        Put("case.html", CaseHtml.Write(page));
        Put("case.pdf", CasePdf.Write(page));
        foreach (var document in documents)
            Put($"documents/{document.Name}.json", JsonSerializer.SerializeToUtf8Bytes(document.Lines.ToDictionary(line => line.Name.En, line => line.Value), Indented));
        if (sight is not null)
        {
            var shown = record.Events.Where(@event => @event.Stream == caseStream).Concat(others.SelectMany(other => other.Events).Where(@event => !IsOpen(@event)));
            PutText("history.json", new JsonArray([.. shown.Select(Shown).OfType<JsonObject>()]).ToJsonString(Indented));
        }
        CaseFileRecord[] records = [.. others.Prepend(record).Select(Record)];
        CaseFilePicture[] held = [.. pictures.Select(picture => new CaseFilePicture(
            picture.Role, picture.Id, picture.Sha256,
            picture.Bytes is null ? null : Put($"pictures/{picture.Id}{Extension(picture.Bytes)}", picture.Bytes),
            picture.Rendition is null ? null : Put($"pictures/{picture.Id}-shown.jpg", picture.Rendition), IsccOf(picture.Id)))];
        var manifest = new CaseFileManifest(
            CaseFileManifest.CurrentFormat, caseId, createdAt, records, held, gaps, [.. files.Select(file => new CaseFileEntry(file.Name, file.Content.Length, CaseFileManifest.HashOf(file.Content.Span)))]).ToBytes();
        var note = Encoding.UTF8.GetBytes(sign(CaseFileManifest.Statement(caseId, manifest)));
        return StoredZip.Write([(CaseFileManifest.Path, manifest), (CaseFileManifest.NotePath, note), .. files]);

        string Put(string name, ReadOnlyMemory<byte> content)
        {
            files.Add((name, content));
            return name;
        }

        string PutText(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

        CaseFileRecord Record(SealedStreams streams)
        {
            var folder = $"records/{streams.Log.Split('/')[^1]}";
            return new CaseFileRecord(
                streams.Log, PutText($"{folder}/checkpoint.note", streams.Checkpoint), PutText($"{folder}/keys.txt", string.Concat(streams.Keys.Select(key => key + "\n"))),
                streams.TimeStamp is { } token ? Put($"{folder}/checkpoint.tst", token) : null,
                [.. streams.Events.Where(IsOpen).Select((@event, place) =>
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{place + 1:0000}-{@event.Type}");
                    return new CaseFileEvent(
                        Put($"{folder}/events/{name}.json", @event.Entry), PutText($"{folder}/proofs/{name}.tlog-proof", @event.ToProof(streams.Checkpoint)),
                        @event.Stream, @event.Version, @event.EventId, @event.Type, @event.Index);
                })],
                sight is null ? null : [.. streams.Events.Where(@event => !IsOpen(@event)).Select(@event => new CaseFileWithheld(@event.Stream, @event.Version, @event.Index, Merkle.LeafHash(@event.Entry), @event.Path))],
                Excerpts(streams) is [_, ..] excerpts ? excerpts : null);
        }
    }

    private static List<string> Excerpts(SealedStreams streams) => [.. streams.Events.GroupBy(@event => @event.Stream).Where(stream => stream.Max(@event => @event.Version) > stream.Count()).Select(stream => stream.Key)];

    private CasePage Page()
    {
        var shown = pictures.ConvertAll(picture => new PagePicture(picture.Role, picture.Name, picture.Id, picture.Caption, picture.Sha256, picture.Rendition, IsccOf(picture.Id)));
        var works = record.Events.SelectMany(@event => CaseReferences.Named(@event.Entry, "workId")).ToHashSet();
        return new CasePage(
            caseId, createdAt, Facts(), shown, [.. AllEvents().Select(Shown).OfType<JsonObject>().SelectMany(seen => PageFinding.Of(Element(seen["data"]!), works, shown))],
            [.. AllEvents().Select(Entry).OfType<PageEntry>().OrderBy(entry => entry.At)], documents, record.Checkpoint, [.. gaps.Select(gap => $"{gap.What}: {gap.Why}")]);
    }

    private IEnumerable<SealedEvent> AllEvents() => others.Prepend(record).SelectMany(streams => streams.Events);

    /// <summary>Image-Code of a picture, as the last of its fingerprints that is shown has it.</summary>
    private string? IsccOf(string picture) => AllEvents().Select(Shown).OfType<JsonObject>().Select(shown => shown["data"]!).Where(data => (string?)data["subjectId"] == picture).Select(data => (string?)data["iscc"]).LastOrDefault(code => code is not null);

    private List<PageFact> Facts()
    {
        var facts = new List<PageFact>();
        var data = record.Events.Select(Shown).OfType<JsonObject>().Select(shown => Element(shown["data"]!)).ToList();
        foreach (var name in new[] { "regime", "imageId", "workId", "respondentAccountId", "complainantAccountId", "outcome" })
        {
            var values = data.SelectMany(members => CaseReferences.Named(members, name)).Distinct().ToList();
            if (values.Count > 0) facts.Add(new PageFact(EventWords.Member(name), string.Join(", ", values)));
        }
        facts.Add(new PageFact(new Words("Events", "事件数"), record.Events.Count.ToString(CultureInfo.InvariantCulture)));
        return facts;
    }

    private PageEntry? Entry(SealedEvent @event)
    {
        if (Shown(@event) is not { } shown) return null;
        var at = DateTimeOffset.TryParse((string?)shown["timestamp"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;
        return new PageEntry(at, @event.Stream, @event.Version, EventWords.Of(@event.Type), [.. EventWords.Details(Element(shown["data"]!)).DistinctBy(fact => (fact.Name, fact.Value))]);
    }

    /// <summary>What of an event is shown to whom the file is for; null for nothing.</summary>
    private JsonObject? Shown(SealedEvent @event)
    {
        using var json = JsonDocument.Parse(@event.Entry);
        var data = json.RootElement.GetProperty("data");
        var shown = sight is null || IsOwn(@event.Stream) ? JsonObject.Create(data) : @event.Stream == caseStream ? sight.Of(@event.EventId, @event.Type, data) : OfPictures(sight).Of(@event.Type, data);
        return shown is null ? null : JsonSerializer.SerializeToNode(new { @event.Version, @event.Type, Timestamp = json.RootElement.GetProperty("timestamp"), Data = shown }, JsonSerializerOptions.Web)!.AsObject();
    }

    /// <summary>Whether it is in the file as it is sealed: a party's own act, and what there is nothing in that it does not see.</summary>
    private bool IsOpen(SealedEvent @event)
    {
        if (sight is null || IsOwn(@event.Stream)) return true;
        using var json = JsonDocument.Parse(@event.Entry);
        var data = json.RootElement.GetProperty("data");
        return @event.Stream == caseStream ? sight.IsOwn(data) : OfPictures(sight).Of(@event.Type, data) is { } shown && JsonElement.DeepEquals(Element(shown), data);
    }

    // These are there only when they are the party's own.
    private static bool IsOwn(string stream) => stream.StartsWith(NoticeView.StreamPrefix, StringComparison.Ordinal) || stream.StartsWith("image-", StringComparison.Ordinal) || stream.StartsWith("work-", StringComparison.Ordinal);

    private PictureSight OfPictures(PartySight party) =>
        ofPictures ??= party.OfPictures(Element(record.Events.Where(@event => @event.Stream == caseStream).Select(Shown).OfType<JsonObject>().Last()["data"]!["dispute"]!));

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);

    // By content: what a picture is called here must not depend on what its uploader called it.
    private static string Extension(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, ..] => ".jpg",
        [0x89, (byte)'P', ..] => ".png",
        [(byte)'G', (byte)'I', (byte)'F', ..] => ".gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => ".webp",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => ".avif",
        _ => ".bin",
    };
}

/// <summary>What events refer to, by the names of their members, so that event types need not be known.</summary>
internal static class CaseReferences
{
    /// <summary>The texts of all members of this name.</summary>
    public static IReadOnlyList<string> Named(byte[] entry, string name)
    {
        using var json = JsonDocument.Parse(entry);
        return json.RootElement.TryGetProperty("data", out var data) ? Named(data, name) : [];
    }

    /// <summary>The texts of all members of this name.</summary>
    public static IReadOnlyList<string> Named(JsonElement data, string name)
    {
        var found = new List<string>();
        Search(data);
        return found;

        void Search(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array) foreach (var item in element.EnumerateArray()) Search(item);
            if (element.ValueKind != JsonValueKind.Object) return;
            foreach (var member in element.EnumerateObject())
            {
                if (member.Name == name && member.Value.ValueKind == JsonValueKind.String) found.Add(member.Value.GetString()!);
                else Search(member.Value);
            }
        }
    }
}
