using System.Text.Json;
using ImageRights.Ingestion.Inbound;

namespace ImageRights.Ingestion.UnitTests;

public class CloudEventTests
{
    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"/shop","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"","source":"/shop","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","source":"/shop","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":null,"source":"/shop","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":{"a":1},"source":"/shop","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"a\u0000b","source":"/shop","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/shop","type":"t","Upper":"x"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/shop","type":"t","data_base64":"***"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/shop","type":"t","data_base64":"AAAA","data":{}}""")]
    public void What_is_no_event_is_refused(string json) => Read(json).Rejection!.Code.ShouldBe("Event_Malformed");

    [Fact]
    public void An_event_is_read_with_its_data_or_its_bytes()
    {
        var (told, _) = Read("""{"specversion":"1.0","id":"1","source":"/shop","type":"t","accountid":"from-attribute","data":{"accountId":"from-data","size":7}}""");
        (told!.Id, told.Source, told.Type, told.Field("accountId"), told.Field("size"), told.Field("none")).ShouldBe(("1", "/shop", "t", "from-data", "7", null));
        var (shown, _) = Read("""{"specversion":"1.0","id":"1","source":"/shop","type":"t","accountid":"seller","data_base64":"AQID"}""");
        shown!.Bytes.ShouldBe([1, 2, 3]);
        shown.Field("accountId").ShouldBe("seller");
    }

    [Fact]
    public void Identity_is_source_and_id_and_survives_the_structured_form()
    {
        var (one, _) = Read("""{"specversion":"1.0","id":"1","source":"/shop","type":"t","data":{"a":[1,"ä"]}}""");
        var (same, _) = Read("""{"specversion":"1.0","id":"1","source":"/shop","type":"other"}""");
        var (another, _) = Read("""{"specversion":"1.0","id":"1","source":"/other","type":"t"}""");
        same!.MessageId.ShouldBe(one!.MessageId);
        another!.MessageId.ShouldNotBe(one.MessageId);
        var (again, _) = CloudEvent.Read(JsonSerializer.Deserialize<JsonElement>(one.ToJson()));
        again!.Attributes.ShouldBe(one.Attributes, ignoreOrder: true);
        again.Data!.Value.GetProperty("a")[1].GetString().ShouldBe("ä");
    }

    private static (CloudEvent? Event, ServiceDefaults.Problems.Rejection? Rejection) Read(string json) => CloudEvent.Read(JsonSerializer.Deserialize<JsonElement>(json));
}
