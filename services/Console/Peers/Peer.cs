using ImageRights.Console.Pages;

namespace ImageRights.Console.Peers;

/// <summary>Resource names of the services that the console reads.</summary>
public static class Peer
{
    public const string Ingestion = "ingestion";
    public const string Fingerprint = "fingerprint";
    public const string Matching = "matching";
    public const string Cases = "casemanagement";
    public const string Notification = "notification";

    /// <summary>All of them.</summary>
    public static readonly string[] All = [Ingestion, Fingerprint, Matching, Cases, Notification];

    /// <summary>Says that a service does not answer, and what it is there for.</summary>
    public static Phrase Silent(string peer)
    {
        var (en, zh) = peer switch
        {
            Ingestion => ("keeps pictures and works", "保管图片与作品"),
            Fingerprint => ("reads pictures", "读取图片"),
            Matching => ("compares pictures", "比对图片"),
            Cases => ("leads the cases", "办理案件"),
            Notification => ("sends messages", "发送消息"),
            _ => throw new ArgumentOutOfRangeException(nameof(peer), peer, null),
        };
        return new($"The {peer} service, which {en}, does not answer. It may be starting; try again in a moment.", $"{peer} 服务（{zh}）没有响应，可能正在启动，请稍后重试。");
    }

    /// <summary>Whether a request failed because its service did not answer, or not in time.</summary>
    /// <param name="cancelled">Of who asked: he who goes away met no silence.</param>
    public static bool IsSilence(Exception failure, CancellationToken cancelled) => failure is HttpRequestException || failure is OperationCanceledException && !cancelled.IsCancellationRequested;
}
