using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using NodaTime;
using System.Text.Json;

namespace ImageRights.CaseManagement.Features.OpeningCases;

/// <summary>Grounds of a report.</summary>
public enum ReportReason
{
    /// <summary>The picture shows somebody else's work.</summary>
    Copyright,

    /// <summary>The picture shows a person who did not consent.</summary>
    Portrait,

    /// <summary>The picture discloses something private.</summary>
    Privacy,

    /// <summary>Another ground, told in the statement.</summary>
    Other,
}

/// <summary>A complaint of a picture.</summary>
/// <param name="WorkId">The work that is in the picture, where the complaint is about one.</param>
/// <param name="ComplainantAccountId">Account of who complains; left out by a reporter without one. A person who acts for an account complains for that one only.</param>
/// <param name="ReasonCode">A <see cref="ReportReason"/>.</param>
/// <param name="FirstPublishedOn">Day on which, as the complainant says, the picture was first published or made; it is compared with the sealed history.</param>
/// <param name="AuthorityUntil">Last day of an agent's power of attorney; null for somebody who acts for himself.</param>
/// <param name="ContactEmail">Not taken: a report's record is kept for good and has no place for personal data.</param>
public sealed record ReportRequest(string? ImageId, string? WorkId, string? ComplainantAccountId, string? ReasonCode, string? Statement, JsonElement? ContactEmail, LocalDate? FirstPublishedOn, LocalDate? AuthorityUntil = null);

/// <summary>Where a report went.</summary>
/// <param name="Joined">Whether it joined a case that was open before.</param>
public sealed record ReportAnswer(string ReportId, string CaseId, CaseStatus State, bool Joined);

/// <summary>Reporting a picture.</summary>
internal static class ReportEndpoint
{
    private const int Attempts = 5;

    /// <summary><c>POST /v1/reports</c>.</summary>
    public static void MapReports(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reports", ReportAsync).Requires(Permission.CasesReport).HoldsToAccount()
        .WithTags("Reports").WithName("Report").WithSummary("Report a picture: opens a case, or joins the open one").LimitBody();

    private static async Task<IResult> ReportAsync(ReportRequest request, HttpContext context, DocumentStore store, CaseRules rules, TimeProvider time)
    {
        if ((Check(request) ?? Fields.PastDay(request.FirstPublishedOn, "/firstPublishedOn", time.GetUtcNow()) ?? Fields.Unexpired(request.AuthorityUntil, "/authorityUntil", time.GetUtcNow()) ?? context.CheckAccount(request.ComplainantAccountId, "/complainantAccountId")) is { } invalid) return context.Problem(invalid);
        var reportId = $"rpt_{Guid.CreateVersion7():N}";
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(context.Tenant());
            try
            {
                return await context.CreateOnceAsync(session, request, () => FileAsync(context, session, rules, request, reportId, time.GetUtcNow(), context.RequestAborted));
            }
            catch (Exception failure) when (Intake.LostRace(failure))
            {
                if (attempt == Attempts) return context.Problem(new Rejection("Version_Conflict"));
            }
        }
    }

    private static async Task<CreateOutcome> FileAsync(HttpContext context, DocumentSession session, CaseRules rules, ReportRequest request, string reportId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await session.LoadAsync<KnownImage>(request.ImageId!, cancellationToken) is not { } image) return new Rejection("Image_Not_Found");
        var (work, complainant) = (request.WorkId?.Trim(), context.OwnAccount() ?? request.ComplainantAccountId?.Trim());
        if (await context.CheckWorkAsync(work, complainant, request.AuthorityUntil is not null) is { } unfounded) return unfounded;
        var (filed, decision) = await Intake.FileAsync(session, rules, new CaseCommand.OpenCase(
            new Dispute(image.ImageId, work, image.AccountId, complainant), Origin.Report, image.Location, reportId,
            image.Works.FirstOrDefault(found => found.WorkId == work)?.Finding,
            new Act(complainant ?? reportId, request.ReasonCode!, request.Statement!.Trim(), now, context.Through(complainant))), cancellationToken);
        if (decision.Code is not null) return new Rejection(decision.Code, decision.Detail);
        if (filed!.IsNew && (await ReporterGate.PassAsync(context, session, complainant, reportId, 1, now, cancellationToken)).Refusal is { } refusal) return refusal;
        if (filed.IsNew) await SealedHistory.LookAsync(context, session, filed.Case.CaseId, image, complainant, reportId, work, request.FirstPublishedOn, now);
        var answer = new ReportAnswer(filed.ReportId ?? reportId, filed.Case.CaseId, filed.Case.State, filed.Joined);
        return filed.IsNew
            ? CreateOutcome.Created($"/v1/cases/{answer.CaseId}", answer, filed.Case.Version)
            : new CreateOutcome(StatusCodes.Status200OK, $"/v1/cases/{answer.CaseId}", answer, filed.Case.Version);
    }

    private static Rejection? Check(ReportRequest request) =>
        Fields.Id(request.ImageId, "/imageId", required: true)
        ?? Fields.Id(request.WorkId, "/workId")
        ?? Fields.Account(request.ComplainantAccountId, "/complainantAccountId")
        ?? (Fields.TryChoice<ReportReason>(request.ReasonCode, "/reasonCode", out _, out var invalid) ? null : invalid)
        ?? (string.IsNullOrWhiteSpace(request.Statement) ? Fields.Invalid("/statement", "is missing") : Fields.Statement(request.Statement, "/statement"))
        ?? (request.ContactEmail is null ? null : Fields.Invalid("/contactEmail", "is not taken: give the account, or follow the case by its number"));
}
