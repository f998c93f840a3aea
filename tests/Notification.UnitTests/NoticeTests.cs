using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.Contracts;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Notification.V1;
using ImageRights.EventStore;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Features.HearingContracts;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.ServiceDefaults.Messaging;
using ImageRights.TestKit;
using MassTransit;

namespace ImageRights.Notification.UnitTests;

public sealed class NoticeTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 13, 0, 0, 250, TimeSpan.FromHours(1));
    private static readonly Guid Id = Guid.Parse("01955000-0000-7000-8000-000000000001");
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly MeasureApplied Measure = new("*DEFAULT*", "case_1", "msr_1", "img_1", "seller-1", null, "Copyright_Infringement", "It is a copy.", "reviewer-1", At);

    [Fact]
    public void The_table_of_types_is_what_the_queue_hears() => NoticeTypes.ByContract.Keys.ShouldBe(
        Subscriptions.Queues.Where(pair => pair.Value.Contains("notification-every-contract")).Select(pair => pair.Key), ignoreOrder: true);

    [Fact]
    public void The_consumer_consumes_what_the_queue_hears() => typeof(EveryContractConsumer).GetInterfaces()
        .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConsumer<>))
        .Select(type => type.GenericTypeArguments[0])
        .ShouldBe(NoticeTypes.ByContract.Keys, ignoreOrder: true);

    [Fact]
    public void Every_type_says_whose_about_what_and_when()
    {
        foreach (var type in NoticeTypes.ByContract.Values)
        {
            var contract = Sample(type.Contract);
            type.Tenant(contract).ShouldBe("TenantId");
            type.Subject(contract).ShouldEndWith("Id");
            type.Subject(contract).ShouldNotBe("TenantId");
            type.Time(contract).ShouldBe(At);
            type.Name.ShouldMatch(@"^imagerights\.[a-z-]+\.[a-z-]+\.v1$");
        }
        NoticeTypes.Names.Distinct().Count().ShouldBe(NoticeTypes.ByContract.Count);
    }

    [Fact]
    public void A_notice_is_a_structured_cloud_event() =>
        Golden.Matches("notice.json", Indented(Notice.Of(Measure, Id, TraceParent).Body));

    [Fact]
    public void A_test_event_names_its_endpoint() =>
        Golden.Matches("test-event.json", Indented(Notice.Test("*DEFAULT*", Id, "whe_1", At, null).Body));

    [Fact]
    public void It_brings_the_checkpoint_that_came_with_the_fact_within_its_size()
    {
        var checkpoint = Convert.ToBase64String(Encoding.UTF8.GetBytes("imagerights/casemanagement\n42\nroot\n\n— imagerights/casemanagement signature\n"));
        Notice.Of(Measure, Id, TraceParent).Body.ShouldNotContain("logcheckpoint");
        JsonDocument.Parse(Notice.Of(Measure, Id, TraceParent, checkpoint).Body).RootElement.GetProperty("logcheckpoint").GetString().ShouldBe(checkpoint);
        var large = Notice.Of(Measure with { Statement = new string('a', Notice.LargestBody) }, Id, TraceParent, checkpoint);
        Encoding.UTF8.GetByteCount(large.Body).ShouldBeLessThanOrEqualTo(Notice.LargestBody);
        JsonDocument.Parse(large.Body).RootElement.GetProperty("logcheckpoint").GetString().ShouldBe(checkpoint);
    }

    [Fact]
    public void Its_sequence_is_its_place_among_the_facts_of_its_subject()
    {
        Sequence("case-case_1", 2).ShouldBe("0000000002");
        string.CompareOrdinal(Sequence("case-case_1", 10), Sequence("case-case_1", 9)).ShouldBeGreaterThan(0);
        Sequence("messages-case_2", 2).ShouldBeNull("a fact of another stream");
        Notice.Of(Measure, Id, TraceParent).Body.ShouldNotContain("sequence");

        static string? Sequence(string stream, long version) =>
            (string?)JsonNode.Parse(Notice.Of(Measure, Id, TraceParent, fact: new FactPlace(stream, version)).Body)!["sequence"];
    }

    [Fact]
    public void Data_too_large_for_an_event_are_referred_to()
    {
        var notice = Notice.Of(Measure with { Statement = new string('桜', 40_000) }, Id, TraceParent);
        Encoding.UTF8.GetByteCount(notice.Body).ShouldBeLessThanOrEqualTo(64 * 1024);
        var body = JsonDocument.Parse(notice.Body).RootElement;
        body.TryGetProperty("data", out _).ShouldBeFalse();
        body.GetProperty("dataref").GetString().ShouldBe($"/v1/events/{Id}");
        body.GetProperty("type").GetString().ShouldBe("imagerights.measure.applied.v1");
        JsonDocument.Parse(notice.FullBody!).RootElement.GetProperty("data").GetProperty("statement").GetString()!.Length.ShouldBe(40_000);
    }

    [Fact]
    public void The_largest_event_that_fits_is_sent_whole()
    {
        var empty = Notice.Of(Measure with { Statement = "" }, Id, null).Body.Length;
        Notice.Of(Measure with { Statement = new string('a', Notice.LargestBody - empty) }, Id, null).FullBody.ShouldBeNull();
        Notice.Of(Measure with { Statement = new string('a', Notice.LargestBody - empty + 1) }, Id, null).FullBody.ShouldNotBeNull();
    }

    [Fact]
    public void An_endpoint_hears_of_what_it_asked_for()
    {
        var notice = Notice.Of(Measure, Id, null);
        notice.IsFor(Endpoint("whe_1")).ShouldBeTrue("an empty filter takes everything");
        notice.IsFor(Endpoint("whe_1") with { EventTypes = ["imagerights.measure.applied.v1"] }).ShouldBeTrue();
        notice.IsFor(Endpoint("whe_1") with { EventTypes = ["imagerights.case.opened.v1"] }).ShouldBeFalse();
        notice.IsFor(Endpoint("whe_1") with { State = EndpointState.Disabled }).ShouldBeFalse();
    }

    [Fact]
    public void A_failed_delivery_is_not_told_where_it_failed()
    {
        var notice = Notice.Of(new DeliveryFailed("t", "whe_1", "dlv_1", "imagerights.case.opened.v1", 10, "HTTP 500", At), Id, null);
        notice.IsFor(Endpoint("whe_1")).ShouldBeFalse();
        notice.IsFor(Endpoint("whe_2")).ShouldBeTrue();
    }

    [Fact]
    public void The_failure_to_tell_of_a_failure_is_told_to_nobody()
    {
        var notice = Notice.Of(new DeliveryFailed("t", "whe_1", "dlv_1", NoticeTypes.DeliveryFailed, 10, "HTTP 500", At), Id, null);
        notice.IsFor(Endpoint("whe_2")).ShouldBeFalse();
    }

    private static EndpointView Endpoint(string id) => new(id, "https://shop.example/", [], null, EndpointState.Enabled, null, "whs_1", null, At, At);

    private static string Indented(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement, new JsonSerializerOptions { WriteIndented = true });

    // Texts are their parameter's name, so that a selector of the wrong member shows.
    private static object Sample(Type contract)
    {
        var constructor = contract.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter))]);
    }

    private static object? Value(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => parameter.Name,
        var type when type == typeof(DateTimeOffset) && parameter.Name != "From" => At,
        { IsValueType: true } type => Activator.CreateInstance(type),
        _ => null,
    };
}
