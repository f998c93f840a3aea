using ImageRights.EventStore;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Works;

namespace ImageRights.Ingestion.Features;

/// <summary>Whose a thing is.</summary>
internal static class Belonging
{
    /// <summary>Who uploaded the picture.</summary>
    public static async Task<bool> ImageAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        Identity.Is(Image.IdPrefix, id) && (await session.LoadAsync<ImageView>(id, cancellationToken))?.AccountId == account;

    /// <summary>Who registered the original.</summary>
    public static async Task<bool> WorkAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        Identity.Is(Work.IdPrefix, id) && (await session.LoadAsync<WorkView>(id, cancellationToken))?.AccountId == account;

    /// <summary>Who gave the licence, and who has it.</summary>
    public static async Task<bool> LicenceAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        await FindAsync(session, id, cancellationToken) is { } licence && (licence.LicenseeAccountId == account || await WorkAsync(session, licence.WorkId, account, cancellationToken));

    /// <summary>Who gave the licence.</summary>
    public static async Task<bool> GrantAsync(DocumentSession session, string id, string account, CancellationToken cancellationToken) =>
        await FindAsync(session, id, cancellationToken) is { } licence && await WorkAsync(session, licence.WorkId, account, cancellationToken);

    private static async Task<LicenceView?> FindAsync(DocumentSession session, string id, CancellationToken cancellationToken) =>
        Identity.Is(Licence.IdPrefix, id) ? await session.LoadAsync<LicenceView>(id, cancellationToken) : null;
}
