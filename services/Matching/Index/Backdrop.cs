namespace ImageRights.Matching.Index;

/// <summary>A picture of a bank on which the one that is looked for was laid.</summary>
/// <param name="AddedAt">Version of the index from which on it is there.</param>
internal sealed record AlignedPicture(int Row, string AccountId, long AddedAt, LocalFeatures Features, Alignment Alignment);

/// <summary>What many pictures of one account have in common with the one that is looked for: a studio's backdrop, a frame, a logo. It tells whose shop it is, and not that one picture is a copy of another.</summary>
/// <remarks>
/// It is seen in what a search compares anyway, and nothing of it is kept: who shows a backdrop finds that account's pictures, and they agree with it in the same places and nowhere else. Copies of
/// one picture agree with each other elsewhere too, and count as one picture, however many they are. Hence it depends on the version that is asked alone.
/// </remarks>
internal sealed class Backdrop
{
    /// <summary>So many different pictures of the account, besides the one that is compared, show what is taken for a backdrop.</summary>
    public const int LeastPictures = 5;

    // More do not say more, and each is compared with each.
    private const int MostPictures = 8;

    // What recurs is the thing itself where hardly anything else can be compared, and where the one picture is a small part of the other: a logo that was registered as a work, a picture
    // that is pasted into many.
    private const double LeastOwnShare = 0.15;
    private const double LeastPart = 0.3;
    private const int LeastOwnBlocks = 6;

    // Two pictures of which so much is alike beside what they share with the one that is looked for are the same picture.
    private const double SameShare = 0.7;

    private readonly LocalFeatures picture;
    private readonly string? accountId;
    private readonly Dictionary<string, List<Sample>> accounts = [];

    private Backdrop(LocalFeatures picture, string? accountId, IEnumerable<AlignedPicture> aligned)
    {
        (this.picture, this.accountId) = (picture, accountId);
        var agreeing = aligned.Where(other => other.Alignment.IsRelated || other.Alignment.Score >= CopyModel.DefaultReview).DistinctBy(other => (other.AccountId, other.Features));
        foreach (var account in agreeing.GroupBy(other => other.AccountId).Where(account => account.Count() >= LeastPictures))
        {
            var samples = new List<Sample>();
            foreach (var other in account.OrderBy(other => other.AddedAt))
            {
                if (samples.Count < MostPictures && samples.TrueForAll(known => AreDifferent(other, known))) samples.Add(new Sample(other));
            }
            if (samples.Count >= LeastPictures) accounts.Add(account.Key, samples);
        }
    }

    /// <summary>What recurs in the pictures that the query was laid on; null when it was laid on none.</summary>
    public static Backdrop? Of(PictureQuery query, IEnumerable<AlignedPicture> aligned) => query.Features?.Local is { } picture ? new Backdrop(picture, query.AccountId, aligned) : null;

    /// <summary>How the query resembles one of them where neither account's backdrop is.</summary>
    public Alignment WithoutIt(AlignedPicture other)
    {
        var shown = SamplesOf(other.AccountId).FindAll(sample => !sample.Shows(other));
        // What an account showed after the other picture was there, it may have from there.
        var shownBefore = accountId == other.AccountId ? [] : SamplesOf(accountId).FindAll(sample => sample.AddedAt < other.AddedAt);
        var (alignment, reference) = (other.Alignment, other.Features);
        var part = Math.Abs(alignment.Transform.Determinant) * picture.Width * picture.Height / (reference.Width * reference.Height);
        if (shown.Count < LeastPictures && shownBefore.Count < LeastPictures || part is < LeastPart or > 1 / LeastPart) return alignment;
        var back = alignment.Transform.Inverse();
        var own = alignment.Blocks.Where(block => !Recurs(CentreOf(block))).ToList();
        var discounted = alignment.Blocks.Count - own.Count;
        if (discounted == 0 || own.Count < Math.Max(LeastOwnBlocks, LeastOwnShare * alignment.Blocks.Count)) return alignment;
        return alignment with
        {
            Resemblance = Resemblance.Of(
                alignment.Inliers.Count(point => !Recurs(point)), new PixelReport(alignment.Transform, own, alignment.Resemblance.Looseness), picture, reference),
            Discounted = discounted,
        };

        bool Recurs((double X, double Y) point) => shown.Count(sample => sample.Agrees(point)) >= LeastPictures || shownBefore.Count(sample => sample.Agrees(point)) >= LeastPictures;

        (double X, double Y) CentreOf(Block block) => back.Apply(
            (block.Column + 0.5) * PixelComparison.Side * reference.Width / reference.ThumbnailWidth, (block.Row + 0.5) * PixelComparison.Side * reference.Height / reference.ThumbnailHeight);
    }

    private List<Sample> SamplesOf(string? account) => account is not null && accounts.TryGetValue(account, out var samples) ? samples : [];

    private static bool IsAlike(Block block) => block.Correlation > PixelComparison.LeastCorrelation;

    // Whether two pictures show other things where they do not agree with the one that is looked for.
    private static bool AreDifferent(AlignedPicture other, Sample known)
    {
        var transform = other.Alignment.Transform.Inverse().Then(known.Transform);
        var rest = PixelComparison.Compare(other.Features, known.Features, transform, other.Alignment.IsInverted != known.IsInverted).Blocks.Where(block => !known.HasAlike(block)).ToList();
        return rest.Count >= LeastOwnBlocks && rest.Count(IsAlike) < SameShare * rest.Count;
    }

    // One of the account's pictures.
    private sealed class Sample(AlignedPicture other)
    {
        private readonly HashSet<(int Column, int Row)> alike = [.. other.Alignment.Blocks.Where(IsAlike).Select(block => (block.Column, block.Row))];

        public long AddedAt => other.AddedAt;

        public LocalFeatures Features => other.Features;

        public Affine Transform => other.Alignment.Transform;

        public bool IsInverted => other.Alignment.IsInverted;

        public bool Shows(AlignedPicture picture) => picture.Features == Features;

        public bool HasAlike(Block block) => alike.Contains((block.Column, block.Row));

        /// <summary>Whether it agrees at a point of the picture that is looked for.</summary>
        public bool Agrees((double X, double Y) point)
        {
            var (x, y) = Transform.Apply(point.X, point.Y);
            return alike.Contains((
                (int)Math.Floor(x * Features.ThumbnailWidth / Features.Width / PixelComparison.Side), (int)Math.Floor(y * Features.ThumbnailHeight / Features.Height / PixelComparison.Side)));
        }
    }
}
