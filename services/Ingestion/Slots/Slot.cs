namespace ImageRights.Ingestion.Slots;

/// <summary>What decisions about a place rest on.</summary>
/// <param name="ImageId">The upload that is shown there; null while it is empty.</param>
public sealed record SlotState(string PictureId, string? ImageId)
{
    /// <summary>Before the first event.</summary>
    public static readonly SlotState Initial = new("", null);
}

/// <summary>What can be asked of a place.</summary>
public abstract record SlotCommand
{
    private SlotCommand()
    {
    }

    /// <summary>Shows a picture; whatever was there goes.</summary>
    public sealed record Place(string PictureId, string ImageId, DateTimeOffset Now) : SlotCommand;

    /// <summary>Shows nothing any more.</summary>
    public sealed record Remove(DateTimeOffset Now) : SlotCommand;
}

/// <summary>A place on the marketplace that shows one picture at a time, under the marketplace's own id: so that its events need not know ours. Pure.</summary>
public static class Slot
{
    /// <summary>Begin of a place's stream key.</summary>
    public const string StreamPrefix = "slot-";

    /// <summary>Stream of a place.</summary>
    public static string Stream(string pictureId) => StreamPrefix + pictureId;

    /// <summary>Decides; the same command again decides nothing, or finds the place empty.</summary>
    public static Decision Decide(SlotState state, SlotCommand command) => command switch
    {
        SlotCommand.Place c when state.ImageId == c.ImageId => Decision.Nothing,
        SlotCommand.Place c => Decision.Accept(new PicturePlaced(c.PictureId, c.ImageId, c.Now)),
        SlotCommand.Remove when state.ImageId is null => Decision.Refuse("Picture_Not_Published", pointer: "/data/pictureId"),
        SlotCommand.Remove c => Decision.Accept(new PictureRemoved(state.PictureId, state.ImageId, c.Now)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} has no decision."),
    };

    /// <summary>Folds a fact.</summary>
    public static SlotState Evolve(SlotState state, object fact) => fact switch
    {
        PicturePlaced e => new SlotState(e.PictureId, e.ImageId),
        PictureRemoved => state with { ImageId = null },
        _ => state,
    };
}
