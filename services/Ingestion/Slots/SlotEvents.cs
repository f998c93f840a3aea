namespace ImageRights.Ingestion.Slots;

// These are the stored form: a change here needs a new stored name and an upcast.

/// <summary>The marketplace shows a picture in a place of its own naming.</summary>
/// <param name="PictureId">The marketplace's id of the place.</param>
/// <param name="ImageId">The upload that is shown there now.</param>
public sealed record PicturePlaced(string PictureId, string ImageId, DateTimeOffset PlacedAt);

/// <summary>The marketplace shows nothing there any more.</summary>
public sealed record PictureRemoved(string PictureId, string ImageId, DateTimeOffset RemovedAt);
