using ImageRights.Ingestion.Erasures;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Pictures;
using ImageRights.Ingestion.Sellers;
using ImageRights.Ingestion.Settlements;
using ImageRights.Ingestion.Slots;
using ImageRights.Ingestion.Works;

namespace ImageRights.Ingestion.UnitTests;

/// <summary>One of each fact, complete, and the least that it can hold.</summary>
internal static class Facts
{
    public static readonly DateTimeOffset Noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Picture ThePicture = new(new string('a', 64), "JPEG", 4000, 3000, 1, 1_234_567);

    public static readonly PictureMetadata Described = new(
        "Ada Example", "(c) 2024 Ada Example", "Example Agency", "Editorial use only", "Example Agency", "https://agency.example/licence",
        "2024-05-01T10:20:30", "Darkroom 3", 6, true, true, true);

    public static readonly ImageReceived Received = new("img_1", "seller-1", Surface.Listing, "listing-1", ThePicture, Described, true, Noon);
    public static readonly ImageWithdrawn Withdrawn = new("img_1", "seller-1", Noon);
    public static readonly WorkRegistered Registered = new(
        "wrk_1", "author-1", "Coat, autumn", "Ada Example", new DateOnly(2024, 4, 30), "Studio, daylight", ThePicture, Described, 97, Noon);
    public static readonly WorkWithdrawn WorkGone = new("wrk_1", "author-1", "desk-1", "Registered by mistake", Noon);
    public static readonly WorkSuspended Paused = new("wrk_1", "author-1", "wsp_1", "desk-1", "Registered twice", Noon);
    public static readonly WorkResumed Back = new("wrk_1", "author-1", "wsp_1", "desk-1", Noon);
    public static readonly LicenceGranted Granted = new("lic_1", "wrk_1", "seller-1", Noon, Noon.AddYears(1), Noon);
    public static readonly LicenceEnded Ended = new("lic_1", "wrk_1", "seller-1", Noon);

    public static readonly PicturePlaced Placed = new("shop-7/main", "img_1", Noon);
    public static readonly PictureRemoved Removed = new("shop-7/main", "img_1", Noon);

    public static readonly SellerReported Reported = new("seller-1", "CN", "zh-CN", new string('b', 64), [new string('c', 64), new string('d', 64)], true, Noon, Noon.AddSeconds(1));
    public static readonly SellerContactErased ContactErased = new("seller-1", Noon.AddHours(1));
    public static readonly SettlementPaid Paid = new("stl-1", "case_1", "seller-1", "author-1", 1200.50m, "CNY", Noon, Noon.AddSeconds(1));
    public static readonly SettlementWithdrawn CalledOff = new("stl-1", "case_1", "refunded", Noon, Noon.AddSeconds(1));

    public static readonly PersonErased Erased = new("ers_1", "seller-1", 1, Noon);

    public static readonly IReadOnlyList<object> Complete = [Received, Withdrawn, Registered, WorkGone, Paused, Back, Granted, Ended, Placed, Removed, Reported, ContactErased, Paid, CalledOff, Erased];

    public static readonly IReadOnlyList<object> Least =
    [
        Received with { ListingId = null, Metadata = PictureMetadata.None, Decoded = false },
        Registered with { CreatedOn = null, Description = null, Metadata = PictureMetadata.None },
        WorkGone with { Reason = null },
        Granted with { Until = null },
        Reported with { Country = null, Language = null, PayoutHash = null, DeviceHashes = [], HasEmail = false },
        Paid with { PayeeAccountId = null },
        CalledOff with { ReasonCode = null },
    ];
}
