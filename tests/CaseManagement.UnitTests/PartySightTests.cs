using System.Collections;
using System.Reflection;
using System.Text.Json;
using ImageRights.CaseManagement.CaseFiles;
using ImageRights.CaseManagement.Cases;
using ImageRights.EventStore;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests;

/// <summary>What of a case's facts a party sees.</summary>
public class PartySightTests
{
    private static readonly Guid Told = Guid.Parse("0190b7a0-0000-7000-8000-000000000001");

    [Fact]
    public void Of_each_member_of_each_fact_somebody_has_said_whether_the_other_side_sees_it()
    {
        var members = typeof(CaseEvent).GetNestedTypes().Where(type => !type.IsAbstract).SelectMany(MembersOf).Distinct().ToList();
        members.Except(PartySight.Shared).Except(PartySight.Withheld).ShouldBeEmpty();
        PartySight.Shared.Intersect(PartySight.Withheld).ShouldBeEmpty();
        PartySight.Shared.Concat(PartySight.Withheld).Except(members).ShouldBeEmpty("what no fact has any more");
    }

    [Fact]
    public void Its_own_act_it_sees_whole_and_another_s_without_person_words_and_papers()
    {
        var fact = Applied with { Act = new Act("usr_mei", "Copyright", "Seen that seller before.", DateTimeOffset.UnixEpoch, "desk") };
        var data = Data(fact);
        var (respondent, complainant) = (Sight(fact.Dispute.RespondentAccountId), Sight(fact.Dispute.ComplainantAccountId!));

        var shown = complainant.Of(Told, "measure_applied_v1", data)!.ToJsonString();
        foreach (var secret in new[] { "usr_mei", "desk", "Seen that seller" }) shown.ShouldNotContain(secret);
        shown.ShouldContain("Copyright");
        complainant.ActorOf("measure_applied_v1", data, "desk/usr_mei").ShouldBe("Platform");
        // The reasons are stated to whom the measure restricts, and not who decided.
        respondent.Of(Told, "measure_applied_v1", data)!.ToJsonString().ShouldSatisfyAllConditions(text => text.ShouldContain("Seen that seller"), text => text.ShouldNotContain("usr_mei"), text => text.ShouldNotContain("desk"));

        var own = new PartySight("usr_mei", new HashSet<Guid>());
        JsonElement.DeepEquals(JsonSerializer.SerializeToElement(own.Of(Guid.Empty, "measure_applied_v1", data)), data).ShouldBeTrue();
        own.ActorOf("measure_applied_v1", data, "desk/usr_mei").ShouldBe("desk/usr_mei");
    }

    [Fact]
    public void What_it_was_not_told_of_it_does_not_see_but_for_the_opening()
    {
        var sight = Sight(Countered.Dispute.ComplainantAccountId!);
        sight.Of(Guid.Empty, "counter_notice_received_v1", Data(Countered)).ShouldBeNull();
        Sight(Opened.Dispute.RespondentAccountId).Of(Guid.Empty, "case_opened_v1", Data(Opened)).ShouldNotBeNull().ToJsonString().ShouldNotContain(Opened.ReportId!);
        sight.ActorOf("counter_notice_received_v1", Data(Countered), "x").ShouldBe("Respondent");
        Sight(Opened.Dispute.RespondentAccountId).ActorOf("case_opened_v1", Data(Opened), "x").ShouldBe("Complainant");
    }

    private static PartySight Sight(string account) => new(account, new HashSet<Guid> { Told });

    private static JsonElement Data(CaseEvent fact) => JsonSerializer.SerializeToElement(fact, fact.GetType(), StoreOptions.Json);

    private static IEnumerable<string> MembersOf(Type type)
    {
        foreach (var property in type.GetProperties().Where(property => property.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>() is null && property.GetIndexParameters().Length == 0))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            yield return name;
            // What is kept back is kept back with all that is in it.
            if (PartySight.Withheld.Contains(name)) continue;
            var value = property.PropertyType;
            if (value.IsGenericType && typeof(IEnumerable).IsAssignableFrom(value)) value = value.GetGenericArguments()[^1];
            if (value.Namespace!.StartsWith("ImageRights", StringComparison.Ordinal) && !value.IsEnum) foreach (var inner in MembersOf(value)) yield return inner;
        }
    }
}
