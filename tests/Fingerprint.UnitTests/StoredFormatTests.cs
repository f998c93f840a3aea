using System.Text.Json;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Features.Fingerprinting;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.Picture;
using ImageRights.Fingerprint.Projections;
using ImageRights.Fingerprint.Publishing;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.TestKit;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class StoredFormatTests
{
    private static readonly JsonSerializerOptions Readable = new(StoreOptions.Json) { WriteIndented = true };
    private static readonly PictureFact WorkFact = Facts.Fingerprinted with { Role = PictureRole.Work, SubjectId = "wrk_1", Surface = null, ListingId = null };

    private static StoreOptions Store
    {
        get
        {
            var options = new StoreOptions();
            Composition.Describe(options);
            return options;
        }
    }

    public static TheoryData<string> Names() => [.. Store.Events.Mapped.Values];

    [Fact]
    public void Every_fact_has_a_stored_name() =>
        Store.Events.Mapped.Keys.ShouldBe(
            typeof(PictureFact).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PictureFact))), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stored_fact_reads_as_it_was_written(string name)
    {
        var fact = SampleOf(name);
        var json = JsonSerializer.Serialize(fact, fact.GetType(), Readable);
        Golden.Matches($"{name}.json", json);
        JsonSerializer.Serialize(JsonSerializer.Deserialize(json, fact.GetType(), StoreOptions.Json), fact.GetType(), Readable).ShouldBe(json);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_fact_is_published_in_the_agreed_form(string name)
    {
        var contract = FingerprintContracts.Translate(Record(name, SampleOf(name))).ShouldNotBeNull();
        Golden.Matches($"{contract.GetType().Name}.json", JsonSerializer.Serialize(contract, contract.GetType(), Readable));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_fact_shows_in_the_view(string name) => FingerprintView.Evolve(null, Record(name, SampleOf(name))).ShouldNotBeNull();

    [Fact]
    public void A_fact_that_nobody_decided_about_is_an_error() =>
        Should.Throw<InvalidOperationException>(() => FingerprintContracts.Translate(Record("unknown_v1", new object())));

    [Fact]
    public void A_work_has_no_surface_and_no_listing() =>
        Golden.Matches("picture_fingerprinted_v1.work.json", JsonSerializer.Serialize(WorkFact, WorkFact.GetType(), Readable));

    [Fact]
    public void A_picture_request_waits_in_a_row_that_later_versions_read()
    {
        var request = new PictureRequest(PictureRole.Upload, "img_1", "seller-1", null, "listing-1", new string('a', 64), Facts.Unreadable.OccurredAt);
        var json = JsonSerializer.Serialize(request, Readable);
        Golden.Matches("pending_picture.json", json);
        JsonSerializer.Deserialize<PictureRequest>(json, StoreOptions.Json).ShouldBe(request);
    }

    [Fact]
    public void Our_orientations_are_those_of_the_contract_in_its_order() =>
        Enum.GetValues<Dihedral>().Select(dihedral => $"{(int)dihedral} {dihedral}")
            .ShouldBe(Enum.GetValues<Contracts.Fingerprint.V1.Orientation>().Select(orientation => $"{(int)orientation} {orientation}"));

    [Fact]
    public void Formats_are_called_as_the_contract_calls_them() =>
        Enum.GetNames<PictureFormat>().Select(name => name.ToUpperInvariant()).ShouldBe(["JPEG", "PNG", "WEBP", "GIF", "AVIF"]);

    [Fact]
    public void Every_code_is_in_the_catalogue_in_both_languages()
    {
        var catalogue = new ProblemCatalogue(typeof(Composition).Assembly);
        foreach (var code in RefusalCodes.All.Concat([PictureFinder.ContentMissing, PictureFinder.ContentAltered]))
        {
            catalogue.Entries.Keys.ShouldContain(code);
            catalogue[code].En.ShouldNotBeNullOrWhiteSpace();
            catalogue[code].Zh.ShouldMatch(@"[\u4e00-\u9fff]");
        }
        foreach (var code in RefusalCodes.All)
            catalogue[code].Status.ShouldBe(code == RefusalCodes.TooLarge ? 413 : 422, code);
    }

    [Fact]
    public void A_computed_fingerprint_reads_as_it_was_stored()
    {
        var fact = Facts.Fingerprinted;
        var computed = new ComputedFingerprint(fact.Sha256, fact.Algorithm, fact.Pdq, fact.PdqDihedrals, fact.PdqQuality, fact.Format, fact.Width, fact.Height, fact.Features, fact.Version,
            fact.LumaSha256, fact.DHash, fact.Iscc);
        Golden.Matches("computed_fingerprint.json", JsonSerializer.Serialize(computed, Readable));
    }

    private static PictureFact SampleOf(string name) => name switch
    {
        "picture_fingerprinted_v1" => Facts.Fingerprinted,
        "picture_unreadable_v1" => Facts.Unreadable,
        _ => throw new InvalidOperationException($"No sample of {name}."),
    };

    private static RecordedEvent Record(string name, object fact) => new(
        new Guid("01939f2e-0000-7000-8000-000000000001"), 1, 1, "fingerprint-img_1", 1, fact, name, Facts.Unreadable.FoundAt, "*DEFAULT*", null, null, null, null);
}
