using System.Text.Json;
using ImageRights.Contracts;
using ImageRights.EventStore;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Publishing;
using ImageRights.TestKit;
using Contract = ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Ingestion.UnitTests;

public class StoredFormatTests
{
    private static readonly StoreOptions Options = Configured();
    private static readonly JsonSerializerOptions Indented = new(StoreOptions.Json) { WriteIndented = true };

    [Fact]
    public void Every_fact_is_stored_as_it_was_agreed()
    {
        foreach (var fact in Facts.Complete) Golden.Matches($"{Options.Events.Mapped[fact.GetType()]}.json", JsonSerializer.Serialize(fact, fact.GetType(), Indented));
        foreach (var fact in Facts.Least) Golden.Matches($"{Options.Events.Mapped[fact.GetType()]}.least.json", JsonSerializer.Serialize(fact, fact.GetType(), Indented));
    }

    [Fact]
    public void Every_fact_is_read_back_as_it_was()
    {
        foreach (var fact in Facts.Complete.Concat(Facts.Least))
        {
            var json = JsonSerializer.Serialize(fact, fact.GetType(), StoreOptions.Json);
            // By their text, so that lists compare by what they hold.
            JsonSerializer.Serialize(JsonSerializer.Deserialize(json, fact.GetType(), StoreOptions.Json), fact.GetType(), StoreOptions.Json).ShouldBe(json);
        }
    }

    [Fact]
    public void Every_fact_that_the_aggregates_know_has_a_stored_name()
    {
        var facts = typeof(Image).Assembly.GetTypes()
            .Where(type => type is { IsSealed: true, IsAbstract: false, IsNested: false } && type.Namespace is "ImageRights.Ingestion.Images" or "ImageRights.Ingestion.Works" or "ImageRights.Ingestion.Licences" or "ImageRights.Ingestion.Slots"
                or "ImageRights.Ingestion.Sellers" or "ImageRights.Ingestion.Settlements" or "ImageRights.Ingestion.Erasures")
            .Where(type => type.GetProperties().Any(property => property.Name.EndsWith("At", StringComparison.Ordinal) && property.PropertyType == typeof(DateTimeOffset)));
        Options.Events.Mapped.Keys.ShouldBe(facts, ignoreOrder: true);
        Facts.Complete.Select(fact => fact.GetType()).ShouldBe(Options.Events.Mapped.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Every_fact_is_published_or_named_internal()
    {
        foreach (var fact in Facts.Complete)
            (IngestionContracts.Translate(Recorded(fact)) is null).ShouldBe(IngestionContracts.Internal.Contains(fact.GetType()), fact.GetType().Name);
    }

    [Fact]
    public void Every_contract_of_this_service_is_published_as_it_was_agreed()
    {
        var contracts = Facts.Complete.Select(fact => IngestionContracts.Translate(Recorded(fact))).OfType<object>().ToList();
        foreach (var contract in contracts) Golden.Matches($"{contract.GetType().Name}.V1.json", JsonSerializer.Serialize(contract, contract.GetType(), Indented));
        contracts.Select(contract => contract.GetType()).ShouldBe(Subscriptions.Queues.Keys.Where(type => type.Namespace == typeof(Contract.ImageReceived).Namespace), ignoreOrder: true);
    }

    [Fact]
    public void Every_surface_is_published_under_its_own_name()
    {
        foreach (var surface in Enum.GetValues<Surface>())
            ((Contract.ImageReceived)IngestionContracts.Translate(Recorded(Facts.Received with { Surface = surface }))!).Surface.ToString().ShouldBe(surface.ToString());
        Enum.GetNames<Surface>().ShouldBe(Enum.GetNames<Contract.Surface>());
    }

    [Fact]
    public void What_a_picture_says_of_people_is_not_published()
    {
        var json = JsonSerializer.Serialize((Contract.ImageReceived)IngestionContracts.Translate(Recorded(Facts.Received))!, StoreOptions.Json);
        json.ShouldNotContain("Ada");
    }

    [Fact]
    public void Nothing_that_is_sealed_in_a_fact_is_published()
    {
        foreach (var fact in Facts.Complete)
            (IngestionContracts.Translate(Recorded(fact)) is { } contract ? JsonSerializer.Serialize(contract, contract.GetType(), StoreOptions.Json) : "").ShouldNotContain("Ada");
    }

    [Fact]
    public void No_event_name_is_a_type_name()
    {
        foreach (var (type, name) in Options.Events.Mapped)
        {
            name.ShouldMatch("^[a-z]+(_[a-z]+)*_v[0-9]+$");
            name.ShouldNotContain(type.Name);
        }
    }

    private static RecordedEvent Recorded(object fact) =>
        new(Guid.Empty, 1, 1, "stream", 1, fact, Options.Events.Mapped[fact.GetType()], Facts.Noon, "tenant-1", null, null, null, null);

    private static StoreOptions Configured()
    {
        var options = new StoreOptions();
        Composition.Configure(options, "Host=nowhere");
        return options;
    }
}
