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

    public static string Fact(string storedName) => storedName switch
    {
        "case_opened_v1" => "Case opened",
        "complainant_joined_v1" => "Another complaint joined",
        "measure_applied_v1" => "Picture taken down",
        "case_dismissed_v1" => "Complaint dismissed",
        "counter_notice_received_v1" => "Counter-notice received",
        "measure_lifted_v1" => "Picture reinstated",
        "settlement_executed_v1" => "Parties settled",
        "case_closed_v1" => "Case closed",
        _ => storedName,
    };

    public static string Step(string noun) => noun switch
    {
        "takedown" => "Take the picture down",
        "dismissal" => "Dismiss the complaint",
        "counter-notice" => "Object (counter-notice)",
        "reinstatement" => "Reinstate the picture",
        "settlement" => "Record a settlement",
        "closure" => "Close the case",
        _ => noun,
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
