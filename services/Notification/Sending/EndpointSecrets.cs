using ImageRights.EventStore;
using ImageRights.Notification.Secrets;

namespace ImageRights.Notification.Sending;

/// <summary>Signing secrets of endpoints, as they are kept.</summary>
public sealed class EndpointSecrets(DocumentStore store, SecretSeal seal)
{
    // Long enough for a client to learn that its first request succeeded although the answer was lost.
    private static readonly TimeSpan ShownAgainFor = TimeSpan.FromHours(24);

    private string Schema => store.Options.DatabaseSchemaName;

    /// <summary>A new identity for a secret.</summary>
    public static string CreateId() => "whs_" + Guid.CreateVersion7().ToString("N");

    /// <summary>Makes the endpoint's secret in the session's transaction. An earlier one signs beside it for <paramref name="overlap"/>; one before that ends now.</summary>
    public void Replace(DocumentSession session, string endpointId, string secretId, TimeSpan overlap)
    {
        session.QueueSqlCommand(
            "delete from {schema}.webhook_secrets where tenant_id = ? and endpoint_id = ? and valid_until is not null", session.TenantId, endpointId);
        session.QueueSqlCommand(
            "update {schema}.webhook_secrets set valid_until = clock_timestamp() + ? where tenant_id = ? and endpoint_id = ?", overlap, session.TenantId, endpointId);
        session.QueueSqlCommand(
            "insert into {schema}.webhook_secrets (tenant_id, endpoint_id, secret_id, sealed) values (?, ?, ?, ?)",
            session.TenantId, endpointId, secretId, seal.Seal(SigningSecret.Create(), Place(session.TenantId, endpointId, secretId)));
    }

    /// <summary>The secret in the form for integrators, while the answer that shows it may still have to be repeated; null later.</summary>
    public async Task<string?> ShowAsync(string tenantId, string endpointId, string secretId, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(tenantId);
        var secrets = await session.QueryRowsAsync(
            """
            select sealed from {schema}.webhook_secrets where tenant_id = ? and endpoint_id = ? and secret_id = ?
            and created_at > clock_timestamp() - ? and (valid_until is null or valid_until > clock_timestamp())
            """,
            [tenantId, endpointId, secretId, ShownAgainFor], reader => reader.GetFieldValue<byte[]>(0), cancellationToken);
        return secrets is [var @sealed] ? SigningSecret.ToText(seal.Open(@sealed, Place(tenantId, endpointId, secretId))) : null;
    }

    /// <summary>The keys that sign a delivery, newest first.</summary>
    public IReadOnlyList<byte[]> Open(DueDelivery claim) =>
        [.. claim.Secrets.Select(secret => seal.Open(secret.Sealed, Place(claim.TenantId, claim.EndpointId, secret.Id)))];

    /// <summary>Destroys secrets whose time is over.</summary>
    public async Task DestroyExpiredAsync(CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"delete from {Schema}.webhook_secrets where valid_until <= clock_timestamp()");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Place(string tenantId, string endpointId, string secretId) => $"{tenantId}/{endpointId}/{secretId}";
}
