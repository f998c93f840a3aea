using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.Contracts.Notification.V1;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Letters;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Publishing;
using ImageRights.TestKit;

namespace ImageRights.Notification.UnitTests;

/// <summary>What is stored and published, held still.</summary>
public sealed class FactsTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("01955000-0000-7000-8000-000000000001");

    private static readonly object[] Samples =
    [
        EndpointTests.Registered, new EndpointEvent.Moved("https://new.example/", At), new EndpointEvent.FilterChanged(["imagerights.case.opened.v1"], At),
        new EndpointEvent.Described("orders", At), new EndpointEvent.SecretRotated("whs_2", "whs_1", At.AddDays(1), At),
        new EndpointEvent.Disabled("whe_1", DisableReason.Failing, At), new EndpointEvent.Enabled(At),
        DeliveryTests.Scheduled, DeliveryTests.Delivered, new DeliveryEvent.Attempted(Id, 1, "https://shop.example/hooks", At, 250, AttemptOutcome.Refused, 500, null, At.AddSeconds(5)),
        new DeliveryEvent.Succeeded(2, At), new DeliveryEvent.Exhausted("dlv_1", "whe_1", "imagerights.case.opened.v1", 10, "HTTP 500", At), new DeliveryEvent.Replayed(At),
        LetterTests.Received, new LetterEvent.Read(At), new LetterEvent.Mailed(1, MailOutcome.Deferred, 451, "zh", At, 250, At.AddMinutes(1)),
    ];

    private static StoreOptions Options
    {
        get
        {
            var options = new StoreOptions();
            Composition.Facts(options, "Host=nowhere");
            return options;
        }
    }

    private static IEnumerable<Type> AllFacts => new[] { typeof(EndpointEvent), typeof(DeliveryEvent), typeof(LetterEvent) }.SelectMany(hierarchy => hierarchy.GetNestedTypes());

    [Fact]
    public void Every_fact_has_a_stored_name_and_every_name_a_fact() => Options.Events.Mapped.Keys.ShouldBe(AllFacts, ignoreOrder: true);

    [Fact]
    public void There_is_a_sample_of_every_fact() => Samples.Select(sample => sample.GetType()).ShouldBe(AllFacts, ignoreOrder: true);

    [Fact]
    public void Stored_facts_look_as_they_did()
    {
        var names = Options.Events.Mapped;
        var stored = new JsonObject(Samples.Select(sample => KeyValuePair.Create<string, JsonNode?>(
            names[sample.GetType()], JsonSerializer.SerializeToNode(sample, sample.GetType(), StoreOptions.Json))));
        Golden.Matches("facts.json", stored.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    [Fact]
    public void Every_fact_is_published_or_named_internal()
    {
        var published = Samples.Select(sample => NotificationContracts.Translate(Recorded(sample))).OfType<object>().ToList();
        published.Select(contract => contract.GetType()).ShouldBe([typeof(EndpointDisabled), typeof(DeliveryFailed)]);
        var json = new JsonObject(published.Select(contract => KeyValuePair.Create<string, JsonNode?>(
            contract.GetType().Name, JsonSerializer.SerializeToNode(contract, contract.GetType(), StoreOptions.Json))));
        Golden.Matches("contracts.json", json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    [Fact]
    public void Every_fact_can_be_folded_into_state_and_view()
    {
        foreach (var fact in Samples.OfType<EndpointEvent>())
        {
            WebhookEndpoint.Evolve(WebhookEndpoint.Initial, fact);
            EndpointView.Evolve(EndpointView.Evolve(null, Recorded(Samples[0])), Recorded(fact)).ShouldNotBeNull();
        }
        foreach (var fact in Samples.OfType<DeliveryEvent>())
        {
            Delivery.Evolve(Delivery.Initial, fact);
            DeliveryView.Evolve(DeliveryView.Evolve(null, Recorded(DeliveryTests.Scheduled)), Recorded(fact)).ShouldNotBeNull();
        }
    }

    [Fact]
    public void Later_deliveries_sort_after_earlier_ones()
    {
        var earlier = DeliveryView.Evolve(null, Recorded(DeliveryTests.Scheduled with { DeliveryId = "dlv_f", ScheduledAt = At }))!;
        var later = DeliveryView.Evolve(null, Recorded(DeliveryTests.Scheduled with { DeliveryId = "dlv_0", ScheduledAt = At.AddMilliseconds(1) }))!;
        string.CompareOrdinal(earlier.Order, later.Order).ShouldBeLessThan(0);
    }

    [Fact]
    public void No_fact_holds_a_secret() =>
        AllFacts.SelectMany(fact => fact.GetProperties()).Where(property => property.PropertyType == typeof(byte[]) || property.Name is "Secret" or "Sealed" or "Body" or "Response").ShouldBeEmpty();

    private static RecordedEvent Recorded(object fact) => new(Id, 0, 0, "stream-1", 1, fact, Options.Events.Mapped[fact.GetType()], At, "tenant", null, null, null, null);
}
