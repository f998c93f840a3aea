using ImageRights.Ingestion.Pictures;

namespace ImageRights.Ingestion.Images;

/// <summary>What decisions about an uploaded image rest on.</summary>
public sealed record ImageState(string ImageId, string AccountId, bool IsReceived, bool IsWithdrawn)
{
    /// <summary>Before the first event.</summary>
    public static readonly ImageState Initial = new("", "", false, false);
}

/// <summary>What can be asked of an image.</summary>
public abstract record ImageCommand
{
    private ImageCommand()
    {
    }

    /// <summary>Takes a picture in.</summary>
    public sealed record Receive(
        string ImageId, string AccountId, Surface Surface, string? ListingId, Picture Picture, PictureMetadata Metadata, bool Decoded, DateTimeOffset Now) : ImageCommand;

    /// <summary>Takes a picture out of matching; its record and its bytes stay.</summary>
    public sealed record Withdraw(DateTimeOffset Now) : ImageCommand;
}

/// <summary>An image's life: received, later perhaps withdrawn. Pure.</summary>
public static class Image
{
    /// <summary>Begin of an image's stream key.</summary>
    public const string StreamPrefix = "image-";

    /// <summary>Begin of the ids.</summary>
    public const string IdPrefix = "img_";

    /// <summary>Stream of an image.</summary>
    public static string Stream(string imageId) => StreamPrefix + imageId;

    /// <summary>Decides; the same command again decides nothing.</summary>
    public static Decision Decide(ImageState state, ImageCommand command) => command switch
    {
        ImageCommand.Receive when state.IsReceived => Decision.Nothing,
        ImageCommand.Receive c => Decision.Accept(
            new ImageReceived(c.ImageId, c.AccountId, c.Surface, c.ListingId, c.Picture, c.Metadata, c.Decoded, c.Now)),
        ImageCommand.Withdraw when !state.IsReceived => Decision.Refuse("Image_Not_Found"),
        ImageCommand.Withdraw when state.IsWithdrawn => Decision.Nothing,
        ImageCommand.Withdraw c => Decision.Accept(new ImageWithdrawn(state.ImageId, state.AccountId, c.Now)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} has no decision."),
    };

    /// <summary>Folds a fact.</summary>
    public static ImageState Evolve(ImageState state, object fact) => fact switch
    {
        ImageReceived e => new ImageState(e.ImageId, e.AccountId, true, false),
        ImageWithdrawn => state with { IsWithdrawn = true },
        _ => state,
    };
}
