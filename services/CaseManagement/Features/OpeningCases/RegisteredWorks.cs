using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.OpeningCases;

/// <summary>Checks the work that a complaint names with the service that registers works: what is heard of it by message may come later than the complaint.</summary>
internal sealed class RegisteredWorks(IHttpClientFactory clients, ILogger<RegisteredWorks> logger)
{
    /// <summary>How long a complaint waits for the answer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private sealed record Work(string AccountId, DateTimeOffset? WithdrawnAt);

    /// <summary>Why a complaint cannot rest on the work; null when it can, or names none.</summary>
    /// <param name="accountId">Who complains; null for somebody without an account, who may be its author.</param>
    /// <param name="isAgent">Whether he says that he acts for its owner.</param>
    public async Task<Rejection?> CheckAsync(string tenant, string? workId, string? accountId, bool isAgent, CancellationToken cancellationToken)
    {
        if (workId is null) return null;
        try
        {
            using var client = clients.CreateClient(nameof(RegisteredWorks));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://ingestion/v1/works/{Uri.EscapeDataString(workId)}").For(tenant);
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.StatusCode is HttpStatusCode.NotFound) return new Rejection("Work_Not_Found", Pointer: "/workId");
            var work = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Work>(StoreOptions.Json, cancellationToken))!;
            return work.WithdrawnAt is not null ? new Rejection("Work_Withdrawn", Pointer: "/workId")
                : accountId is not null && accountId != work.AccountId && !isAgent ? new Rejection("Work_Of_Another_Account", Pointer: "/workId")
                : null;
        }
        // A complaint is not turned away because another service is down: a person decides on it anyway.
        catch (Exception failure) when (failure is HttpRequestException or JsonException || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Work {WorkId} of a complaint could not be checked: {Reason}", workId, failure.Message);
            return null;
        }
    }
}

/// <summary>Where complaints come in.</summary>
internal static class ComplaintsOfWorks
{
    /// <inheritdoc cref="RegisteredWorks.CheckAsync" />
    public static Task<Rejection?> CheckWorkAsync(this HttpContext context, string? workId, string? accountId, bool isAgent) =>
        context.RequestServices.GetRequiredService<RegisteredWorks>().CheckAsync(context.Tenant(), workId, accountId, isAgent, context.RequestAborted);
}
