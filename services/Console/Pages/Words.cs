using ImageRights.Console.Peers;

namespace ImageRights.Console.Pages;

/// <summary>Codes in words that people use.</summary>
internal static class Words
{
    public static Phrase Transform(string transform) => transform switch
    {
        "Original" => new("as it is", "方向未变"),
        "Rotate90" => new("turned a quarter to the left", "逆时针旋转90°"),
        "Rotate180" => new("turned upside down", "旋转180°"),
        "Rotate270" => new("turned a quarter to the right", "顺时针旋转90°"),
        "FlipX" => new("mirrored top to bottom", "上下镜像"),
        "FlipY" => new("mirrored left to right", "左右镜像"),
        _ => new("mirrored along a diagonal", "沿对角线镜像"),
    };

    /// <summary>An id in little room: ids begin with the time, so that those of one day differ in their ends.</summary>
    public static string Short(string id) => id.IndexOf('_') is > 0 and var kind && id.Length > kind + 9 ? $"{id[..kind]} …{id[^6..]}" : id;

    public static Phrase Class(string kind) => kind switch
    {
        "Exact" => new("the same picture", "同一图片"),
        "NearExact" => new("the same picture, hardly changed", "同一图片，仅轻微改动"),
        "Crop" => new("a part of the other picture", "另一图片的一部分"),
        "Composite" => new("the other picture with something around it", "包含另一图片，并在其周围添加了内容"),
        "BackgroundChanged" => new("the same thing before another background", "同一主体置于另一背景"),
        _ => new("the same scene", "同一场景"),
    };

    public static Phrase Item(string item) => item switch
    {
        "Live" => new("the picture is shown", "图片展示"),
        "Down" => new("the picture is down", "图片下架"),
        _ => new("the picture is held down", "图片因诉讼或命令维持下架"),
    };

    /// <summary>What a picture was compared with.</summary>
    public static Phrase Bank(string bank) => bank switch
    {
        "Works" => new("Registered work", "登记作品"),
        "Portraits" => new("Registered portrait", "登记肖像"),
        "Removed" => new("Removed picture", "已下架图片"),
        _ => new("Earlier upload", "此前上传的图片"),
    };

    /// <summary>Where a marketplace shows a picture.</summary>
    public static Phrase Surface(string? surface) => surface switch
    {
        null => new("", ""),
        "Listing" => new(surface, "商品主图"),
        "Sku" => new(surface, "SKU图"),
        "Detail" => new(surface, "详情页图片"),
        "VideoCover" => new("Video cover", "视频封面"),
        "Avatar" => new(surface, "头像"),
        "Profile" => new(surface, "个人主页图片"),
        "Review" => new(surface, "评价图片"),
        _ => new(surface, surface),
    };

    /// <summary>What a case began with.</summary>
    public static Phrase Origin(string origin) => origin switch
    {
        "Report" => new(origin, "投诉"),
        "Screening" => new(origin, "上传时比对"),
        "Retroactive" => new(origin, "作品登记后比对"),
        _ => new(origin, origin),
    };

    /// <summary>How long it still is, in the unit in which people think of it.</summary>
    public static Phrase Until(TimeSpan left) => left switch
    {
        { Ticks: <= 0 } => new("now", "已届期"),
        { TotalHours: < 1 } => new($"in {Math.Ceiling(left.TotalMinutes):0} min", $"{Math.Ceiling(left.TotalMinutes):0}分钟后"),
        { TotalHours: < 48 } => new($"in {left.TotalHours:0} hours", $"{left.TotalHours:0}小时后"),
        _ => new($"in {left.TotalDays:0} days", $"{left.TotalDays:0}天后"),
    };

    /// <summary>Whether a work was compared with the pictures before it; null is a work that Matching has not heard of yet.</summary>
    public static Phrase Search(WorkSearch? search) => search switch
    {
        null or { Status: "waiting" } => new("Still being compared with earlier pictures…", "正在与此前上传的图片比对……"),
        { Status: "unreadable" } => new($"It could not be compared with earlier pictures ({search.UnreadableCode}).", $"无法与此前上传的图片比对（{search.UnreadableCode}）。"),
        { Status: "done", Uploads: 0 } => new("There were no earlier pictures to compare it with.", "此前没有可供比对的图片。"),
        { Status: "done", Uploads: { } uploads, Copies: { } copies, Since: { } at } => copies == 0
            ? new($"No copy among {Count(uploads, "earlier picture")}, compared on {Speech.Instant(at)}.", $"{At(at)}与此前上传的 {uploads:N0} 张图片比对，未发现复制。")
            : new($"Compared with {Count(uploads, "earlier picture")} on {Speech.Instant(at)}: {(copies == 1 ? "1 copy" : $"{copies:N0} copies")} found.", $"{At(at)}与此前上传的 {uploads:N0} 张图片比对，发现 {copies:N0} 处复制。"),
        _ => new("It was compared with earlier pictures; when, and with how many, is not stated.", "已与此前上传的图片比对；比对时间和数量未记录。"),
    };

    /// <summary>How many works are still to be compared with earlier pictures, and for how long.</summary>
    public static Phrase Searches(WorkSearches searches) => new(
        $"{(searches.Waiting == 1 ? "1 work is" : $"{searches.Waiting:N0} works are")} still being compared with earlier pictures{(searches.SecondsLeft is { } left ? $"; about {(left < 90 ? Count(left, "second") : Count((left + 30) / 60, "minute"))} left" : "")}…",
        $"还有 {searches.Waiting:N0} 件作品正在与此前上传的图片比对{(searches.SecondsLeft is { } rest ? $"，约需 {(rest < 90 ? $"{rest} 秒" : $"{(rest + 30) / 60:N0} 分钟")}" : "")}……");

    private static string Count(int number, string what) => $"{number:N0} {what}{(number == 1 ? "" : "s")}";

    private static string At(DateTimeOffset instant) => $"{instant.UtcDateTime:yyyy-MM-dd HH:mm} UTC ";

    /// <summary>Whose a term is.</summary>
    public static Phrase Actor(string actor) => new(actor.Replace("|", " or ", StringComparison.Ordinal), string.Join('或', actor.Split('|').Select(one => one.ToLowerInvariant() switch
    {
        "platform" => "平台",
        "complainant" => "投诉方",
        "respondent" => "被投诉方",
        "notifier" => "通知人",
        "court" => "法院",
        "ods body" => "庭外争议解决机构",
        "rights holder" => "权利人",
        "offeree" => "受要约人",
        "both" => "双方",
        "either party" => "任何一方",
        var other => other,
    })));

    /// <inheritdoc cref="Actor" />
    public static Phrase ActorInSentence(string actor) => actor.ToLowerInvariant() switch
    {
        "platform" => new("The marketplace", "平台"),
        "both" => new("Both sides", "双方"),
        "either party" => new("Either side", "任何一方"),
        _ => new($"The {Actor(actor).En}", Actor(actor).Zh),
    };

    /// <summary>What came of an attempt to deliver.</summary>
    public static Phrase Outcome(string outcome) => outcome switch
    {
        "Succeeded" => new("taken", "已接收"),
        "Refused" => new("refused", "被拒绝"),
        "Redirected" => new("sent elsewhere, which is not followed", "被重定向（不予跟随）"),
        "Throttled" => new("too much at once", "请求过多"),
        "Gone" => new("wants no more", "不再接收"),
        "TimedOut" => new("no answer in time", "超时未响应"),
        "Unreachable" => new("not reached", "无法连接"),
        "Forbidden" => new("not sent: its address leads to where nothing may be sent", "未发送：其地址不允许访问"),
        _ => Phrase.Same(outcome),
    };

    /// <summary>Why nothing is sent to an endpoint.</summary>
    public static Phrase DisabledReason(string reason) => reason switch
    {
        "ByRequest" => new("somebody turned it off", "已由管理者停用"),
        "Gone" => new("it answered that it wants no more (410)", "端点答复不再接收（410）"),
        "Failing" => new("every attempt failed for days", "连续多日投递失败"),
        _ => Phrase.Same(reason),
    };

    /// <summary>What can be chosen in a step's form.</summary>
    public static Phrase Option(string option) => option switch
    {
        "Complainant" => new(option, "投诉方"),
        "Respondent" => new(option, "被投诉方"),
        "Upheld" => new(option, "投诉成立"),
        "Dismissed" => new(option, "驳回投诉"),
        "Settled" => new(option, "和解"),
        "Removal" => new(option, "下架"),
        "Restoration" => new(option, "恢复"),
        "End" => new(option, "命令终止"),
        "owner" => new("It is mine", "本人为权利人"),
        "authorized" => new("I am authorised by its owner", "已获权利人授权"),
        "no_right" => new("Who complains has no right in it", "投诉方对其无权利"),
        "fair_use" => new("Its use is fair", "属合理使用"),
        "removed" => new("It had been removed already", "此前已移除"),
        "not_used" => new("The work is not used in it", "未使用该作品"),
        "other" => new("Another reason", "其他理由"),
        _ => new(option, State(option).Zh),
    };

    public static Phrase GuestState(string state) => state switch
    {
        "UnderReview" => new("It is being looked at.", "正在审查。"),
        "TakenDown" => new("The picture was taken down.", "图片已下架。"),
        "Dismissed" => new("The report was found to be without ground; the picture stays.", "经审查，举报不成立，图片继续展示。"),
        "Reinstated" => new("The picture was taken down and is shown again.", "图片曾下架，现已恢复。"),
        "Settled" => new("The parties have settled.", "双方已和解。"),
        "Upheld" => new("It is closed: the picture was taken down and stays down.", "已结案：图片已下架，不再恢复。"),
        _ => new("It is closed.", "已结案。"),
    };

    /// <summary>What follows for a guest, who acts now, and what is open to the guest besides taking the report back.</summary>
    public static (Phrase Next, Phrase Who, Phrase? Besides) GuestNext(string state) => state switch
    {
        "UnderReview" => (new("A person at the marketplace looks at the picture and at what you wrote, and decides whether it is taken down.", "平台工作人员将审查图片和您的说明，决定是否下架。"),
            new("The marketplace. You need not do anything.", "平台。您无需采取任何行动。"), null),
        "TakenDown" => (new("Who uploaded the picture may object; then it is looked at once more. Otherwise it stays down.", "上传者可以提出反通知，届时将再次审查；否则图片保持下架。"),
            new("Who uploaded it, if they object. You need not do anything.", "上传者（如提出反通知）。您无需采取任何行动。"), null),
        "Dismissed" or "Reinstated" => (new("The picture is shown. Nothing more happens here by itself.", "图片正在展示。此处不会再自动进行任何处理。"), new("Nobody, unless you go on.", "无人，除非您继续主张。"),
            new("Report the picture again if you have something new to say, or turn to a court or an authority.", "如有新的理由可再次举报，也可向法院或主管部门寻求救济。")),
        "Settled" => (new("The case is put in order with what the parties agreed.", "将按双方约定办理。"), new("Nobody.", "无需任何人采取行动。"), null),
        _ => (new("Nothing more happens here.", "此处不再进行任何处理。"), new("Nobody.", "无需任何人采取行动。"), null),
    };

    public static Phrase State(string? state) => state switch
    {
        null => new("pending", "待定"),
        "Open" => new(state, "待处理"),
        "TakenDown" => new("taken down", "已下架"),
        "CounterNoticed" => new("objected", "已收到反通知"),
        "Reinstated" => new(state, "已恢复"),
        "Settled" => new(state, "已和解"),
        "Closed" => new(state, "已结案"),
        "Match" => new(state, "发现匹配"),
        "Clear" => new(state, "未发现匹配"),
        "Featureless" => new(state, "细节不足"),
        "Unreadable" => new(state, "无法解码"),
        "Running" => new(state, "进行中"),
        "Met" => new("met", "已履行"),
        "Fired" => new("took effect", "已生效"),
        "Stopped" => new("stopped", "已停止"),
        "Held" => new(state, "暂停计算"),
        "Elapsed" => new("ran out", "已届满"),
        "received" => new(state, "已收到"),
        "withdrawn" => new(state, "已撤回"),
        "suspended" => new(state, "暂停比对"),
        "Enabled" => new(state, "已启用"),
        "Disabled" => new(state, "已停用"),
        "Pending" => new(state, "等待投递"),
        "Succeeded" => new(state, "已送达"),
        "Exhausted" => new(state, "投递失败"),
        "Cancelled" => new(state, "已取消"),
        "done" => new(state, "已完成"),
        "waits for approval" => new(state, "待批准"),
        "under way" => new(state, "进行中"),
        "stands" => new(state, "有效"),
        "lifted" => new(state, "已解除"),
        _ => new(state, state),
    };

    public static string Colour(string? state) => state switch
    {
        "Match" or "TakenDown" or "Exhausted" or "Elapsed" => "red",
        "Clear" or "Reinstated" or "Succeeded" or "Enabled" or "Met" => "green",
        "Open" or "CounterNoticed" or "Pending" => "yellow",
        _ => "secondary",
    };
}
