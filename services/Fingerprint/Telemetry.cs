using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImageRights.Fingerprint;

/// <summary>Spans and metrics of the service.</summary>
internal static class Telemetry
{
    public static readonly ActivitySource Activities = new("ImageRights.Fingerprint");

    private static readonly Meter Meter = new("ImageRights.Fingerprint");

    /// <summary>By <c>outcome</c>: <c>fingerprinted</c>, or the code of the refusal.</summary>
    public static readonly Counter<long> Pictures = Meter.CreateCounter<long>("imagerights.fingerprint.pictures", "{picture}", "Pictures decoded and hashed, or refused");

    /// <summary>From the moment that the decoder is asked: waiting for a process included.</summary>
    public static readonly Histogram<double> DecodeDuration = Meter.CreateHistogram<double>("imagerights.fingerprint.decode.duration", "s", "Time for a picture to be decoded");

    /// <summary>By <c>outcome</c>: <c>renewed</c>, or the code of what stands against it.</summary>
    public static readonly Counter<long> Renewals = Meter.CreateCounter<long>("imagerights.fingerprint.renewals", "{picture}", "Pictures fingerprinted anew, or left with the fingerprint they have");

    private static long pending, openRenewals;

    static Telemetry()
    {
        Meter.CreateObservableGauge("imagerights.fingerprint.pending", () => Interlocked.Read(ref pending), "{picture}", "Pictures that wait for another attempt");
        Meter.CreateObservableGauge("imagerights.fingerprint.renewals.open", () => Interlocked.Read(ref openRenewals), "{picture}", "Pictures with a fingerprint of an earlier version");
    }

    /// <summary>Pictures that wait for another attempt, in all replicas.</summary>
    public static long Pending { set => Interlocked.Exchange(ref pending, value); }

    /// <summary>Pictures with a fingerprint of an earlier version, in all replicas.</summary>
    public static long OpenRenewals
    {
        get => Interlocked.Read(ref openRenewals);
        set => Interlocked.Exchange(ref openRenewals, value);
    }
}
