using System.Net.Http.Headers;
using System.Net.Http.Json;
using ImageRights.Console.Accounts;
using ImageRights.Console.Issuing;
using ImageRights.ServiceDefaults.Access;
using Microsoft.EntityFrameworkCore;

namespace ImageRights.Console.Peers;

/// <summary>What the pages for people without an account ask of case management, in the name of nobody but those pages.</summary>
public sealed class GuestDesk(IHttpClientFactory clients, TokenIssuer issuer, IDbContextFactory<AccountsDb> databases)
{
    /// <summary>Reports a picture.</summary>
    public Task<GuestReceipt?> ReportAsync(string? market, object report, string? language, CancellationToken cancellationToken) =>
        SendAsync<GuestReceipt>(market, new HttpRequestMessage(HttpMethod.Post, "/v1/guest/reports") { Content = JsonContent.Create(report) }, language, cancellationToken);

    /// <summary>How a report stands, after it was taken back where that is asked.</summary>
    public Task<GuestView?> FollowAsync(string? market, string number, string pin, bool withdraw, string? language, CancellationToken cancellationToken)
    {
        var path = $"/v1/guest/reports/{Uri.EscapeDataString(number)}";
        var request = withdraw ? new HttpRequestMessage(HttpMethod.Post, $"{path}/withdrawal") : new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Guest-Pin", pin);
        return SendAsync<GuestView>(market, request, language, cancellationToken);
    }

    private async Task<T?> SendAsync<T>(string? market, HttpRequestMessage request, string? language, CancellationToken cancellationToken)
    {
        using (request)
        {
            var tenant = await TenantAsync(market, cancellationToken) ?? throw new PeerException(Peer.Cases, null, new("There is no such marketplace.", "没有此平台。"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await issuer.ForPagesAsync(Roles.GuestDesk, tenant, cancellationToken));
            if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);
            try
            {
                using var client = clients.CreateClient(Peer.Cases);
                using var response = await client.SendAsync(request, cancellationToken);
                return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<T>(cancellationToken) : throw await Desk.RefusalAsync(Peer.Cases, response, cancellationToken);
            }
            catch (Exception failure) when (Peer.IsSilence(failure, cancellationToken))
            {
                throw new PeerException(Peer.Cases, null, new("Reports cannot be taken just now; try again in a moment.", "暂时无法受理举报，请稍后重试。"), failure);
            }
        }
    }

    // A link names the marketplace; without one it is the first.
    private async Task<string?> TenantAsync(string? market, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Tenants.AsNoTracking().Where(tenant => string.IsNullOrEmpty(market) || tenant.Id == market).OrderBy(tenant => tenant.CreatedAt).Select(tenant => tenant.Id).FirstOrDefaultAsync(cancellationToken);
    }
}

/// <summary>What a guest keeps.</summary>
public sealed record GuestReceipt(string Number, string? Pin);

/// <summary>What a guest sees.</summary>
public sealed record GuestView(
    string Number, string State, DateTimeOffset ReceivedAt, DateTimeOffset ChangedAt, string? Outcome = null, DateTimeOffset? DecisionDueAt = null, bool CanWithdraw = false, bool IsWithdrawn = false);
