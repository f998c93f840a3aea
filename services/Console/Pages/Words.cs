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
        _ => state,
    };

    public static string Colour(string? state) => state switch
    {
        "Match" or "TakenDown" or "Exhausted" => "red",
        "Clear" or "Reinstated" or "Succeeded" or "Enabled" => "green",
        "Open" or "CounterNoticed" or "Pending" => "yellow",
        _ => "secondary",
    };
}
