using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.CaseFiles;

/// <summary>What one party is shown of a case: its own acts as they are recorded, and of what others did that of which it was told, without who they are, their words and their papers. Pure.</summary>
/// <param name="account">The party's account.</param>
/// <param name="told">Events of which it was told.</param>
public sealed class PartySight(string account, IReadOnlySet<Guid> told)
{
    /// <summary>Members of others' facts that both sides see, wherever they stand. Whatever is not named is kept back, so that a new member is, until somebody has thought about it.</summary>
    public static readonly FrozenSet<string> Shared = FrozenSet.ToFrozenSet(
    [
        "dispute", "imageId", "workId", "respondentAccountId", "complainantAccountId", "origin", "regime", "location", "surface", "listingId",
        "finding", "distance", "transform", "algorithm", "maxDistance", "indexVersion", "act", "reasonCode", "at", "measureId", "scope", "legalBasis", "territories", "automated",
        "ground", "rule", "source", "cause", "agreedBy", "amount", "currency", "imageStays", "speaker", "particulars", "body", "party", "occurredAt", "outcome", "startedAt", "days", "dueBefore", "dueAt",
    ]);

    /// <summary>Members of others' facts that are theirs or the house's.</summary>
    public static readonly FrozenSet<string> Withheld = FrozenSet.ToFrozenSet(
        ["by", "through", "statement", "reportId", "notice", "settings", "elements", "missing", "reference", "proof", "statementId", "lateSeconds"]);

    /// <summary>Whether it is the party's own act, which it sees whole.</summary>
    public bool IsOwn(JsonElement data) => ActOf(data, "by") == account;

    /// <summary>A fact as the party sees it; null when it does not.</summary>
    /// <param name="type">Stored name.</param>
    public JsonNode? Of(Guid eventId, string type, JsonElement data)
    {
        if (IsOwn(data)) return JsonObject.Create(data);
        // That there is a case both sides know: it is in their lists.
        if (!told.Contains(eventId) && type != "case_opened_v1") return null;
        var shown = Cut(data).AsObject();
        // The reasons of a measure are stated to whom it restricts.
        if (type == "measure_applied_v1" && IsRespondent(account, data) && ActOf(data, "statement") is { Length: > 0 } statement) shown["act"]!["statement"] = statement;
        return shown;
    }

    /// <summary>What the party is shown of facts about pictures.</summary>
    /// <param name="dispute">What the case is about and between whom, as the party was shown it.</param>
    public PictureSight OfPictures(JsonElement dispute) => new(account, dispute);

    /// <summary>Who acted: himself by his signature, another by his part.</summary>
    /// <param name="signature">As the record has it.</param>
    public string ActorOf(string type, JsonElement data, string signature)
    {
        if (IsOwn(data)) return signature;
        if (data.TryGetProperty("speaker", out var speaker)) return speaker.GetString()!;
        var by = ActOf(data, "by");
        if (IsRespondent(by, data)) return nameof(Speaker.Respondent);
        var isComplaint = Text(data, "reportId") is not null || type is "complainant_withdrew_v1" || data.TryGetProperty("notice", out _);
        return isComplaint || Text(data.GetProperty("dispute"), "complainantAccountId") == by ? nameof(Speaker.Complainant) : nameof(Speaker.Platform);
    }

    private static bool IsRespondent(string? account, JsonElement data) => Text(data.GetProperty("dispute"), "respondentAccountId") == account;

    private static JsonNode Cut(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Where(member => Shared.Contains(member.Name)).Select(member => KeyValuePair.Create(member.Name, (JsonNode?)Cut(member.Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Cut)]),
        _ => JsonValue.Create(value)!,
    };

    private static string? ActOf(JsonElement data, string member) => data.TryGetProperty("act", out var act) ? Text(act, member) : null;

    private static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
