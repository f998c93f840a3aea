using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Features.OpeningCases;
using ImageRights.CaseManagement.Features.StatingReasons;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;

namespace ImageRights.CaseManagement.Features.ServingGuests;

/// <summary>A report of somebody without an account.</summary>
/// <param name="ReasonCode">A <see cref="ReportReason"/>.</param>
/// <param name="FirstPublishedOn">Day on which, as the guest says, the picture was first published or made; it is compared with the sealed history.</param>
/// <param name="SenderHash">SHA-256 of the address that the guest writes from, in 64 lower-case hexadecimal digits; guests of one address have limits together.</param>
public sealed record GuestReportRequest(string? ImageId, string? WorkId, string? ReasonCode, string? Statement, LocalDate? FirstPublishedOn, string? SenderHash);

/// <summary>What the guest keeps.</summary>
/// <param name="Number">Names the report.</param>
/// <param name="Pin">Opens it; shown here and never again, so a repeated answer has none.</param>
public sealed record GuestReportAnswer(string Number, string? Pin);

/// <summary>What a guest sees of a report: how it stands, and nothing of anybody else.</summary>
/// <param name="State">UnderReview, TakenDown, Dismissed, Reinstated, Settled or Closed.</param>
/// <param name="Outcome">What a closed one came to: Upheld, Dismissed, Reinstated or Settled; null while it is open.</param>
/// <param name="DecisionDueAt">Until when the marketplace has to decide; null where no term runs for that.</param>
/// <param name="CanWithdraw">Whether the guest can take it back now.</param>
/// <param name="IsWithdrawn">Whether the guest took it back.</param>
public sealed record GuestReport(
    string Number, string State, DateTimeOffset ReceivedAt, DateTimeOffset ChangedAt, string? Outcome = null, DateTimeOffset? DecisionDueAt = null, bool CanWithdraw = false, bool IsWithdrawn = false);

/// <summary>Reports of guests, by whoever serves them: the console's pages, or the marketplace's own program.</summary>
internal static class GuestEndpoints
{
    private const string PinHeader = "Guest-Pin";
    private const string SenderPrefix = "guest ";
    private const string UnderReview = "UnderReview";
    private const int Attempts = 5;

    /// <summary><c>POST /v1/guest/reports</c>, <c>GET /v1/guest/reports/{number}</c>, <c>POST /v1/guest/reports/{number}/withdrawal</c>.</summary>
    public static void MapGuests(this IEndpointRouteBuilder app)
    {
        var guests = app.MapGroup("/v1/guest/reports").WithTags("Guests").Requires(Permission.GuestsServe);
        guests.MapPost("", ReportAsync).WithName("ReportAsGuest").WithSummary("Report a picture for somebody without an account; answers the number and PIN to follow it by").LimitBody();
        guests.MapGet("{number}", FollowAsync).WithName("FollowAsGuest").WithSummary("How a guest's report stands, to whoever has its number and PIN");
        guests.MapPost("{number}/withdrawal", WithdrawAsync).WithName("WithdrawAsGuest").WithSummary("Take a guest's report back, by its number and PIN");
    }

    private static async Task<IResult> ReportAsync(GuestReportRequest request, HttpContext context, DocumentStore store, CaseRules rules, TimeProvider time)
    {
        if ((Check(request) ?? Fields.PastDay(request.FirstPublishedOn, "/firstPublishedOn", time.GetUtcNow())) is { } invalid) return context.Problem(invalid);
        var (number, pin, now) = ($"rpt_{Guid.CreateVersion7():N}", GuestAccess.DrawPin(), time.GetUtcNow());
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(context.Tenant());
            try
            {
                var result = await context.CreateOnceAsync(session, request, () => FileAsync(context, session, rules, request, number, pin, now, context.RequestAborted));
                // What is kept for repeated requests is kept without the PIN.
                return result is JsonHttpResult<object> { Value: GuestReportAnswer answer } made && answer.Number == number
                    ? TypedResults.Json(answer with { Pin = pin }, StoreOptions.Json, statusCode: made.StatusCode)
                    : result;
            }
            catch (Exception failure) when (Intake.LostRace(failure))
            {
                if (attempt == Attempts) return context.Problem(new Rejection("Version_Conflict"));
            }
        }
    }

    private static async Task<CreateOutcome> FileAsync(HttpContext context, DocumentSession session, CaseRules rules, GuestReportRequest request, string number, string pin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await session.LoadAsync<KnownImage>(request.ImageId!, cancellationToken) is not { } image) return new Rejection("Image_Not_Found");
        var work = request.WorkId?.Trim();
        if (await context.CheckWorkAsync(work, null, isAgent: false) is { } unfounded) return unfounded;
        var (filed, decision) = await Intake.FileAsync(session, rules, new CaseCommand.OpenCase(
            new Dispute(image.ImageId, work, image.AccountId, null), Origin.Report, image.Location, number,
            image.Works.FirstOrDefault(found => found.WorkId == work)?.Finding,
            new Act(number, request.ReasonCode!, request.Statement!.Trim(), now, context.Subject())), cancellationToken);
        if (decision.Code is not null) return new Rejection(decision.Code, decision.Detail);
        if ((await ReporterGate.PassAsync(context, session, request.SenderHash is { } sender ? SenderPrefix + sender : null, number, 1, now, cancellationToken)).Refusal is { } refusal) return refusal;
        await SealedHistory.LookAsync(context, session, filed!.Case.CaseId, image, null, number, work, request.FirstPublishedOn, now);
        GuestAccess.Keep(session, number, filed.Case.CaseId, pin, now);
        return CreateOutcome.Created($"/v1/guest/reports/{number}", new GuestReportAnswer(number, null));
    }

    private static Task<IResult> FollowAsync(string number, HttpContext context, DocumentStore store, CaseRules rules, TimeProvider time) => OpenAsync(number, context, store, async (session, opened) =>
    {
        if (await session.LoadAsync<CaseView>(opened.CaseId!, context.RequestAborted) is not { } found) return context.Problem(new Rejection("Guest_Report_Not_Found"));
        var stream = await session.Events.FetchForWriting<CaseState>(new CaseId(opened.CaseId!).StreamKey, context.RequestAborted);
        var withdrawal = rules.Decide(stream.Aggregate, Withdrawal(number, context, time));
        var agenda = await session.LoadAsync<CaseAgenda>(opened.CaseId!, context.RequestAborted);
        return TypedResults.Ok(Of(number, opened, found, agenda, rules) with { CanWithdraw = withdrawal is { Code: null, Events.Count: > 0 }, IsWithdrawn = withdrawal is { Code: null, Events.Count: 0 } });
    });

    private static GuestReport Of(string number, GuestAccess.Opened opened, CaseView found, CaseAgenda? agenda, CaseRules rules)
    {
        var state = StateOf(found.State);
        var clocks = rules.Catalogue.Packs.SelectMany(pack => pack.Clocks).ToLookup(clock => clock.Id);
        var due = state != UnderReview ? null : agenda?.Items.FirstOrDefault(item => item.Kind != DueKind.Warning && clocks[item.Rule].Any(clock => clock.Actor == "platform"));
        return new GuestReport(number, state, opened.ReceivedAt, found.ChangedAt, found.Outcome?.ToString(), due?.DueAt);
    }

    private static CaseCommand.TakeStep Withdrawal(string number, HttpContext context, TimeProvider time) => new(
        CaseStep.Retraction, nameof(CaseEvent.NoticeRetracted), "", new Particulars(), Automated: false, new Act(number, "Withdrawn", "Taken back with number and PIN.", time.GetUtcNow(), context.Subject()));

    /// <summary>The guest's own complaint only: others', and the house's own findings, stand.</summary>
    private static Task<IResult> WithdrawAsync(string number, HttpContext context, DocumentStore store, CaseRules rules, TimeProvider time) => OpenAsync(number, context, store, async (session, opened) =>
    {
        var (id, withdrawal) = (new CaseId(opened.CaseId!), Withdrawal(number, context, time));
        session.LastModifiedBy = withdrawal.Act.Signature;
        var stream = await session.Events.FetchForWriting<CaseState>(id.StreamKey, context.RequestAborted);
        var decision = rules.Decide(stream.Aggregate, withdrawal);
        if (decision.Code is { } code) return context.Problem(new Rejection(code, decision.Detail));
        stream.AppendMany(decision.Events);
        await context.RequestServices.GetRequiredService<Stating>().AccompanyAsync(session, id, stream.Aggregate.History, decision.Events, context.RequestAborted);
        try
        {
            await session.SaveChangesAsync(context.RequestAborted);
        }
        catch (ConcurrencyException)
        {
            return context.Problem(new Rejection("Version_Conflict"));
        }
        var view = decision.Events.Aggregate(stream.Events.Aggregate((CaseView?)null, CaseView.Evolve)!, (current, fact) => CaseView.Evolve(current, id, current.Version + 1, fact));
        return TypedResults.Ok(Of(number, opened, view, null, rules) with { IsWithdrawn = true });
    });

    private static async Task<IResult> OpenAsync(string number, HttpContext context, DocumentStore store, Func<DocumentSession, GuestAccess.Opened, Task<IResult>> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        var pin = context.Request.Headers[PinHeader].ToString();
        if (pin.Length is 0 or > 32 || number.Length > 64) return context.Problem(new Rejection("Guest_Report_Not_Found"));
        var opened = await GuestAccess.OpenAsync(store, context.Tenant(), number, pin, context.RequestAborted);
        if (opened.LockedFor is { } wait) return context.Problem(new Rejection("Guest_Report_Locked", RetryAfter: wait));
        if (opened.CaseId is null) return context.Problem(new Rejection("Guest_Report_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        return await answer(session, opened);
    }

    // That the other side objected is the other side's.
    private static string StateOf(CaseStatus state) => state switch
    {
        CaseStatus.TakenDown or CaseStatus.CounterNoticed => "TakenDown",
        CaseStatus.Dismissed => "Dismissed",
        CaseStatus.Reinstated => "Reinstated",
        CaseStatus.Settled => "Settled",
        CaseStatus.Closed => "Closed",
        _ => UnderReview,
    };

    private static Rejection? Check(GuestReportRequest request) =>
        Fields.Id(request.ImageId, "/imageId", required: true)
        ?? Fields.Id(request.WorkId, "/workId")
        ?? (Fields.TryChoice<ReportReason>(request.ReasonCode, "/reasonCode", out _, out var invalid) ? null : invalid)
        ?? (string.IsNullOrWhiteSpace(request.Statement) ? Fields.Invalid("/statement", "is missing") : Fields.Statement(request.Statement, "/statement"))
        ?? (request.SenderHash is null || Fields.IsDigest(request.SenderHash) ? null : Fields.Invalid("/senderHash", "takes a SHA-256 in 64 lower-case hexadecimal digits"));
}
