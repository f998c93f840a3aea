using ImageRights.Notification.Endpoints;
using ImageRights.TestKit;

namespace ImageRights.Notification.UnitTests;

public sealed class EndpointTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private const string Id = "whe_0195500000007000800000000000000a";

    internal static readonly EndpointEvent.Registered Registered = new(Id, "https://shop.example/hooks", ["imagerights.case.opened.v1"], "orders", "whs_1", At);

    internal static DeciderSpec<WebhookEndpoint, EndpointCommand> Spec => new(
        WebhookEndpoint.Initial, WebhookEndpoint.Evolve, (state, command) => WebhookEndpoint.Decide(state, command) is var decision ? (decision.Events, decision.RejectionCode) : default);

    [Fact]
    public void Registering_begins_an_endpoint() => Spec
        .Given()
        .When(new EndpointCommand.Register(Id, "https://shop.example/hooks", ["imagerights.case.opened.v1"], "orders", "whs_1", At))
        .Then(Registered);

    [Fact]
    public void A_change_says_only_what_is_different() => Spec
        .Given(Registered)
        .When(new EndpointCommand.Change("https://new.example/hooks", ["imagerights.case.opened.v1"], null, null, At))
        .Then(new EndpointEvent.Moved("https://new.example/hooks", At));

    [Fact]
    public void One_change_can_be_several_facts() => Spec
        .Given(Registered)
        .When(new EndpointCommand.Change("https://new.example/hooks", [], "", false, At))
        .Then(
            new EndpointEvent.Moved("https://new.example/hooks", At), new EndpointEvent.FilterChanged([], At), new EndpointEvent.Described(null, At),
            new EndpointEvent.Disabled(Id, DisableReason.ByRequest, At));

    [Fact]
    public void A_disabled_endpoint_can_be_enabled() => Spec
        .Given(Registered, new EndpointEvent.Disabled(Id, DisableReason.Failing, At))
        .When(new EndpointCommand.Change(null, null, null, true, At))
        .Then(new EndpointEvent.Enabled(At));

    [Fact]
    public void A_receiver_that_is_gone_is_disabled_once() => Spec
        .Given(Registered)
        .When(new EndpointCommand.Disable(DisableReason.Gone, At))
        .Then(new EndpointEvent.Disabled(Id, DisableReason.Gone, At));

    [Fact]
    public void Disabling_twice_keeps_the_first_reason() => Spec
        .Given(Registered, new EndpointEvent.Disabled(Id, DisableReason.Gone, At))
        .When(new EndpointCommand.Disable(DisableReason.ByRequest, At))
        .Then();

    [Fact]
    public void Rotation_names_the_secret_before_and_its_end() => Spec
        .Given(Registered)
        .When(new EndpointCommand.RotateSecret("whs_2", Day, At))
        .Then(new EndpointEvent.SecretRotated("whs_2", "whs_1", At + Day, At));

    [Fact]
    public void A_disabled_endpoint_keeps_its_secret() => Spec
        .Given(Registered, new EndpointEvent.Disabled(Id, DisableReason.ByRequest, At))
        .When(new EndpointCommand.RotateSecret("whs_2", Day, At))
        .ThenRejected("Endpoint_Disabled");

    [Fact]
    public void What_was_never_registered_is_not_found()
    {
        Spec.Given().When(new EndpointCommand.Change(null, null, null, true, At)).ThenRejected("Endpoint_Not_Found");
        Spec.Given().When(new EndpointCommand.RotateSecret("whs_2", Day, At)).ThenRejected("Endpoint_Not_Found");
        Spec.Given().When(new EndpointCommand.Disable(DisableReason.Gone, At)).ThenRejected("Endpoint_Not_Found");
    }

    [Theory]
    [InlineData("whe_0195500000007000800000000000000a", true)]
    [InlineData("whe_0195500000007000800000000000000A", false)]
    [InlineData("whe_0195500000007000800000000000000", false)]
    [InlineData("img_0195500000007000800000000000000a", false)]
    [InlineData("whe_01955000000070008000000000000\0\0a", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_id_is_prefix_and_32_digits(string? id, bool isWellFormed) => EndpointId.IsWellFormed(id).ShouldBe(isWellFormed);
}
