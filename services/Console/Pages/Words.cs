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
