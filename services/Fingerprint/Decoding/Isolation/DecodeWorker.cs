namespace ImageRights.Fingerprint.Decoding.Isolation;

public static class DecodeWorker
{
    public const string Switch = "--decode-worker";
    public static int Run() => 0;
}
