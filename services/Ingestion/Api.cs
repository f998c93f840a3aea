using ImageRights.Ingestion.Features.GrantingLicences;
using ImageRights.Ingestion.Features.HearingEvents;
using ImageRights.Ingestion.Features.PreChecking;
using ImageRights.Ingestion.Features.ReadingImages;
using ImageRights.Ingestion.Features.ReadingLicences;
using ImageRights.Ingestion.Features.ReadingSellers;
using ImageRights.Ingestion.Features.ReadingSettlements;
using ImageRights.Ingestion.Features.ReadingWorks;
using ImageRights.Ingestion.Features.ReceivingImages;
using ImageRights.Ingestion.Features.RegisteringWorks;
using ImageRights.Ingestion.Features.ReplayingParkedEvents;
using ImageRights.Ingestion.Features.StatingLimits;
using ImageRights.Ingestion.Inbound;
using ImageRights.Ingestion.Projections;
using ImageRights.ServiceDefaults.Http.Description;
using static ImageRights.ServiceDefaults.Http.Description.ApiOperation;

namespace ImageRights.Ingestion;

/// <summary>What the API's description says of each operation.</summary>
internal static class Api
{
    private static readonly string[] PictureCodes =
    [
        "Image_Empty", "Image_Format_Unsupported", "Image_Corrupt", "Image_Truncated", "Image_Too_Large", "Image_Too_Many_Pixels", "Image_Side_Too_Long", "Image_Too_Many_Frames",
        "Image_Too_Many_Scans", "Image_Metadata_Too_Large", "Image_Decode_Timeout", "Image_Decoder_Crashed", "Upload_Too_Slow",
    ];

    private static readonly (string, string) Account = ("accountId!", "The marketplace's id of the account: 1 to 128 visible characters.");
    private static readonly (string, string) Surface = ("surface", "Listing (unless given), Sku, Detail, VideoCover, Avatar, Profile or Review.");
    private static readonly (string, string) Listing = ("listingId", "The marketplace's id of the listing.");

    public static readonly ApiDescription Description = new(
        "ImageRights Ingestion", "Takes in pictures, registered originals, licences and what else the marketplace tells.", new Dictionary<string, ApiOperation>
        {
            ["ReceiveImage"] = Accepts<ImageAccepted>(PictureCodes).With(Account, Surface, Listing).WithFile() with
            {
                AlsoStatuses = [201], Headers = [("Prefer", "wait=N: answer with the verdict (201) when it falls within N seconds, at most 30 (RFC 7240).")], AppliesPreferences = true,
            },
            ["PreCheck"] = Reads<PreCheck>(PictureCodes).With(Account, Surface, Listing).WithFile(),
            ["WithdrawImage"] = Ends("Image_Not_Found"),
            ["GetImage"] = Reads<ImageView>("Image_Not_Found"),
            ["ListImages"] = Lists(ImageQueries.Shape),
            ["RegisterWork"] = Creates<WorkAccepted>([.. PictureCodes, "Reg_Featureless", "Reg_Resolution_Low"])
                .With(Account, ("title!", "One line of at most 200 characters."), ("author!", "One line of at most 200 characters."), ("createdOn", "Day, yyyy-MM-dd."), ("description", "At most 4000 characters."),
                    ("kind", "Original (unless given) or Portrait: a picture of a person, registered for that person, whose owner no uploader is told of."))
                .WithFile(),
            ["WithdrawWork"] = Ends("Work_Not_Found").With(("reason", "Why, at most 200 characters; stored with who withdrew it.")),
            ["SuspendWork"] = Ends("Work_Not_Found").With(("reason!", "Why, one line of at most 200 characters; stored with who suspended it.")),
            ["ResumeWork"] = Ends("Work_Not_Found"),
            ["GetWork"] = Reads<WorkView>("Work_Not_Found"),
            ["ListWorks"] = Lists(WorkQueries.Shape),
            ["GrantLicence"] = Creates<LicenceAccepted>("Licence_Work_Unknown", "Licence_Work_Withdrawn", "Licence_To_Owner", "Licence_Term_Empty"),
            ["EndLicence"] = Ends("Licence_Not_Found"),
            ["GetLicence"] = Reads<LicenceView>("Licence_Not_Found"),
            ["ListLicences"] = Lists(LicenceQueries.Shape),
            ["ListSellers"] = Lists(SellerQueries.Shape),
            ["GetSeller"] = Reads<SellerView>("Seller_Not_Found"),
            ["ForgetSeller"] = Ends("Seller_Not_Found"),
            ["ListSettlements"] = Lists(SettlementQueries.Shape),
            ["SendEvents"] = new ApiOperation { Status = 202, Answer = typeof(EventsAnswer), BodyMediaType = "application/cloudevents+json", Codes = ["Event_Malformed"] },
            ["ListParkedEvents"] = Lists(ParkedEventsEndpoint.Shape),
            ["GetParkedEvent"] = Reads<ParkedEvent>("Parked_Event_Not_Found"),
            ["ReplayParkedEvent"] = Reads<ParkedEvent>("Parked_Event_Not_Found"),
            ["GetLimits"] = Reads<Limits>(),
        });
}
