using System.Globalization;
using System.Text.Json;
using ImageRights.Hammer;

// Loads a running installation with uploads and checks every answer, every decision and every webhook while it does:
// dotnet run -c Release --project tests/Hammer -- .data/endpoints.json [seconds=20] [writers=4] [scenes=8] [pictures=folder] [width=900]
if (args.Length == 0 || !File.Exists(args[0]))
{
    Console.Error.WriteLine("hammer <endpoints.json> [seconds=20] [writers=4] [scenes=8] [pictures=folder] [width=900]; first start the system with ./run.sh");
    return 2;
}
var options = args.Skip(1).Select(option => option.Split('=', 2)).ToDictionary(option => option[0], option => option[1]);
var services = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(args[0]))!.Where(pair => pair.Value.StartsWith("http://", StringComparison.Ordinal))
    .ToDictionary(pair => pair.Key, pair => new Uri(pair.Value));
var data = Path.GetDirectoryName(Path.GetFullPath(args[0]))!;
var credentials = File.ReadLines(Path.Combine(data, "first-credentials.env")).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
var duration = TimeSpan.FromSeconds(Number("seconds", 20));
var scenes = Scene.Choose(Number("scenes", 8), options.GetValueOrDefault("pictures"), Number("width", 900));
Console.WriteLine($"{scenes.Count} scenes, {scenes.Average(scene => scene.Bytes.Length) / 1000:0} KB each; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");

await using var load = await Load.JoinAsync(services, credentials["client_id"], credentials["client_secret"]);
await load.RegisterAsync(scenes);
var start = ProcessorTimes.Read(data);
var alone = await load.DecodeAsync(scenes, Number("writers", 4), duration);
var decoded = ProcessorTimes.Read(data);
Console.WriteLine($"decode and fingerprint alone {alone.PerSecond:0.0}/s");
var full = await load.UploadAsync(scenes, Number("writers", 4), duration, perSecond: null);
Console.WriteLine($"uploads at full load          {full.PerSecond:0.0}/s, {full.PerSecond / alone.PerSecond:P0} of that");
await load.SettleAsync();
var uploaded = ProcessorTimes.Read(data);
load.Forget();
var half = await load.UploadAsync(scenes, Number("writers", 4), duration, perSecond: full.PerSecond / 2);
await load.SettleAsync();
var (p50, p99) = load.Latency();
Console.WriteLine($"uploads at half of it         {half.PerSecond:0.0}/s, upload to decision p50 {p50:0} ms, p99 {p99:0} ms");
ProcessorTimes.Print(("a decode", start, decoded, alone.Done), ("an upload", decoded, uploaded, full.Done));
Console.WriteLine($"uploads {load.Uploads}, refused {load.Refused}, decisions lost {load.Lost}, webhooks doubled {load.Doubled}, decisions wrong {load.Wrong}, webhooks forged {load.Forged}");
return load.Refused + load.Lost + load.Wrong + load.Forged + load.Doubled == 0 ? 0 : 1;

int Number(string name, int otherwise) => options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
