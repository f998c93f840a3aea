using System.Net;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>What was is what can be shown: read models from the facts alone, and a case as it was at any instant.</summary>
[Collection(LawCollection.Name)]
public class RecordJourneyTests(LawService service)
{
    private const string NewYork = "America/New_York";

    [Fact]
    public async Task Read_models_folded_again_from_the_facts_are_the_same_to_the_last_character()
    {
        var dispute = await RestoredAsync();
        var catalogue = RegimeCatalogue.BuiltIn();
        var options = new StoreOptions { ServiceName = "rebuild", ConnectionString = service.Database };
        Composition.Register(options, catalogue);
        await using var store = new DocumentStore(options);
        await using var session = store.LightweightSession();
        var stored = await session.QueryAsync<CaseView>("order by id", []);
        stored.ShouldContain(view => view.CaseId == dispute.Id);
        foreach (var view in stored)
        {
            var events = await session.Events.FetchStreamAsync(new CaseId(view.CaseId).StreamKey);
            Json(events.Aggregate((CaseView?)null, CaseView.Evolve)!).ShouldBe(Json(view));
            var agenda = events.Aggregate((CaseAgenda?)null, (current, fact) => CaseAgenda.Evolve(current, fact, catalogue));
            var kept = await session.LoadAsync<CaseAgenda>(view.CaseId);
            (agenda is null).ShouldBe(kept is null);
            if (agenda is not null) Json(agenda).ShouldBe(Json(kept!));
        }

        static string Json(object value) => System.Text.Json.JsonSerializer.Serialize(value, value.GetType(), StoreOptions.Json);
    }

    [Fact]
    public async Task A_case_is_shown_as_it_was_at_any_past_instant()
    {
        var dispute = await RestoredAsync();
        foreach (var (at, state) in new[] { ("2026-11-13T11:00", "Open"), ("2026-11-14T00:00", "TakenDown"), ("2026-12-07T23:00", "CounterNoticed"), ("2026-12-08T12:00", "Reinstated") })
            ((string)(await AtAsync(at))["state"]!).ShouldBe(state, at);
        (await service.GetAsync($"/v1/cases/{dispute.Id}/history?at={LawService.At("2026-11-01T00:00", NewYork):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");

        async Task<JsonNode> AtAsync(string local) =>
            (await service.GetAsync($"/v1/cases/{dispute.Id}/history?at={LawService.At(local, NewYork):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBe(HttpStatusCode.OK).Body!["case"]!;
    }

    [Fact]
    public async Task The_terms_that_a_party_saw_at_any_past_instant_are_shown_again()
    {
        var dispute = await RestoredAsync();
        (await AtAsync("2026-11-14T00:00")).ShouldBeNull("nobody had objected yet");
        var then = (await AtAsync("2026-12-01T00:00")).ShouldNotBeNull();
        ((string)then["status"]!, (string)then["opensOn"]!, (string)then["lastDay"]!).ShouldBe(("Running", "2026-12-07", "2026-12-11"));
        ((string)(await AtAsync("2026-12-08T12:00"))!["status"]!).ShouldBe("Fired");
        (await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines?at=yesterday")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines?at=9999-12-31T23:59:59Z")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await service.PostAsync($"/v1/cases/{dispute.Id}/what-if", new { at = "9999-12-31T23:59:59Z" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");

        async Task<JsonNode?> AtAsync(string local) =>
            (await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines?at={LawService.At(local, NewYork):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBe(HttpStatusCode.OK).Body!["deadlines"]!.AsArray()
                .SingleOrDefault(item => (string)item!["rule"]! == "US-06");
    }

    private async Task<LawCase> RestoredAsync()
    {
        var dispute = await (await LawCase.NotifiedAsync(service, "us-dmca-512", "2026-11-13T10:00", NewYork)).TakenDownAsync("2026-11-13T12:00");
        (await dispute.StepAtAsync("2026-11-20T15:00", "counter-notice", dispute.Counter())).ShouldBe(HttpStatusCode.OK);
        await service.GoToAsync("2026-12-09T00:00", NewYork);
        (await dispute.StateAsync()).ShouldBe("Reinstated");
        return dispute;
    }
}
