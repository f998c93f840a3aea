using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.Tour;
using Spectre.Console;

// The main job in one sitting: an author registers photographs, other sellers upload copies of them, a report takes one down, a webhook tells the marketplace.
try
{
    var endpointsFile = args.Length == 1 ? args[0] : Path.Combine(".data", "endpoints.json");
    if (!File.Exists(endpointsFile)) throw new TourException($"{endpointsFile} does not exist: ImageRights is not running. Start it with ./run.sh, or let ./run.sh tour do both.");
    var services = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(endpointsFile))!
        .Where(pair => pair.Value.StartsWith("http://", StringComparison.Ordinal))
        .ToDictionary(pair => pair.Key, pair => new Uri(pair.Value));
    var desk = new Desk(services);
    var (clientId, secret) = Credentials(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(endpointsFile))!, "first-credentials.env"));
    await desk.SignInAsync(clientId, secret);
    await WalkAsync(desk);
    return 0;
}
catch (TourException problem)
{
    AnsiConsole.MarkupLineInterpolated($"[red]The tour stopped:[/] {problem.Message}");
    return 1;
}
catch (HttpRequestException problem)
{
    AnsiConsole.MarkupLineInterpolated($"[red]The tour stopped:[/] {problem.Message}. Is ImageRights running? Start it with ./run.sh.");
    return 1;
}

static (string ClientId, string Secret) Credentials(string file)
{
    if (Environment.GetEnvironmentVariable("IMAGERIGHTS_CLIENT_ID") is { Length: > 0 } given) return (given, Environment.GetEnvironmentVariable("IMAGERIGHTS_CLIENT_SECRET") ?? "");
    if (!File.Exists(file)) throw new TourException($"{file} does not exist any more. Set IMAGERIGHTS_CLIENT_ID and IMAGERIGHTS_CLIENT_SECRET; the console makes programs under Programs.");
    var kept = File.ReadLines(file).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    return (kept["client_id"], kept["client_secret"]);
}

static async Task WalkAsync(Desk desk)
{
    AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 110);
    var run = Guid.NewGuid().ToString("N")[..6];
    string author = $"fang-{run}", thief = $"shop-{run}";
    var photographs = Pictures.Photographs();
    var registered = photographs.Take(photographs.Count / 2).ToList();
    var unrelated = photographs.Skip(photographs.Count / 2).ToList();

    AnsiConsole.Write(new Rule("[bold]1  The marketplace listens[/]").LeftJustified());
    await using var listener = await WebhookListener.StartAsync();
    var endpoint = await desk.PostAsync("notification", "/v1/endpoints", new { url = listener.Url, description = "tour" });
    listener.Trust(endpoint["secret"]!.GetValue<string>());
    AnsiConsole.MarkupLineInterpolated($"Signed events go to {listener.Url}");

    AnsiConsole.Write(new Rule("[bold]2  An author registers her photographs[/]").LeftJustified());
    var works = new Dictionary<string, string>();
    foreach (var (name, bytes) in registered) works[name] = await desk.RegisterWorkAsync(name, author, bytes);
    AnsiConsole.MarkupLineInterpolated($"{author} registered {works.Count} works: {string.Join(", ", works.Keys)}");
    await Desk.UntilAsync(async () => (await desk.GetAsync("matching", "/v1/index"))["works"]!.GetValue<long>() >= works.Count ? "" : null, "The works in the index");

    AnsiConsole.Write(new Rule("[bold]3  Another seller uploads pictures[/]").LeftJustified());
    var samples = registered.SelectMany(photograph => Pictures.Edits(photograph.Name, photograph.Bytes))
        .Concat(unrelated.Select(photograph => new Sample("another picture", photograph.Name, photograph.Bytes, false)))
        .ToList();
    var verdicts = await ScreenAsync(desk, samples, thief, works);

    AnsiConsole.Write(new Rule("[bold]4  A report takes one down[/]").LeftJustified());
    // The author has an eye too: she reports the crop, whatever the machine made of it.
    var (reported, imageId, _) = verdicts.First(verdict => verdict.Sample.Edit.StartsWith("cropped", StringComparison.Ordinal));
    var report = await desk.ReportAsync(new
    {
        imageId,
        workId = works[reported.Original],
        complainantAccountId = author,
        reasonCode = "Copyright",
        statement = "This is my photograph; I gave no licence.",
    });
    var caseId = report["caseId"]!.GetValue<string>();
    var opened = await desk.GetAsync("casemanagement", $"/v1/cases/{caseId}");
    await desk.PostAsync("casemanagement", $"/v1/cases/{caseId}/takedown", new { reasonCode = "Copyright", statement = "A part of a registered work, no licence on file.", actor = "reviewer-mei" }, opened["etag"]!.GetValue<string>());
    AnsiConsole.MarkupLineInterpolated($"{author} reported {imageId} ({reported.Original}, {reported.Edit})\n{caseId} was decided by a reviewer: taken down");

    AnsiConsole.Write(new Rule("[bold]5  The marketplace hears of it[/]").LeftJustified());
    var notice = await Desk.UntilAsync(
        () => Task.FromResult(listener.Received.FirstOrDefault(message => message["type"]!.GetValue<string>() == "imagerights.measure.applied.v1" && message["data"]!["caseId"]!.GetValue<string>() == caseId)),
        "The signed webhook");
    AnsiConsole.MarkupLineInterpolated($"[green]Signature verified[/]: {notice["type"]}, event {notice["id"]}");
    AnsiConsole.MarkupLineInterpolated($"{listener.Received.Count} events received and verified so far, {listener.Refused} refused");

    AnsiConsole.Write(new Rule("[bold]6  The history of the case[/]").LeftJustified());
    await ShowHistoryAsync(desk, caseId);
    await desk.DeleteAsync("notification", $"/v1/endpoints/{endpoint["endpointId"]}", endpoint["etag"]!.GetValue<string>());
}

static async Task<List<(Sample Sample, string ImageId, JsonNode Screening)>> ScreenAsync(Desk desk, IReadOnlyList<Sample> samples, string thief, IReadOnlyDictionary<string, string> works)
{
    var verdicts = new List<(Sample Sample, string ImageId, JsonNode Screening)>();
    AnsiConsole.MarkupLineInterpolated($"[grey]{"photograph",-13} {"what was done to it",-24} {"verdict",-9} {"in",-8} {"bits apart",-11} {"found as",-10} {"it is",-10} after[/]");
    foreach (var sample in samples)
    {
        var watch = Stopwatch.StartNew();
        var imageId = await desk.UploadAsync(thief, $"listing-{verdicts.Count + 1}", sample.Bytes);
        var screening = await Desk.UntilAsync(
            async () => await desk.ScreeningAsync(imageId) is { } found && found["verdict"] is not null ? found : null, $"The verdict on {imageId}");
        verdicts.Add((sample, imageId, screening));
        // A second tour meets the uploads of the first: they match too, as what other sellers uploaded earlier.
        var match = screening["matches"]!.AsArray().OrderBy(candidate => candidate!["bank"]!.GetValue<string>() == "Works" ? 0 : 1).FirstOrDefault();
        var verdict = screening["verdict"]!.GetValue<string>();
        AnsiConsole.MarkupInterpolated($"{sample.Original,-13} {sample.Edit,-24} ");
        AnsiConsole.Markup(verdict == "Match" ? $"[red]{verdict,-9}[/] " : $"[green]{verdict,-9}[/] ");
        AnsiConsole.MarkupLineInterpolated($"{match?["bank"]?.ToString() ?? "",-8} {match?["distance"]?.ToString() ?? "",-11} {match?["transform"]?.ToString() ?? "",-10} {match?["evidence"]?["class"]?.ToString() ?? "",-10} {watch.ElapsedMilliseconds} ms");
    }
    AnsiConsole.WriteLine();
    foreach (var edit in verdicts.GroupBy(verdict => verdict.Sample.Edit))
    {
        var found = edit.Count(verdict => verdict.Screening["matches"]!.AsArray().Any(match => works.TryGetValue(verdict.Sample.Original, out var work) && match!["referenceId"]!.GetValue<string>() == work));
        AnsiConsole.MarkupLineInterpolated($"{edit.Key,-24} {found} of {edit.Count()} recognised{Remark(edit.First().Sample.IsCopy, found, edit.Count())}");
    }
    return verdicts;

    static string Remark(bool isCopy, int found, int all) => (isCopy, found) switch
    {
        (false, 0) => ", as it should be: they are nobody's works",
        (true, _) when found < all => ": too little is left of it to be sure",
        _ => "",
    };
}

static async Task ShowHistoryAsync(Desk desk, string caseId)
{
    var history = await desk.GetAsync("casemanagement", $"/v1/cases/{caseId}/history");
    foreach (var entry in history["events"]!.AsArray())
        AnsiConsole.MarkupLineInterpolated($"{entry!["version"]}  {entry["type"],-24} {entry["timestamp"]!.GetValue<DateTimeOffset>().UtcDateTime,-22:yyyy-MM-dd HH:mm:ss.fff} {entry["actor"]}");
}
