using ImageRights.Ingestion.Slots;

namespace ImageRights.Ingestion.UnitTests;

public class SlotTests
{
    private static readonly SlotState Shown = new("main", "img_1");

    [Fact]
    public void A_picture_is_placed_once()
    {
        var decision = Slot.Decide(SlotState.Initial, new SlotCommand.Place("main", "img_1", Facts.Noon));
        decision.Events.ShouldBe([new PicturePlaced("main", "img_1", Facts.Noon)]);
        Slot.Decide(decision.Events.Aggregate(SlotState.Initial, Slot.Evolve), new SlotCommand.Place("main", "img_1", Facts.Noon.AddDays(1))).ShouldBe(Decision.Nothing);
    }

    [Fact]
    public void Another_picture_takes_the_place() =>
        Slot.Decide(Shown, new SlotCommand.Place("main", "img_2", Facts.Noon)).Events.Aggregate(Shown, Slot.Evolve).ImageId.ShouldBe("img_2");

    [Fact]
    public void A_place_is_emptied_once()
    {
        var decision = Slot.Decide(Shown, new SlotCommand.Remove(Facts.Noon));
        decision.Events.ShouldBe([new PictureRemoved("main", "img_1", Facts.Noon)]);
        Slot.Decide(decision.Events.Aggregate(Shown, Slot.Evolve), new SlotCommand.Remove(Facts.Noon)).Code.ShouldBe("Picture_Not_Published");
    }

    [Fact]
    public void Nothing_can_be_removed_from_a_place_that_never_was() =>
        Slot.Decide(SlotState.Initial, new SlotCommand.Remove(Facts.Noon)).Code.ShouldBe("Picture_Not_Published");
}
