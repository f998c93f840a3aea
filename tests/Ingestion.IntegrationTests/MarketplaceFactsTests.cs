using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Ingestion.Inbound;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>What the marketplace tells of accounts and settlements.</summary>
public sealed class MarketplaceFactsTests : IAsyncLifetime
{
    private readonly RunningIngestion ingestion = new();

    public Task InitializeAsync() => ingestion.InitializeAsync();

    public Task DisposeAsync() => ingestion.DisposeAsync();

    [Fact]
    public async Task An_account_is_known_as_it_was_last_told_and_its_address_only_to_other_services()
    {
        (await TellAsync("e1", InboundHandler.SellerRegistered, Ada(), "2026-05-01T12:00:00Z")).ShouldBe("taken");
        (await TellAsync("e2", InboundHandler.SellerChanged, Ada(("country", "DE"), ("email", "ada@new.example")), "2026-05-01T13:00:00Z")).ShouldBe("taken");
        (await TellAsync("e3", InboundHandler.SellerChanged, Ada(("country", "FR")), "2026-05-01T12:30:00Z")).ShouldBe("taken", "and says nothing, for it is older than what is known");
        (await TellAsync("e2", InboundHandler.SellerChanged, Ada(), "2026-05-01T13:00:00Z")).ShouldBe("duplicate");

        var seller = await ingestion.GetAsync("/v1/sellers/shop%2F7");
        seller.Status.ShouldBe(200, seller.Text);
        (seller.Body!["country"]!.GetValue<string>(), seller.Body["version"]!.GetValue<int>(), seller.Body["hasEmail"]!.GetValue<bool>()).ShouldBe(("DE", 2, true));
        seller.Text.ShouldNotContain("Ada");
        seller.Text.ShouldNotContain("ada@");
        (await ContactAsync())["email"]!.GetValue<string>().ShouldBe("ada@new.example");

        var (_, told) = await ingestion.Bus.HearAsync<SellerReported>(message => message.Country == "DE");
        (told.AccountId, told.Language, told.DeviceHashes.Count, told.HasEmail).ShouldBe(("shop/7", "zh-CN", 2, true));
        (await ingestion.EventsAsync()).Select(stored => stored.Type).ShouldBe(["seller_reported_v1", "seller_reported_v1"]);
        (await ingestion.FactsTextAsync()).ShouldNotContain("ada@", Case.Insensitive, "the record of facts holds no personal data");
    }

    [Fact]
    public async Task Name_and_address_can_be_erased_and_what_is_told_later_counts_again()
    {
        await TellAsync("e1", InboundHandler.SellerRegistered, Ada(), "2026-05-01T12:00:00Z");
        (await ingestion.SendAsync(HttpMethod.Delete, "/v1/sellers/shop%2F7/contact", version: "\"7\"")).ShouldBeProblem(412, "Version_Stale");
        (await ingestion.SendAsync(HttpMethod.Delete, "/v1/sellers/nobody/contact", version: "\"1\"")).ShouldBeProblem(404, "Seller_Not_Found");
        (await ingestion.SendAsync(HttpMethod.Delete, "/v1/sellers/shop%2F7/contact", version: "\"1\"")).Status.ShouldBe(204);
        (await ingestion.GetAsync("/internal/v1/sellers/shop%2F7/contact")).ShouldBeProblem(404, "Seller_Not_Found");
        (await ingestion.GetAsync("/v1/sellers/shop%2F7")).Body!["hasEmail"]!.GetValue<bool>().ShouldBeFalse();
        (await AccountsAsync($"payoutHash={new string('b', 64)}")).ShouldBeEmpty("nothing links it to others any more");
        var (_, erased) = await ingestion.Bus.HearAsync<SellerContactErased>(_ => true);
        erased.AccountId.ShouldBe("shop/7");
        await TellAsync("e2", InboundHandler.SellerChanged, Ada(), "2026-05-01T14:00:00Z");
        (await ingestion.GetAsync("/internal/v1/sellers/shop%2F7/contact")).ShouldBeProblem(404, "Seller_Not_Found");
        await TellAsync("e3", InboundHandler.SellerChanged, Ada(("displayName", "Ada B.")), "2099-05-01T14:00:00Z");
        (await ContactAsync())["displayName"]!.GetValue<string>().ShouldBe("Ada B.");
    }

    [Fact]
    public async Task Accounts_that_share_a_device_or_a_payout_are_listed_together()
    {
        await TellAsync("e1", InboundHandler.SellerRegistered, Ada(), "2026-05-01T12:00:00Z");
        await TellAsync("e2", InboundHandler.SellerRegistered, Ada(("accountId", "shop-8")), "2026-05-01T12:00:00Z");
        await TellAsync("e3", InboundHandler.SellerRegistered, Ada(("accountId", "shop-9"), ("payoutHash", new string('0', 64)), ("deviceHashes", new JsonArray())), "2026-05-01T12:00:00Z");
        (await AccountsAsync($"payoutHash={new string('b', 64)}")).ShouldBe(["shop-8", "shop/7"]);
        (await AccountsAsync($"deviceHash={new string('c', 64)}&sort=changedAt")).ShouldBe(["shop/7", "shop-8"]);
        (await AccountsAsync("country=CN&limit=2")).ShouldBe(["shop-9", "shop-8"]);
    }

    [Fact]
    public async Task Settlements_are_paid_and_withdrawn_once()
    {
        (await TellAsync("e1", InboundHandler.SettlementPaidType, Money(), "2026-05-01T12:00:00Z")).ShouldBe("taken");
        (await TellAsync("e2", InboundHandler.SettlementPaidType, Money(), "2026-05-01T12:00:00Z")).ShouldBe("taken", "the same payment told twice is one");
        (await TellAsync("e3", InboundHandler.SettlementPaidType, Money(("amount", 7)), "2026-05-01T12:00:00Z")).ShouldBe("parked");
        (await TellAsync("e4", InboundHandler.SettlementWithdrawnType, new JsonObject { ["settlementId"] = "stl-1", ["caseId"] = "case_1", ["reasonCode"] = "refunded" }, "2026-05-02T12:00:00Z")).ShouldBe("taken");
        var settlement = (await ingestion.GetAsync("/v1/settlements?caseId=case_1&accountId=author")).Accepted()["items"]!.AsArray().Single()!;
        (settlement["status"]!.GetValue<string>(), settlement["amount"]!.GetValue<decimal>(), settlement["reasonCode"]!.GetValue<string>()).ShouldBe(("withdrawn", 1200.5m, "refunded"));
        (await ingestion.Bus.HearAsync<SettlementPaid>(message => message.CaseId == "case_1")).Contract.Amount.ShouldBe(1200.5m);
        (await ingestion.Bus.HearAsync<SettlementWithdrawn>(message => message.CaseId == "case_1")).Contract.ReasonCode.ShouldBe("refunded");
        (await ingestion.EventsAsync()).Select(stored => stored.Type).ShouldBe(["settlement_paid_v1", "settlement_withdrawn_v1"]);
    }

    [Theory]
    [InlineData(InboundHandler.SellerRegistered, """{}""", "/data/accountId")]
    [InlineData(InboundHandler.SellerRegistered, """{"accountId":"a","email":"a b@example.com"}""", "/data/email")]
    [InlineData(InboundHandler.SellerRegistered, """{"accountId":"a","email":"Ada <ada@example.com>"}""", "/data/email")]
    [InlineData(InboundHandler.SellerRegistered, """{"accountId":"a","email":"ada@example.com\r\nBcc: all@example.com"}""", "/data/email")]
    [InlineData(InboundHandler.SellerRegistered, """{"accountId":"a","displayName":"x\ny"}""", "/data/displayName")]
    [InlineData(InboundHandler.SellerRegistered, """{"accountId":"a","country":"China"}""", "/data/country")]
    [InlineData(InboundHandler.SellerRegistered, """{"accountId":"a","language":"中文"}""", "/data/language")]
    [InlineData(InboundHandler.SellerRegistered, """{"accountId":"a","payoutHash":"6222021234567890"}""", "/data/payoutHash")]
    [InlineData(InboundHandler.SellerChanged, """{"accountId":"a","deviceHashes":"x"}""", "/data/deviceHashes")]
    [InlineData(InboundHandler.SellerChanged, """{"accountId":"a","deviceHashes":["x"]}""", "/data/deviceHashes")]
    [InlineData(InboundHandler.SettlementPaidType, """{"settlementId":"s","caseId":"c","payerAccountId":"p","amount":-1,"currency":"CNY"}""", "/data/amount")]
    [InlineData(InboundHandler.SettlementPaidType, """{"settlementId":"s","caseId":"c","payerAccountId":"p","amount":"1.00001","currency":"CNY"}""", "/data/amount")]
    [InlineData(InboundHandler.SettlementPaidType, """{"settlementId":"s","caseId":"c","payerAccountId":"p","amount":1,"currency":"yuan"}""", "/data/currency")]
    [InlineData(InboundHandler.SettlementPaidType, """{"settlementId":"s","caseId":"c","amount":1,"currency":"CNY"}""", "/data/payerAccountId")]
    [InlineData(InboundHandler.SettlementWithdrawnType, """{"settlementId":"s"}""", "/data/caseId")]
    public async Task Bad_data_are_parked_with_the_field_at_fault(string type, string data, string pointer)
    {
        (await TellAsync("e1", type, JsonNode.Parse(data)!.AsObject(), "2026-05-01T12:00:00Z")).ShouldBe("parked");
        var parked = (await ingestion.GetAsync("/v1/parked-events?code=Request_Invalid")).Accepted()["items"]!.AsArray().Single()!;
        parked["pointer"]!.GetValue<string>().ShouldBe(pointer);
        (await ingestion.EventsAsync()).ShouldBeEmpty();
    }

    private static JsonObject Ada(params (string Name, JsonNode Value)[] changes) => With(
        new JsonObject
        {
            ["accountId"] = "shop/7", ["displayName"] = "Ada Example", ["email"] = "ada@example.com", ["language"] = "zh-CN", ["country"] = "CN",
            ["payoutHash"] = new string('b', 64), ["deviceHashes"] = new JsonArray(new string('d', 64), new string('c', 64), new string('c', 64)),
        },
        changes);

    private static JsonObject Money(params (string Name, JsonNode Value)[] changes) => With(
        new JsonObject { ["settlementId"] = "stl-1", ["caseId"] = "case_1", ["payerAccountId"] = "shop", ["payeeAccountId"] = "author", ["amount"] = 1200.50m, ["currency"] = "CNY" }, changes);

    private static JsonObject With(JsonObject data, (string Name, JsonNode Value)[] changes)
    {
        foreach (var (name, value) in changes) data[name] = value;
        return data;
    }

    private async Task<string> TellAsync(string id, string type, JsonObject data, string time)
    {
        var told = new JsonObject { ["specversion"] = "1.0", ["id"] = id, ["source"] = "/shop", ["type"] = type, ["time"] = time, ["data"] = data };
        using var content = new StringContent(told.ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json");
        var answer = await ingestion.SendAsync(HttpMethod.Post, "/v1/events", content);
        answer.Status.ShouldBe(202, answer.Text);
        return answer.Body!["items"]![0]!["outcome"]!.GetValue<string>();
    }

    private async Task<JsonNode> ContactAsync() => (await ingestion.GetAsync("/internal/v1/sellers/shop%2F7/contact")).Accepted();

    private async Task<string[]> AccountsAsync(string query) =>
        [.. (await ingestion.GetAsync($"/v1/sellers?{query}")).Accepted()["items"]!.AsArray().Select(item => item!["accountId"]!.GetValue<string>())];
}
