using ImageRights.EventStore;
using ImageRights.Ingestion.Decoding;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Probing;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.RegisteringWorks;

/// <summary>Answer to a registration.</summary>
public sealed record WorkAccepted(
    string WorkId, string Sha256, string Format, int Width, int Height, long ByteCount, int PdqQuality, IReadOnlyDictionary<string, string> Links);

/// <summary>The door for originals.</summary>
public static class RegisterWorkEndpoint
{
    private const int LongestName = 200, LongestDescription = 4000;

    /// <summary>POST /v1/works.</summary>
    public static void MapRegisterWork(this IEndpointRouteBuilder works) =>
        works.MapPost("", RegisterAsync).Requires(Permission.WorksWrite).HoldsToAccount()
            .WithName("RegisterWork").WithSummary("Registers an original: multipart/form-data with the part file and the fields accountId, title, author, createdOn, description, kind");

    private static async Task<IResult> RegisterAsync(
        HttpContext context, DocumentStore store, PictureIntake intake, PictureLimits limits, UploadOptions options, RegistrationRules rules, TimeProvider clock)
    {
        var (form, refused) = await UploadForm.ReceiveAsync(context, limits, options);
        if (form is null) return context.Problem(refused!);
        await using var upload = form;
        var fields = form.ReadFields();
        var accountId = fields.Identifier("accountId");
        var title = fields.Line("title", LongestName);
        var author = fields.Line("author", LongestName);
        var createdOn = fields.OptionalPastDay("createdOn", clock.GetUtcNow());
        var description = fields.OptionalText("description", LongestDescription);
        var kind = fields.OneOf("kind", WorkKind.Original);
        if ((fields.Rejection ?? context.CheckAccount(accountId, "/accountId")) is { } invalid) return context.Problem(invalid);

        await using var session = store.LightweightSession(context.Tenant());
        return await context.CreateOnceAsync(session, new { accountId, title, author, createdOn, description, kind, form.File.Sha256 }, async () =>
        {
            var (examined, rejection) = await intake.ExamineAsync(session.TenantId, form.File, context.RequestAborted);
            if (examined is null) return rejection!;
            // An original is registered for years: whether it can be told apart must be known before it is.
            if (examined.Decode is not DecodeAnswer.Decoded decoded) return new Rejection("Dependency_Unavailable", "The picture cannot be decoded just now.");

            var workId = Identity.New(Work.IdPrefix);
            var picture = examined.Picture;
            var decision = Work.Decide(WorkState.Initial, new WorkCommand.Register(
                workId, accountId, title, author, createdOn, description, picture, examined.Metadata, decoded.PdqQuality, rules, clock.GetUtcNow(), kind));
            if (decision.Code is { } code) return new Rejection(code, decision.Detail, decision.Pointer);
            await intake.KeepAsync(session.TenantId, form.File, context.RequestAborted);
            session.Events.StartStream(Work.Stream(workId), [.. decision.Events]);
            var self = $"/v1/works/{workId}";
            return CreateOutcome.Created(self, new WorkAccepted(
                workId, picture.Sha256, picture.Format, picture.Width, picture.Height, picture.ByteCount, decoded.PdqQuality,
                new Dictionary<string, string> { ["self"] = self, ["licences"] = $"/v1/licences?workId={workId}" }));
        });
    }
}
