using ImageRights.Console.Peers;

namespace ImageRights.Console.Pages;

/// <summary>Codes in words that people use.</summary>
internal static class Words
{
    public static string Transform(string transform) => transform switch
    {
        "Original" => "as it is",
        "Rotate90" => "turned a quarter to the left",
        "Rotate180" => "turned upside down",
        "Rotate270" => "turned a quarter to the right",
        "FlipX" => "mirrored top to bottom",
        "FlipY" => "mirrored left to right",
        _ => "mirrored along a diagonal",
    };

    /// <summary>An id in little room: ids begin with the time, so that those of one day differ in their ends.</summary>
    public static string Short(string id) => id.IndexOf('_') is > 0 and var kind && id.Length > kind + 9 ? $"{id[..kind]} …{id[^6..]}" : id;

    public static string Class(string kind) => kind switch
    {
        "Exact" => "the same picture",
        "NearExact" => "the same picture, hardly changed",
        "Crop" => "a part of the other picture",
        "Composite" => "the other picture with something around it",
        "BackgroundChanged" => "the same thing before another background",
        _ => "the same scene",
    };

    public static string Item(string item) => item switch
    {
        "Live" => "the picture is shown",
        "Down" => "the picture is down",
        _ => "the picture is held down",
    };

    /// <summary>How long it still is, in the unit in which people think of it.</summary>
    public static string Until(TimeSpan left) => left switch
    {
        { Ticks: <= 0 } => "now",
        { TotalHours: < 1 } => $"in {Math.Ceiling(left.TotalMinutes):0} min",
        { TotalHours: < 48 } => $"in {left.TotalHours:0} hours",
        _ => $"in {left.TotalDays:0} days",
    };

    /// <summary>Whether a work was compared with the pictures before it; null is a work that Matching has not heard of yet.</summary>
    public static Phrase Search(WorkSearch? search) => search switch
    {
        null or { Status: "waiting" } => new("Still being compared with earlier pictures…", "正在与此前上传的图片比对……"),
        { Status: "unreadable" } => new($"It could not be compared with earlier pictures ({search.UnreadableCode}).", $"无法与此前上传的图片比对（{search.UnreadableCode}）。"),
        { Status: "done", Uploads: 0 } => new("There were no earlier pictures to compare it with.", "此前没有可供比对的图片。"),
        { Status: "done", Uploads: { } uploads, Copies: { } copies, Since: { } at } => copies == 0
            ? new($"No copy among {Count(uploads, "earlier picture")}, compared on {PageBase.Instant(at)}.", $"{At(at)}与此前上传的 {uploads:N0} 张图片比对，未发现复制。")
            : new($"Compared with {Count(uploads, "earlier picture")} on {PageBase.Instant(at)}: {(copies == 1 ? "1 copy" : $"{copies:N0} copies")} found.", $"{At(at)}与此前上传的 {uploads:N0} 张图片比对，发现 {copies:N0} 处复制。"),
        _ => new("It was compared with earlier pictures; when, and with how many, is not stated.", "已与此前上传的图片比对；比对时间和数量未记录。"),
    };

    /// <summary>How many works are still to be compared with earlier pictures, and for how long.</summary>
    public static Phrase Searches(WorkSearches searches) => new(
        $"{(searches.Waiting == 1 ? "1 work is" : $"{searches.Waiting:N0} works are")} still being compared with earlier pictures{(searches.SecondsLeft is { } left ? $"; about {(left < 90 ? Count(left, "second") : Count((left + 30) / 60, "minute"))} left" : "")}…",
        $"还有 {searches.Waiting:N0} 件作品正在与此前上传的图片比对{(searches.SecondsLeft is { } rest ? $"，约需 {(rest < 90 ? $"{rest} 秒" : $"{(rest + 30) / 60:N0} 分钟")}" : "")}……");

    private static string Count(int number, string what) => $"{number:N0} {what}{(number == 1 ? "" : "s")}";

    private static string At(DateTimeOffset instant) => $"{instant.UtcDateTime:yyyy-MM-dd HH:mm} UTC ";

    /// <summary>Whose a term is.</summary>
    public static string Actor(string actor) => actor.Replace("|", " or ", StringComparison.Ordinal);

    public static string GuestState(string state) => state switch
    {
        "UnderReview" => "It is being looked at.",
        "TakenDown" => "The picture was taken down.",
        "Dismissed" => "The report was found to be without ground.",
        "Reinstated" => "The picture was taken down and is shown again.",
        "Settled" => "The parties have settled.",
        _ => "It is closed.",
    };

    public static string State(string? state) => state switch
    {
        null => "pending",
        "TakenDown" => "taken down",
        "CounterNoticed" => "objected",
        "Met" => "met",
        "Fired" => "took effect",
        "Stopped" => "stopped",
        "Elapsed" => "ran out",
        _ => state,
    };

    public static string Colour(string? state) => state switch
    {
        "Match" or "TakenDown" or "Exhausted" or "Elapsed" => "red",
        "Clear" or "Reinstated" or "Succeeded" or "Enabled" or "Met" => "green",
        "Open" or "CounterNoticed" or "Pending" => "yellow",
        _ => "secondary",
    };
}
