using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Ingestion.Inbound;
using RabbitMQ.Client;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>The marketplace's events, by both doors.</summary>
public sealed class InboundEventsTests : IAsyncLifetime
{
    private static readonly byte[] Picture = SampleFiles.Read("small.jpg");

    private readonly RunningIngestion ingestion = new();

    public async Task InitializeAsync()
    {
        await ingestion.PrepareAsync();
        await ingestion.StartAsync("--Messaging:AwaitSubscribers=false", "--Fetch:AllowLoopback=true", "--Fetch:Timeout=00:00:02");
    }

    public Task DisposeAsync() => ingestion.DisposeAsync();

    [Fact]
    public async Task A_listing_s_picture_is_published_changed_and_withdrawn_under_the_marketplace_s_own_id()
    {
        var published = await TakenAsync(Event("e1", InboundHandler.ListingImagePublished, ("pictureid", "p1"), ("accountid", "shop"), ("listingid", "l1")));
        (await ingestion.GetAsync($"/v1/images/{published}")).Body!["listingId"]!.GetValue<string>().ShouldBe("l1");
        var changed = await TakenAsync(Event("e2", InboundHandler.ListingImageChanged, SampleFiles.Read("photo.jpg"), ("pictureid", "p1"), ("accountid", "shop"), ("listingid", "l1")));
        (await StatusAsync(published)).ShouldBe("withdrawn");
        (await StatusAsync(changed)).ShouldBe("received");
        (await TakenAsync(Told("e3", InboundHandler.ListingImageWithdrawn, ("pictureid", "p1")))).ShouldBe(changed);
        (await StatusAsync(changed)).ShouldBe("withdrawn");
    }

    [Theory]
    [InlineData(InboundHandler.ListingImagePublished, "Listing")]
    [InlineData(InboundHandler.AvatarPublished, "Avatar")]
    [InlineData(InboundHandler.ReviewPhotoPublished, "Review")]
    public async Task A_picture_is_known_by_where_it_appeared(string type, string surface)
    {
        var imageId = await TakenAsync(Event("e1", type, ("pictureid", "p1"), ("accountid", "shop")));
        (await ingestion.GetAsync($"/v1/images/{imageId}")).Body!["surface"]!.GetValue<string>().ShouldBe(surface);
    }

    [Fact]
    public async Task An_event_is_taken_once_whichever_way_it_comes()
    {
        var told = Event("e1", InboundHandler.ListingImagePublished, ("pictureid", "p1"), ("accountid", "shop"));
        var atOnce = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(told)));
        atOnce.Count(answer => Outcome(answer) == "taken").ShouldBe(1);
        atOnce.Count(answer => Outcome(answer) == "duplicate").ShouldBe(7);
        await PublishAsync(told.ToJsonString());
        await QueueIsEmptyAsync();
        Outcome(await SendAsync(told)).ShouldBe("duplicate");

        var gone = Told("e2", InboundHandler.ListingImageWithdrawn, ("pictureid", "p1"));
        (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(gone)))).Select(Outcome).Order().ShouldBe([.. Enumerable.Repeat("duplicate", 7), "taken"]);
        (await ingestion.EventsAsync()).Select(stored => stored.Type).ShouldBe(["image_received_v1", "picture_placed_v1", "image_withdrawn_v1", "picture_removed_v1"], ignoreOrder: true);
        (await ParkedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_binary_form_carries_the_picture_as_it_is()
    {
        using var content = new ByteArrayContent(Picture);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = content };
        foreach (var (name, value) in new[] { ("specversion", "1.0"), ("id", "b%201"), ("source", "/shop"), ("type", InboundHandler.AvatarPublished), ("pictureid", "p1"), ("accountid", "shop") })
            request.Headers.TryAddWithoutValidation($"ce-{name}", value);
        using var response = await ingestion.Http.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        Outcome(answer).ShouldBe("taken");
        answer.Body!["items"]![0]!["id"]!.GetValue<string>().ShouldBe("b 1");
        var imageId = answer.Body["items"]![0]!["subject"]!.GetValue<string>();
        (await ingestion.GetAsync($"/v1/images/{imageId}")).Body!["sha256"]!.GetValue<string>().ShouldBe(RunningIngestion.Sha256(Picture));
    }

    [Fact]
    public async Task A_batch_is_answered_event_by_event_in_its_order()
    {
        var batch = new JsonArray(
            Event("e1", InboundHandler.ListingImagePublished, ("pictureid", "p1"), ("accountid", "shop")),
            Told("e2", "com.example.unknown"),
            Told("e3", InboundHandler.ListingImageWithdrawn, ("pictureid", "p1")),
            Event("e1", InboundHandler.ListingImagePublished, ("pictureid", "p1"), ("accountid", "shop")));
        var answer = await SendAsync(batch, "application/cloudevents-batch+json");
        answer.Status.ShouldBe(202, answer.Text);
        answer.Body!["items"]!.AsArray().Select(item => item!["outcome"]!.GetValue<string>()).ShouldBe(["taken", "parked", "taken", "duplicate"]);
    }

    [Fact]
    public async Task A_picture_can_be_given_by_its_address()
    {
        await using var server = await PictureServer.StartAsync(PictureServer.Serves(Picture));
        var told = Told("e1", InboundHandler.ListingImagePublished);
        told["data"] = new JsonObject { ["pictureId"] = "p1", ["accountId"] = "shop", ["url"] = $"{server.Address}a.jpg" };
        var imageId = await TakenAsync(told);
        (await ingestion.GetAsync($"/v1/images/{imageId}")).Body!["sha256"]!.GetValue<string>().ShouldBe(RunningIngestion.Sha256(Picture));
        await SendAsync(told);
        server.Visits.ShouldBe(1, "what was taken is not fetched again");
    }

    [Fact]
    public async Task Licences_are_granted_and_ended_by_events()
    {
        var workId = await ingestion.RegisterAsync("artist");
        var granted = Told("e1", InboundHandler.LicenceGrantedType);
        granted["data"] = new JsonObject { ["workId"] = workId, ["licenseeAccountId"] = "shop", ["until"] = "2030-01-01T00:00:00Z" };
        var licenceId = await TakenAsync(granted);
        (await ingestion.GetAsync($"/v1/licences/{licenceId}")).Body!["until"]!.GetValue<DateTimeOffset>().Year.ShouldBe(2030);
        var ended = Told("e2", InboundHandler.LicenceEndedType);
        ended["data"] = new JsonObject { ["licenceId"] = licenceId };
        (await TakenAsync(ended)).ShouldBe(licenceId);
        (await ingestion.EventsAsync()).Count(stored => stored.Type == "licence_ended_v1").ShouldBe(1);
    }

    [Theory]
    [InlineData("com.example.unknown", "{}", "Event_Type_Unknown", "/type")]
    [InlineData(InboundHandler.ListingImagePublished, "{}", "Request_Invalid", "/data/pictureId")]
    [InlineData(InboundHandler.ListingImagePublished, """{"pictureId":"p","accountId":"a"}""", "Request_Invalid", "/data/url")]
    [InlineData(InboundHandler.ListingImagePublished, """{"pictureId":"p","accountId":"a","surface":"Moon","url":"http://x.example/"}""", "Request_Invalid", "/data/surface")]
    [InlineData(InboundHandler.ListingImagePublished, """{"pictureId":"p","accountId":"a","url":"file:///etc/passwd"}""", "Fetch_Url_Invalid", "/data/url")]
    [InlineData(InboundHandler.ListingImagePublished, """{"pictureId":"p","accountId":"a","url":"http://169.254.169.254/latest/meta-data/"}""", "Fetch_Url_Forbidden", "/data/url")]
    [InlineData(InboundHandler.ListingImageWithdrawn, """{"pictureId":"never"}""", "Picture_Not_Published", "/data/pictureId")]
    [InlineData(InboundHandler.LicenceGrantedType, """{"workId":"wrk_unknown","licenseeAccountId":"a"}""", "Licence_Work_Unknown", "/data/workId")]
    [InlineData(InboundHandler.LicenceGrantedType, """{"workId":"w","licenseeAccountId":"a","until":"soon"}""", "Request_Invalid", "/data/until")]
    [InlineData(InboundHandler.LicenceEndedType, "{}", "Licence_Not_Found", "/data/licenceId")]
    public async Task What_cannot_be_taken_is_parked_once_with_the_reason(string type, string data, string code, string pointer)
    {
        var told = Told("e1", type);
        told["data"] = JsonNode.Parse(data);
        var answer = await SendAsync(told);
        Outcome(answer).ShouldBe("parked", answer.Text);
        Outcome(await SendAsync(told)).ShouldBe("duplicate");
        var parked = (await ParkedAsync()).ShouldHaveSingleItem()!;
        parked["parkedEventId"]!.GetValue<string>().ShouldBe(answer.Body!["items"]![0]!["parkedEventId"]!.GetValue<string>());
        (parked["code"]!.GetValue<string>(), parked["pointer"]!.GetValue<string>(), parked["type"]!.GetValue<string>(), parked["door"]!.GetValue<string>(), parked["status"]!.GetValue<string>())
            .ShouldBe((code, pointer, type, "http", "parked"));
        (await ingestion.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_parked_event_is_taken_when_its_reason_is_gone()
    {
        var gone = Told("early", InboundHandler.ListingImageWithdrawn, ("pictureid", "p1"));
        var parkedId = (await SendAsync(gone)).Body!["items"]![0]!["parkedEventId"]!.GetValue<string>();
        var again = (await ingestion.SendAsync(HttpMethod.Post, $"/v1/parked-events/{parkedId}/replays")).Accepted();
        (again["status"]!.GetValue<string>(), again["tries"]!.GetValue<int>()).ShouldBe(("parked", 2));

        var imageId = await TakenAsync(Event("late", InboundHandler.ListingImagePublished, ("pictureid", "p1"), ("accountid", "shop")));
        var taken = (await ingestion.SendAsync(HttpMethod.Post, $"/v1/parked-events/{parkedId}/replays")).Accepted();
        (taken["status"]!.GetValue<string>(), taken["subject"]!.GetValue<string>()).ShouldBe(("taken", imageId));
        (await StatusAsync(imageId)).ShouldBe("withdrawn");
        (await ingestion.SendAsync(HttpMethod.Post, $"/v1/parked-events/{parkedId}/replays")).Accepted()["tries"]!.GetValue<int>().ShouldBe(3, "what was taken is not tried again");
        (await ingestion.GetAsync("/v1/parked-events?status=parked")).Body!["items"]!.AsArray().ShouldBeEmpty();
        (await ingestion.GetAsync($"/v1/parked-events/{parkedId}")).Body!["status"]!.GetValue<string>().ShouldBe("taken");
    }

    [Fact]
    public async Task Plain_JSON_from_any_AMQP_client_is_taken_and_what_is_no_event_is_parked_with_its_bytes()
    {
        await PublishAsync(Event("e1", InboundHandler.ListingImagePublished, ("pictureid", "p1"), ("accountid", "shop")).ToJsonString(), "{ not json", "[]", Told("e2", "com.example.unknown").ToJsonString(),
            """{"specversion":"1.0","id":"\ud800","source":"/a","type":"imagerights.inbound.seller.registered.v1","data":{"accountId":"q"}}""", """{"specversion":"1.0","id":"3","source":"/a","type":"imagerights.inbound.seller.registered.v1","data":{"accountId":"q","deviceHashes":["\ud800"]}}""");
        await Eventually.HoldsAsync(async () => (await ParkedAsync()).Count.ShouldBe(5));
        await QueueIsEmptyAsync();
        (await ParkedAsync()).Select(parked => parked!["code"]!.GetValue<string>()).Order().ShouldBe(["Event_Malformed", "Event_Malformed", "Event_Malformed", "Event_Malformed", "Event_Type_Unknown"]);
        (await ParkedAsync()).ShouldAllBe(parked => parked!["door"]!.GetValue<string>() == "amqp");
        (await ingestion.EventsAsync()).Select(stored => stored.Type).ShouldBe(["image_received_v1", "picture_placed_v1"], ignoreOrder: true);
        var malformed = (await ParkedAsync()).First(parked => parked!["code"]!.GetValue<string>() == "Event_Malformed")!["parkedEventId"]!.GetValue<string>();
        (await ingestion.SendAsync(HttpMethod.Post, $"/v1/parked-events/{malformed}/replays")).Accepted()["status"]!.GetValue<string>().ShouldBe("parked");
    }

    [Fact]
    public async Task Events_that_arrive_while_the_service_is_down_wait_in_their_queue()
    {
        await QueueIsEmptyAsync();
        await ingestion.StopAsync();
        await PublishAsync([.. Enumerable.Range(0, 20).Select(number => Event($"e{number}", InboundHandler.AvatarPublished, ("pictureid", $"p{number}"), ("accountid", "shop")).ToJsonString())]);
        await ingestion.StartAsync("--Messaging:AwaitSubscribers=false");
        await Eventually.HoldsAsync(async () => (await ingestion.EventsAsync()).Count(stored => stored.Type == "image_received_v1").ShouldBe(20));
        await QueueIsEmptyAsync();
        (await ingestion.EventsAsync()).Count.ShouldBe(40);
    }

    [Theory]
    [InlineData("application/cloudevents+json", "{", 400, "Request_Malformed")]
    [InlineData("application/cloudevents+json", "[]", 422, "Event_Malformed")]
    [InlineData("application/cloudevents+json", "{\"id\":", 400, "Request_Malformed")]
    [InlineData("application/cloudevents+json", """{"specversion":"1.0","id":"\ud800","source":"/a","type":"imagerights.inbound.seller.registered.v1","data":{"accountId":"q"}}""", 400, "Request_Malformed")]
    [InlineData("application/cloudevents+json", """{"specversion":"1.0","id":"1","source":"/a","type":"imagerights.inbound.seller.registered.v1","data":{"\ud800":"q"}}""", 400, "Request_Malformed")]
    [InlineData("application/cloudevents+json", """{"specversion":"1.0","id":"1","\u0069d":"2","source":"/a","type":"imagerights.inbound.seller.registered.v1","data":{"accountId":"q"}}""", 400, "Request_Malformed")]
    [InlineData("application/cloudevents-batch+json", """[{"specversion":"1.0","id":"1","source":"/a","type":"imagerights.inbound.seller.registered.v1","data":{"accountId":"q"}},{"specversion":"1.0","id":"2","source":"/a","type":"imagerights.inbound.seller.registered.v1","data":{"accountId":"\ud800"}}]""", 400, "Request_Malformed")]
    [InlineData("application/cloudevents+json", "{\"id\":\"1\"}", 422, "Event_Malformed")]
    [InlineData("application/cloudevents-batch+json", "{}", 422, "Event_Malformed")]
    [InlineData("application/cloudevents-batch+json", "[{}]", 422, "Event_Malformed")]
    [InlineData("application/json", "{}", 415, "Media_Type_Unsupported")]
    [InlineData("text/plain", "x", 415, "Media_Type_Unsupported")]
    public async Task A_request_that_is_no_event_goes_back_to_its_sender(string type, string body, int status, string code)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        (await ingestion.SendAsync(HttpMethod.Post, "/v1/events", content)).ShouldBeProblem(status, code);
        (await ParkedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_parked_event_that_is_not_there_is_not_found()
    {
        (await ingestion.GetAsync("/v1/parked-events/prk_x")).ShouldBeProblem(404, "Parked_Event_Not_Found");
        (await ingestion.SendAsync(HttpMethod.Post, $"/v1/parked-events/prk_{new string('0', 32)}/replays")).ShouldBeProblem(404, "Parked_Event_Not_Found");
        (await ingestion.GetAsync("/v1/parked-events?status=lost")).ShouldBeProblem(422, "Request_Invalid", "/status");
    }

    private static JsonObject Event(string id, string type, params (string Name, string Value)[] attributes) => Event(id, type, Picture, attributes);

    private static JsonObject Event(string id, string type, byte[]? picture, params (string Name, string Value)[] attributes)
    {
        var json = new JsonObject { ["specversion"] = "1.0", ["id"] = id, ["source"] = "/shop", ["type"] = type, ["time"] = "2026-05-01T12:00:00Z" };
        foreach (var (name, value) in attributes) json[name] = value;
        if (picture is not null) json["data_base64"] = Convert.ToBase64String(picture);
        return json;
    }

    private static JsonObject Told(string id, string type, params (string Name, string Value)[] attributes) => Event(id, type, (byte[]?)null, attributes);

    private async Task<Answer> SendAsync(JsonNode body, string type = "application/cloudevents+json")
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await ingestion.SendAsync(HttpMethod.Post, "/v1/events", content);
    }

    private async Task<string> TakenAsync(JsonObject told)
    {
        var answer = await SendAsync(told);
        Outcome(answer).ShouldBe("taken", answer.Text);
        return answer.Body!["items"]![0]!["subject"]!.GetValue<string>();
    }

    private static string Outcome(Answer answer)
    {
        answer.Status.ShouldBe(202, answer.Text);
        return answer.Body!["items"]![0]!["outcome"]!.GetValue<string>();
    }

    private async Task<string> StatusAsync(string imageId) => (await ingestion.GetAsync($"/v1/images/{imageId}")).Body!["status"]!.GetValue<string>();

    private async Task<JsonArray> ParkedAsync() => (await ingestion.GetAsync("/v1/parked-events")).Body!["items"]!.AsArray();

    private async Task PublishAsync(params string[] bodies)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(ingestion.Messaging) }.CreateConnectionAsync();
        foreach (var body in bodies)
            // Until the service has declared its exchange and bound its queue, the broker has nowhere to put the message and gives it back.
            await Eventually.HoldsAsync(async () => await PublishAsync(connection, body));
    }

    private static async Task PublishAsync(IConnection connection, string body)
    {
        // Another channel for each try: one whose exchange is missing is closed by the broker.
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync(InboundQueue.Exchange, "shop.events", mandatory: true, new BasicProperties { Persistent = true, ContentType = "application/cloudevents+json" }, Encoding.UTF8.GetBytes(body));
    }

    // The declaration tells messages that are ready at this instant, the management API also those in work, some seconds late.
    private async Task QueueIsEmptyAsync()
    {
        using var management = await TestServers.ManagementAsync();
        var host = new Uri(ingestion.Messaging).AbsolutePath.Trim('/');
        await Eventually.HoldsAsync(async () =>
        {
            await using var connection = await new ConnectionFactory { Uri = new Uri(ingestion.Messaging) }.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync();
            (await channel.QueueDeclarePassiveAsync(InboundQueue.Queue)).MessageCount.ShouldBe(0u);
            var queue = JsonNode.Parse(await management.GetStringAsync($"api/queues/{host}/{InboundQueue.Queue}"))!;
            (queue["messages"]?.GetValue<int>() ?? -1).ShouldBe(0);
        }, TimeSpan.FromSeconds(45));
    }
}
