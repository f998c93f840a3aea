using ImageRights.EventStore;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using ImageRights.Matching.Sellers;
using ImageRights.Matching.Suspensions;

namespace ImageRights.Matching.Index;

/// <summary>A picture as the index takes it in.</summary>
/// <param name="Fact">What the log says, but for the features.</param>
/// <param name="Features">Features that were read; null when there are none that can be compared.</param>
/// <param name="IsRenewal">Whether it takes the place of what is known of the picture.</param>
/// <param name="Luma">What its pixels come to, as <see cref="LumaLookup.KeyOf"/> makes it.</param>
internal sealed record IndexedPicture(FingerprintRecorded Fact, FeatureSet? Features, bool IsRenewal = false, UInt128? Luma = null)
{
    public static IndexedPicture Of(FingerprintRecorded picture, bool isRenewal = false) =>
        new(picture with { PdqDihedrals = [], Features = null, LumaSha256 = null }, FeatureSet.Read(picture.Features)?.AsReference(), isRenewal, LumaLookup.KeyOf(picture.LumaSha256, picture.PdqQuality));
}

/// <summary>A demoted upload's features, read from the log again for a removal that follows.</summary>
internal sealed record FeaturesRecalled(string ImageId, LocalFeatures Features);

/// <summary>A screening was said: what the screener asks from here on is as of this version or a later one.</summary>
internal sealed record ScreeningReached(long IndexVersion);

/// <summary>A rescan asks for the index as of this version, until it is done.</summary>
internal sealed record RescanReached(string RescanId, long IndexVersion, bool IsDone);

/// <summary>The facts that can change an answer of the index, or tell which answers nobody asks for any more, in a form of few bytes.</summary>
/// <remarks>Readers are later starts of the same program: a change of the form is a new <see cref="IndexCheckpoint.Version"/>.</remarks>
internal static class IndexFacts
{
    private enum Kind : byte
    {
        Picture,
        Withdrawal,
        Grant,
        End,
        Renewal,
        Removal,
        RemovalEnd,
        WorkWithdrawal,
        Suspension,
        SuspensionEnd,
        Seller,
        Recall,
        Screening,
        Rescan,
    }

    /// <summary>What the index makes of an event; null when it makes nothing of it.</summary>
    public static object? Of(object fact) => fact switch
    {
        FingerprintRecorded picture => IndexedPicture.Of(picture),
        SellerRecorded seller => SellerSignals.Of(seller),
        FingerprintRenewed renewal => IndexedPicture.Of(renewal.Fingerprint, isRenewal: true),
        ImageScreened screening => new ScreeningReached(screening.Thresholds.IndexVersion),
        RescanAdvanced rescan => new RescanReached(rescan.RescanId, rescan.IndexVersion, rescan.NextRow is null),
        PictureWithdrawn or WorkWithdrawn or LicenceRecorded or LicenceEndRecorded or RemovalRecorded or RemovalEndRecorded or SuspensionRecorded or SuspensionEndRecorded => fact,
        _ => null,
    };

    /// <summary>The features that a picture's facts up to a place in the log end with; null when it has none that can be compared.</summary>
    public static FeaturesRecalled? Recall(string imageId, IReadOnlyList<RecordedEvent> facts, LogPosition upTo) => facts
        .Where(fact => fact.Position.CompareTo(upTo) < 0).Select(fact => Of(fact.Data)).OfType<IndexedPicture>()
        .LastOrDefault(picture => picture.Features is not null)?.Features!.Local is { ReferenceCount: > 0 } local ? new FeaturesRecalled(imageId, local) : null;

    public static void Write(BinaryWriter writer, object fact)
    {
        switch (fact)
        {
            case IndexedPicture picture:
                writer.Write((byte)(picture.IsRenewal ? Kind.Renewal : Kind.Picture));
                Write(writer, picture);
                break;
            case PictureWithdrawn withdrawal: Write(writer, Kind.Withdrawal, withdrawal.WithdrawnAt, withdrawal.ImageId, withdrawal.AccountId); break;
            case WorkWithdrawn withdrawal: Write(writer, Kind.WorkWithdrawal, withdrawal.WithdrawnAt, withdrawal.WorkId, withdrawal.AccountId); break;
            case LicenceRecorded grant:
                writer.Write((byte)Kind.Grant);
                writer.Write(grant.LicenceId);
                writer.Write(grant.WorkId);
                writer.Write(grant.LicenseeAccountId);
                Write(writer, grant.From);
                Write(writer, grant.Until ?? DateTimeOffset.MaxValue);
                Write(writer, grant.GrantedAt);
                break;
            case LicenceEndRecorded end: Write(writer, Kind.End, end.EndedAt, end.LicenceId, end.WorkId, end.LicenseeAccountId); break;
            case RemovalRecorded removal: Write(writer, Kind.Removal, removal.AppliedAt, removal.MeasureId, removal.CaseId, removal.ImageId); break;
            case RemovalEndRecorded end: Write(writer, Kind.RemovalEnd, end.LiftedAt, end.MeasureId, end.CaseId, end.ImageId); break;
            case SuspensionRecorded suspension: Write(writer, Kind.Suspension, suspension.SuspendedAt, suspension.SuspensionId, suspension.WorkId); break;
            case SuspensionEndRecorded end: Write(writer, Kind.SuspensionEnd, end.ResumedAt, end.SuspensionId, end.WorkId); break;
            case SellerSignals seller:
                writer.Write((byte)Kind.Seller);
                Write(writer, seller);
                break;
            case FeaturesRecalled recalled:
                writer.Write((byte)Kind.Recall);
                writer.Write(recalled.ImageId);
                Write(writer, recalled.Features);
                break;
            case ScreeningReached reached:
                writer.Write((byte)Kind.Screening);
                writer.Write(reached.IndexVersion);
                break;
            case RescanReached rescan:
                writer.Write((byte)Kind.Rescan);
                writer.Write(rescan.RescanId);
                writer.Write(rescan.IndexVersion);
                writer.Write(rescan.IsDone);
                break;
            default: throw new ArgumentException($"{fact.GetType().Name} changes no answer.", nameof(fact));
        }
    }

    /// <param name="content">What the reader reads, in memory that stays: local features are not copied.</param>
    /// <exception cref="FormatException">It is not a fact.</exception>
    public static object Read(BinaryReader reader, ReadOnlyMemory<byte> content) => (Kind)reader.ReadByte() switch
    {
        Kind.Picture => ReadPicture(reader, content, isRenewal: false),
        Kind.Renewal => ReadPicture(reader, content, isRenewal: true),
        Kind.Withdrawal => new PictureWithdrawn(reader.ReadString(), reader.ReadString(), ReadTime(reader)),
        Kind.Grant => new LicenceRecorded(
            reader.ReadString(), reader.ReadString(), reader.ReadString(), ReadTime(reader), ReadTime(reader) is var until && until == DateTimeOffset.MaxValue ? null : until, ReadTime(reader)),
        Kind.End => new LicenceEndRecorded(reader.ReadString(), reader.ReadString(), reader.ReadString(), ReadTime(reader)),
        Kind.Removal => new RemovalRecorded(reader.ReadString(), reader.ReadString(), reader.ReadString(), ReadTime(reader)),
        Kind.RemovalEnd => new RemovalEndRecorded(reader.ReadString(), reader.ReadString(), reader.ReadString(), ReadTime(reader)),
        Kind.WorkWithdrawal => new WorkWithdrawn(reader.ReadString(), reader.ReadString(), ReadTime(reader)),
        Kind.Suspension => new SuspensionRecorded(reader.ReadString(), reader.ReadString(), ReadTime(reader)),
        Kind.SuspensionEnd => new SuspensionEndRecorded(reader.ReadString(), reader.ReadString(), ReadTime(reader)),
        Kind.Seller => ReadSeller(reader),
        Kind.Recall => new FeaturesRecalled(reader.ReadString(), ReadLocal(reader, content) ?? throw new FormatException("What is recalled has features.")),
        Kind.Screening => new ScreeningReached(reader.ReadInt64()),
        Kind.Rescan => new RescanReached(reader.ReadString(), reader.ReadInt64(), reader.ReadBoolean()),
        var other => throw new FormatException($"{other} is no kind of fact."),
    };

    // Most facts say what they are about and when.
    private static void Write(BinaryWriter writer, Kind kind, DateTimeOffset at, params ReadOnlySpan<string> ids)
    {
        writer.Write((byte)kind);
        foreach (var id in ids) writer.Write(id);
        Write(writer, at);
    }

    private static void Write(BinaryWriter writer, IndexedPicture picture)
    {
        var fact = picture.Fact;
        writer.Write((byte)fact.Role);
        writer.Write(fact.SubjectId);
        writer.Write(fact.AccountId);
        writer.Write(fact.Surface is { } surface ? (sbyte)surface : (sbyte)-1);
        writer.Write(fact.ListingId is not null);
        if (fact.ListingId is { } listing) writer.Write(listing);
        writer.Write(fact.Sha256);
        writer.Write(fact.Pdq);
        writer.Write(fact.PdqQuality);
        writer.Write(fact.Algorithm);
        Write(writer, fact.OccurredAt);
        Write(writer, picture.Luma);
        writer.Write(picture.Features is not null);
        if (picture.Features is not { } features) return;
        Write(writer, features.Sign);
        writer.Write((byte)features.Regions.Count);
        foreach (var (area, hash, isTrimmed) in features.Regions)
        {
            writer.Write(area.Left);
            writer.Write(area.Top);
            writer.Write(area.Width);
            writer.Write(area.Height);
            Write(writer, hash);
            writer.Write(isTrimmed);
        }
        Write(writer, features.Local);
    }

    private static void Write(BinaryWriter writer, LocalFeatures? local)
    {
        writer.Write(local?.Bytes.Length ?? 0);
        if (local is not null) writer.Write(local.Bytes);
    }

    private static LocalFeatures? ReadLocal(BinaryReader reader, ReadOnlyMemory<byte> content)
    {
        var length = reader.ReadInt32();
        if (length <= 0) return null;
        var features = LocalFeatures.Read(content.Slice((int)reader.BaseStream.Position, length));
        reader.BaseStream.Position += length;
        return features;
    }

    private static IndexedPicture ReadPicture(BinaryReader reader, ReadOnlyMemory<byte> content, bool isRenewal)
    {
        var (role, subject, account, surface) = ((PictureRole)reader.ReadByte(), reader.ReadString(), reader.ReadString(), reader.ReadSByte());
        var listing = reader.ReadBoolean() ? reader.ReadString() : null;
        var fact = new FingerprintRecorded(
            role, subject, account, surface < 0 ? null : (Surface)surface, listing, reader.ReadString(), reader.ReadString(), [], reader.ReadInt32(), reader.ReadString(), ReadTime(reader));
        var luma = ReadHalf(reader);
        if (!reader.ReadBoolean()) return new IndexedPicture(fact, null, isRenewal, luma);
        var sign = ReadSign(reader);
        var regions = new HashedArea[reader.ReadByte()];
        foreach (ref var region in regions.AsSpan())
            region = new HashedArea(new Area(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()), ReadSign(reader), reader.ReadBoolean());
        return new IndexedPicture(fact, new FeatureSet(sign, regions, ReadLocal(reader, content)), isRenewal, luma);
    }

    private static void Write(BinaryWriter writer, SellerSignals seller)
    {
        writer.Write(seller.AccountId);
        Write(writer, seller.Payout);
        writer.Write(seller.Devices.Count);
        foreach (var device in seller.Devices) Write(writer, device);
    }

    private static SellerSignals ReadSeller(BinaryReader reader)
    {
        var (account, payout) = (reader.ReadString(), ReadHalf(reader));
        var devices = new UInt128[reader.ReadInt32()];
        foreach (ref var device in devices.AsSpan()) device = ReadNumber(reader);
        return new SellerSignals(account, payout, devices);
    }

    private static void Write(BinaryWriter writer, UInt128? half)
    {
        writer.Write(half is not null);
        if (half is { } number) Write(writer, number);
    }

    private static UInt128? ReadHalf(BinaryReader reader) => reader.ReadBoolean() ? ReadNumber(reader) : null;

    private static void Write(BinaryWriter writer, UInt128 number)
    {
        writer.Write((ulong)(number >> 64));
        writer.Write((ulong)number);
    }

    private static UInt128 ReadNumber(BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadUInt64());

    private static void Write(BinaryWriter writer, SignHash hash)
    {
        writer.Write(hash.EvenEven);
        writer.Write(hash.EvenOdd);
        writer.Write(hash.OddEven);
        writer.Write(hash.OddOdd);
    }

    private static SignHash ReadSign(BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());

    private static void Write(BinaryWriter writer, DateTimeOffset time) => writer.Write(time.UtcTicks);

    private static DateTimeOffset ReadTime(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);
}
