using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageRights.CaseManagement.CaseFiles;

/// <summary>What one party is shown of facts about pictures: what was computed of its own; and of what was found, how the disputed picture and the work relate, and not which pictures of others
/// were found beside. Pure. Whatever fact or member is not named is kept back, so that a new one is, until somebody has thought about it.</summary>
/// <param name="account">The party's account.</param>
/// <param name="dispute">What the case is about and between whom, as the party was shown it.</param>
public sealed class PictureSight(string account, JsonElement dispute)
{
    /// <summary>Facts about one picture, which its own account sees whole.</summary>
    private static readonly FrozenSet<string> OfOnePicture = FrozenSet.ToFrozenSet(
        ["picture_fingerprinted_v1", "picture_unreadable_v1", "fingerprint_recorded_v1", "fingerprint_renewed_v1", "unreadable_recorded_v1", "picture_withdrawn_v1", "work_withdrawn_v1",
            "work_search_requested_v1", "work_searched_v1"]);

    /// <summary>Facts of what was found.</summary>
    private static readonly FrozenSet<string> Findings = FrozenSet.ToFrozenSet(["image_screened_v1", "copy_found_v1"]);

    /// <summary>Members of a finding that both sides see; evidence and thresholds with all that is in them.</summary>
    private static readonly FrozenSet<string> OfFinding = FrozenSet.ToFrozenSet(
        ["imageId", "workId", "accountId", "imageAccountId", "workAccountId", "surface", "listingId", "distance", "transform", "thresholds", "evidence", "isPortrait", "screenedAt", "foundAt"]);

    /// <summary>Members of a match that both sides see.</summary>
    private static readonly FrozenSet<string> OfMatch = FrozenSet.ToFrozenSet(
        ["bank", "referenceId", "ownerAccountId", "distance", "transform", "disposition", "licenceId", "evidence", "band"]);

    /// <summary>With what rests on all that was found, and would tell of what is not shown.</summary>
    private static readonly FrozenSet<string> OfWhole = FrozenSet.ToFrozenSet([.. OfFinding, "verdict", "band", "unreadableCode"]);

    private readonly string? image = Text(dispute, "imageId"), work = Text(dispute, "workId");
    private readonly string?[] parties = [account, Text(dispute, "respondentAccountId"), Text(dispute, "complainantAccountId")];

    /// <summary>A fact as the party sees it; null when it does not.</summary>
    /// <param name="type">Stored name.</param>
    public JsonNode? Of(string type, JsonElement data)
    {
        if (OfOnePicture.Contains(type)) return CaseReferences.Named(data, "accountId") is [_, ..] accounts && accounts.All(of => of == account) ? JsonObject.Create(data) : null;
        if (!Findings.Contains(type) || Text(data, "imageId") != image || !IsOfDispute(data)) return null;
        var lists = new Dictionary<string, JsonNode>();
        var (isWhole, isFound, isUploader) = (true, type == "copy_found_v1", Text(data, "accountId") == account);
        foreach (var name in new[] { "matches", "related" })
        {
            if (!data.TryGetProperty(name, out var list)) continue;
            var ofDispute = list.EnumerateArray().Where(match => Text(match, "referenceId") is { } reference && reference == work && IsOfDispute(match)).ToList();
            lists[name] = new JsonArray([.. ofDispute.Select(match => Kept(match, OfMatch))]);
            isWhole &= ofDispute.Count == list.GetArrayLength();
            isFound |= ofDispute.Count > 0;
        }
        if (!isFound && !isUploader) return null;
        var shown = Kept(data, isUploader || isWhole ? OfWhole : OfFinding);
        foreach (var (name, list) in lists) shown.Add(name, list);
        return shown;
    }

    private bool IsOfDispute(JsonElement of) => (Text(of, "workId") ?? work) == work
        && new[] { "accountId", "imageAccountId", "workAccountId", "ownerAccountId" }.All(member => Text(of, member) is not { } whose || parties.Contains(whose));

    private static JsonObject Kept(JsonElement of, IReadOnlySet<string> members) =>
        new(of.EnumerateObject().Where(member => members.Contains(member.Name)).Select(member => KeyValuePair.Create(member.Name, JsonNode.Parse(member.Value.GetRawText()))));

    private static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
