using ImageRights.EventStore;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using ImageRights.Matching.Sellers;
using ImageRights.Matching.Suspensions;

namespace ImageRights.Matching.Index;

/// <summary>Everything of one tenant that a picture is compared with, as it is and as it was.</summary>
/// <remarks>
/// Each fact that can change an answer makes a version: the number of such facts in the tenant's log so far, hence the same in every replica and after every
/// restart. A search names the version it wants, so it does not matter how far ahead of it the index has read.
/// </remarks>
public sealed class TenantIndex
{
    private readonly PictureBank works;
    private readonly PictureBank uploads;
    private readonly LicenceRegister licences = new();
    private readonly HeldPictures removals = new();
    private readonly HeldPictures suspended = new();
    private readonly Column<LogPosition> changes = new();
    private readonly Column<(int Uploads, int Detailed)> sizes = new();
    private readonly HashSet<string> withdrawnUnseen = [];
    private readonly Dictionary<string, string> accounts = [];
    private readonly Dictionary<string, long> rescans = [];
    private int version;
    private long screened;

    internal TenantIndex(int minQuality, int recentUploads, TableStore store) =>
        (works, uploads) = (new PictureBank(minQuality, suspended: suspended, store: store), new PictureBank(minQuality, removals, recent: recentUploads, store: store));

    /// <summary>Facts taken in.</summary>
    public long Version => Volatile.Read(ref version);

    /// <summary>Which accounts have one owner. It is known as it is only, for it decides nothing that is looked into later, and makes no version.</summary>
    public AccountOwners Owners { get; } = new();

    /// <summary>Works and portraits that are suspended.</summary>
    public int Suspended => suspended.Live;

    /// <summary>Pictures that can be found by their local features.</summary>
    public int Detailed => works.Detailed + uploads.Detailed;

    /// <summary>Pictures that can be found by hashes alone: uploads that are neither recent nor were ever removed, and what has no local features.</summary>
    public int HashesOnly => works.Live + uploads.Live - Detailed;

    /// <summary>Pictures of a bank that can be found, or could but for a suspension.</summary>
    public int Count(Bank bank) => bank switch
    {
        Bank.Works => works.Live - works.Portraits,
        Bank.Portraits => works.Portraits,
        Bank.Removed => removals.Live,
        Bank.Uploads => uploads.Live,
    };

    /// <summary>Published uploads at a version, and those of them that could be found by their local features.</summary>
    public (int Uploads, int Detailed) UploadsAt(long asOf) => sizes.Find((int)asOf);

    /// <summary>The version before the fact at a position of the log.</summary>
    public long VersionBefore(LogPosition position)
    {
        var (low, high) = (0, Volatile.Read(ref version));
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (changes[middle].CompareTo(position) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Pictures of a bank within a distance, in log order.</summary>
    /// <param name="query">The hash as it is, or the hashes of all eight orientations in <see cref="Orientation"/> order.</param>
    /// <param name="asOf">Version of the index that answers.</param>
    /// <param name="kernel">Instructions; null: the fastest. The answer is the same.</param>
    public IReadOnlyList<Neighbour> Search(Bank bank, ReadOnlySpan<PdqHash> query, int maxDistance, long asOf, ScanKernel? kernel = null)
    {
        var neighbours = new List<Neighbour>();
        BankOf(bank).Search(query, maxDistance, asOf, kernel ?? HammingScan.Fastest, neighbours);
        return neighbours;
    }

    /// <summary>Works and uploads that the query shows or that show it, and those that only show the same scene, each in log order.</summary>
    /// <param name="thresholds">What counts as a match, and the version of the index that answers.</param>
    /// <param name="kernel">Instructions; null: the fastest. The answer is the same.</param>
    public (IReadOnlyList<Neighbour> Works, IReadOnlyList<Neighbour> Uploads) Find(PictureQuery query, Thresholds thresholds, ScanKernel? kernel = null)
    {
        var comparisons = LocalComparisons.Of(query);
        var (ofWorks, ofUploads) = (In(works, thresholds.Works, thresholds.Portraits), In(uploads, thresholds.Uploads, thresholds.Removed));
        // What recurs in an account's pictures recurs in those of both banks.
        var backdrop = Backdrop.Of(query, ofWorks.Aligned.Concat(ofUploads.Aligned));
        return (works.Conclude(ofWorks, backdrop), uploads.Conclude(ofUploads, backdrop));

        PictureBank.Findings In(PictureBank bank, BandLimits? limits, BandLimits? apart) => bank.Compare(
            query, comparisons, thresholds.MaxDistance, thresholds.IndexVersion, kernel ?? HammingScan.Fastest, limits?.Review ?? CopyModel.DefaultReview, apart?.Review);
    }

    /// <summary>The same in one bank; what recurs in an account's pictures is seen in those of this bank alone.</summary>
    /// <param name="maxDistance">Largest distance of hashes that counts as a match, in bits.</param>
    /// <param name="asOf">Version of the index that answers.</param>
    /// <param name="kernel">Instructions; null: the fastest. The answer is the same.</param>
    /// <param name="review">Score from which on a picture is taken for a copy.</param>
    public IReadOnlyList<Neighbour> Find(Bank bank, PictureQuery query, int maxDistance, long asOf, ScanKernel? kernel = null, double review = CopyModel.DefaultReview) =>
        BankOf(bank).Find(query, maxDistance, asOf, kernel ?? HammingScan.Fastest, review);

    /// <summary>Pictures that were in a bank at a version, from a row on, in log order.</summary>
    public IEnumerable<(int Row, string Id)> Pictures(Bank bank, int fromRow, long asOf) => BankOf(bank).Pictures(fromRow, asOf);

    /// <summary>Licences as they were known at a version.</summary>
    public LicenceLookup LicencesAt(long asOf) => (workId, accountId, at) => licences.Find(workId, accountId, at, asOf);

    /// <summary>Pictures that come from here on are found only after <see cref="Settle"/>, which is quicker for many.</summary>
    internal void Defer()
    {
        works.Defer();
        uploads.Defer();
    }

    /// <summary>Makes everything findable.</summary>
    internal void Settle()
    {
        works.Settle();
        uploads.Settle();
    }

    /// <summary>Whether an upload has given its local features up, which a removal gives back.</summary>
    internal bool IsDemoted(string imageId) => uploads.IsDemoted(imageId);

    /// <summary>Takes in a fact of <see cref="IndexFacts"/>.</summary>
    internal void Apply(object fact, LogPosition position)
    {
        var next = version + 1;
        switch (fact)
        {
            case IndexedPicture picture: Add(picture, next); break;
            // The fingerprint may still be on its way.
            case PictureWithdrawn { ImageId: var id }: if (!uploads.Withdraw(id, next)) withdrawnUnseen.Add(id); break;
            case WorkWithdrawn { WorkId: var id }: if (!works.Withdraw(id, next)) withdrawnUnseen.Add(id); break;
            case LicenceRecorded grant: licences.Add(grant, next); break;
            case LicenceEndRecorded end: licences.End(end, next); break;
            case RemovalRecorded removal: removals.Add(removal.MeasureId, removal.ImageId, removal.CaseId, next); break;
            case RemovalEndRecorded end: removals.End(end.MeasureId, end.ImageId, next); break;
            case SuspensionRecorded suspension:
                suspended.Add(suspension.SuspensionId, suspension.WorkId, suspension.SuspensionId, next);
                works.NoteSuspended(suspension.WorkId);
                break;
            case SuspensionEndRecorded end: suspended.End(end.SuspensionId, end.WorkId, next); break;
            case SellerSignals seller: Owners.Put(seller); return;
            case FeaturesRecalled recalled: uploads.Recall(recalled.ImageId, recalled.Features, next); return;
            case ScreeningReached reached: Reach(() => screened = Math.Max(screened, reached.IndexVersion)); return;
            case RescanReached { IsDone: true } rescan: Reach(() => rescans.Remove(rescan.RescanId)); return;
            case RescanReached rescan: Reach(() => rescans[rescan.RescanId] = rescan.IndexVersion); return;
            default: return;
        }
        changes.Extend(version);
        changes[version] = position;
        sizes.Extend(next);
        sizes[next] = (uploads.Live, uploads.Detailed);
        Volatile.Write(ref version, next);
    }

    // Facts that are said of a version tell that no earlier one will be asked for, but by a rescan that is under way.
    private void Reach(Action note)
    {
        note();
        uploads.Release(rescans.Values.Append(screened).Min());
    }

    private void Add(IndexedPicture indexed, int next)
    {
        var (picture, bank) = (indexed.Fact, BankOf(indexed.Fact.Role == PictureRole.Upload ? Bank.Uploads : Bank.Works));
        if (!accounts.TryGetValue(picture.AccountId, out var account)) accounts.Add(picture.AccountId, account = picture.AccountId);
        if (indexed.IsRenewal)
        {
            bank.Renew(PdqHash.Parse(picture.Pdq), indexed.Features, picture.Sha256, picture.SubjectId, account, picture.Surface, picture.ListingId, picture.OccurredAt, next, picture.PdqQuality, indexed.Luma);
            return;
        }
        bank.Add(
            PdqHash.Parse(picture.Pdq), indexed.Features, picture.Sha256, picture.SubjectId, account, picture.Surface, picture.ListingId, picture.OccurredAt, next, picture.PdqQuality,
            picture.Role == PictureRole.Portrait, indexed.Luma);
        if (withdrawnUnseen.Remove(picture.SubjectId)) bank.Withdraw(picture.SubjectId, next);
    }

    private PictureBank BankOf(Bank bank) => bank switch
    {
        Bank.Works or Bank.Portraits => works,
        Bank.Uploads or Bank.Removed => uploads,
    };
}
