using FsCheck;
using FsCheck.Fluent;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Works;
using ImageRights.TestKit;
using static ImageRights.Ingestion.UnitTests.Facts;

namespace ImageRights.Ingestion.UnitTests;

public class DecisionTests
{
    private static readonly DeciderSpec<ImageState, ImageCommand> Images = new(ImageState.Initial, Image.Evolve, (state, command) => Result(Image.Decide(state, command)));
    private static readonly DeciderSpec<WorkState, WorkCommand> Works = new(WorkState.Initial, Work.Evolve, (state, command) => Result(Work.Decide(state, command)));
    private static readonly DeciderSpec<LicenceState, LicenceCommand> Licences = new(LicenceState.Initial, Licence.Evolve, (state, command) => Result(Licence.Decide(state, command)));

    private static readonly ImageCommand.Receive Receive = new(Received.ImageId, Received.AccountId, Received.Surface, Received.ListingId, ThePicture, Described, true, Noon);
    private static readonly WorkCommand.Register Register = new(
        Registered.WorkId, Registered.AccountId, Registered.Title, Registered.Author, Registered.CreatedOn, Registered.Description, ThePicture, Described, 97, new RegistrationRules(), Noon);
    private static readonly LicenceCommand.Grant Grant = new(Granted.LicenceId, Granted.WorkId, "author-1", false, Granted.LicenseeAccountId, Granted.From, Granted.Until, Noon);

    [Fact]
    public void A_picture_is_received() => Images.Given().When(Receive).Then(Received);

    [Fact]
    public void A_received_picture_can_be_withdrawn() => Images.Given(Received).When(new ImageCommand.Withdraw(Noon)).Then(Withdrawn);

    [Fact]
    public void A_withdrawn_picture_stays_withdrawn() => Images.Given(Received, Withdrawn).When(new ImageCommand.Withdraw(Noon.AddDays(1))).Then();

    [Fact]
    public void What_was_never_received_cannot_be_withdrawn() => Images.Given().When(new ImageCommand.Withdraw(Noon)).ThenRejected("Image_Not_Found");

    [Fact]
    public void A_distinct_picture_is_registered() => Works.Given().When(Register).Then(Registered);

    [Theory]
    [InlineData(0)]
    [InlineData(49)]
    public void A_featureless_picture_is_not_registered(int quality) => Works.Given().When(Register with { PdqQuality = quality }).ThenRejected("Reg_Featureless");

    [Fact]
    public void Quality_fifty_is_enough() => Works.Given().When(Register with { PdqQuality = 50 }).Then(Registered with { PdqQuality = 50 });

    [Theory]
    [InlineData(319, 4000)]
    [InlineData(4000, 319)]
    public void A_picture_with_a_short_side_is_not_registered(int width, int height) =>
        Works.Given().When(Register with { Picture = ThePicture with { Width = width, Height = height } }).ThenRejected("Reg_Resolution_Low");

    [Fact]
    public void The_shortest_side_and_the_least_quality_are_settings() =>
        Works.Given().When(Register with { PdqQuality = 10, Picture = ThePicture with { Width = 100 }, Rules = new RegistrationRules(100, 10) })
            .Then(Registered with { PdqQuality = 10, Picture = ThePicture with { Width = 100 } });

    [Fact]
    public void A_portrait_is_registered_as_one() =>
        Works.Given().When(Register with { Kind = WorkKind.Portrait }).Then(Registered with { Kind = WorkKind.Portrait });

    [Fact]
    public void A_work_can_be_withdrawn_once()
    {
        var withdraw = new WorkCommand.Withdraw(WorkGone.By, WorkGone.Reason, Noon);
        Works.Given(Registered).When(withdraw).Then(WorkGone);
        Works.Given(Registered, WorkGone).When(withdraw with { By = "another" }).Then();
        Works.Given().When(withdraw).ThenRejected("Work_Not_Found");
    }

    [Fact]
    public void A_work_is_suspended_and_resumed_as_often_as_needed_but_not_once_it_is_withdrawn()
    {
        var (suspend, resume) = (new WorkCommand.Suspend(Paused.SuspensionId, Paused.By, Paused.Reason, Noon), new WorkCommand.Resume(Back.By, Noon));
        Works.Given(Registered).When(suspend).Then(Paused);
        Works.Given(Registered, Paused).When(suspend with { SuspensionId = "wsp_2" }).Then();
        Works.Given(Registered, Paused).When(resume).Then(Back);
        Works.Given(Registered).When(resume).Then();
        Works.Given(Registered, Paused, Back).When(suspend with { SuspensionId = "wsp_2" }).Then(Paused with { SuspensionId = "wsp_2" });
        Works.Given(Registered, Paused, WorkGone).When(resume).Then();
        Works.Given(Registered, WorkGone).When(suspend).Then();
        Works.Given().When(suspend).ThenRejected("Work_Not_Found");
    }

    [Fact]
    public void A_licence_is_granted_for_a_work_that_exists() => Licences.Given().When(Grant).Then(Granted);

    [Fact]
    public void A_licence_needs_a_work() => Licences.Given().When(Grant with { OwnerAccountId = null }).ThenRejected("Licence_Work_Unknown");

    [Fact]
    public void A_licence_is_of_a_work_that_still_gives_rights() => Licences.Given().When(Grant with { IsWithdrawn = true }).ThenRejected("Licence_Work_Withdrawn");

    [Fact]
    public void Nobody_licenses_a_work_to_himself() => Licences.Given().When(Grant with { LicenseeAccountId = Grant.OwnerAccountId! }).ThenRejected("Licence_To_Owner");

    [Fact]
    public void A_licence_must_not_end_before_it_begins() => Licences.Given().When(Grant with { Until = Grant.From }).ThenRejected("Licence_Term_Empty");

    [Fact]
    public void A_licence_can_be_ended_once()
    {
        Licences.Given(Granted).When(new LicenceCommand.End(Noon)).Then(Ended);
        Licences.Given(Granted, Ended).When(new LicenceCommand.End(Noon.AddDays(1))).Then();
        Licences.Given().When(new LicenceCommand.End(Noon)).ThenRejected("Licence_Not_Found");
    }

    [Fact]
    public void Any_command_to_an_image_twice_writes_nothing_the_second_time() => Holds(
        ImageState.Initial, Image.Evolve, Image.Decide,
        Gen.OneOf(
            from account in Gen.Elements("a", "b") from day in Gen.Choose(0, 3) select (ImageCommand)(Receive with { AccountId = account, Now = Noon.AddDays(day) }),
            from day in Gen.Choose(0, 3) select (ImageCommand)new ImageCommand.Withdraw(Noon.AddDays(day))));

    [Fact]
    public void Any_command_to_a_work_twice_writes_nothing_the_second_time() => Holds(
        WorkState.Initial, Work.Evolve, Work.Decide,
        Gen.OneOf(
            from quality in Gen.Choose(40, 60) from side in Gen.Choose(310, 330) from day in Gen.Choose(0, 3)
            select (WorkCommand)(Register with { PdqQuality = quality, Picture = ThePicture with { Width = side }, CreatedOn = new DateOnly(2024, 5, 1).AddDays(day) }),
            from day in Gen.Choose(0, 3) select (WorkCommand)new WorkCommand.Suspend($"wsp_{day}", "desk", "why", Noon.AddDays(day)),
            from day in Gen.Choose(0, 3) select (WorkCommand)new WorkCommand.Resume("desk", Noon.AddDays(day)),
            from day in Gen.Choose(0, 3) select (WorkCommand)new WorkCommand.Withdraw("desk", null, Noon.AddDays(day))));

    [Fact]
    public void Any_command_to_a_licence_twice_writes_nothing_the_second_time() => Holds(
        LicenceState.Initial, Licence.Evolve, Licence.Decide,
        Gen.OneOf(
            from owner in Gen.Elements<string?>("author-1", Granted.LicenseeAccountId, null) from withdrawn in Gen.Elements(true, false) from days in Gen.Choose(-1, 3)
            select (LicenceCommand)(Grant with { OwnerAccountId = owner, IsWithdrawn = withdrawn, Until = Grant.From.AddDays(days) }),
            from day in Gen.Choose(0, 3) select (LicenceCommand)new LicenceCommand.End(Noon.AddDays(day))));

    // A failure prints the seed to replay.
    private static void Holds<TState, TCommand>(TState initial, Func<TState, object, TState> evolve, Func<TState, TCommand, Decision> decide, Gen<TCommand> commands)
    {
        var property = Prop.ForAll(commands.ArrayOf().ToArbitrary(), history =>
        {
            var state = initial;
            foreach (var command in history)
            {
                var decision = decide(state, command);
                if (decision.Code is not null && decision.Events.Count > 0) return false;
                state = decision.Events.Aggregate(state, evolve);
                if (decide(state, command).Events.Count > 0) return false;
            }
            return true;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    private static (IReadOnlyList<object>, string?) Result(Decision decision) => (decision.Events, decision.Code);
}
