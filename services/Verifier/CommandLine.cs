using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ImageRights.EventStore.Transparency;
using Npgsql;

namespace ImageRights.Verifier;

/// <summary>The verifier's command line. Exit codes: 0 all is right, 1 something is wrong and was named, 2 it could not be checked.</summary>
public static class CommandLine
{
    private const string Usage =
        """
        imagerights-verify CASE-FILE [--key KEY]... [--authority FILE]...
            checks a case file as GET /v1/cases/{id}/export gives it: that no byte of it was changed, and that its events are in the log
        imagerights-verify PROOF --key KEY...
            checks that an event is in the log: a proof as GET /v1/log/proofs/inclusion gives it
        imagerights-verify --older FILE --newer FILE --consistency FILE --key KEY...
            checks that one checkpoint continues another: what GET /v1/log/proofs/consistency gives
        imagerights-verify --database CONNECTION [--schema NAME] [--checkpoint FILE]... [--key KEY]... [--most NUMBER]
            checks every stored event against the log, and the log against checkpoints that were kept elsewhere; names the first
            changed event, or up to so many

        KEY is a verifier key of a log, as GET /v1/log/keys gives it, kept since it was first seen. Without it a database or a case
        file is checked with the keys that it holds itself, which whoever changed it may have changed too.

        FILE of an authority is the certificate (PEM) that vouches for who stamped the time. Without it a time stamp is checked, but not whose it is.

        Exit code 0: all is right. 1: something is wrong, and is named. 2: it could not be checked.
        """;

    /// <summary>Runs one check.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        try
        {
            var options = Options.Parse(args);
            if (options is null)
            {
                await errors.WriteLineAsync(Usage);
                return 2;
            }
            var keys = options.All("--key").Select(LogVerifier.Parse).ToList();
            if (options.One("--database") is { } database) return await DatabaseAsync(database, options, keys, output);
            if (options.File is { } file && await File.ReadAllBytesAsync(file) is var bytes && !bytes.AsSpan().StartsWith("c2sp.org/"u8))
            {
                // An answer that refused the download, for one: nothing is wrong with a record that is not there.
                if (!bytes.AsSpan().StartsWith("PK"u8)) throw new FormatException($"{file} is neither a case file nor a proof.");
                return await CaseFileAsync(bytes, keys, [.. options.All("--authority").Select(X509CertificateLoader.LoadCertificateFromFile)], output);
            }
            if (keys.Count == 0) throw new ArgumentException("Whose log is it? Give --key.");
            return options.One("--older") is { } older ? await ConsistencyAsync(older, options, keys, output) : await InclusionAsync(options.File!, keys, output);
        }
        catch (Exception failure) when (failure is ArgumentException or IOException or UnauthorizedAccessException or NpgsqlException or FormatException or TimeoutException or CryptographicException)
        {
            await errors.WriteLineAsync($"not checked: {failure.Message}");
            return 2;
        }
    }

    private static async Task<int> DatabaseAsync(string connection, Options options, List<LogVerifier> keys, TextWriter output)
    {
        var notes = options.All("--checkpoint").Select(file => (file, ReadNote(file))).ToList();
        var most = 1;
        if (options.One("--most") is { } number && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most < 1)) throw new ArgumentException("--most takes a number from 1.");
        var clock = Stopwatch.StartNew();
        var report = await new DatabaseCheck(connection, options.One("--schema") ?? "public", keys, notes).RunAsync(CancellationToken.None, most);
        if (report.Wrong is not null)
        {
            foreach (var wrong in report.AllWrong) await output.WriteLineAsync($"WRONG: {wrong}");
            return 1;
        }
        var rate = report.Events / Math.Max(clock.Elapsed.TotalSeconds, 0.001);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"right: {report.Events} events, {report.Checkpoints} checkpoints, {report.Unsealed} events after the last checkpoint; {rate:0} events/s"));
        if (keys.Count == 0) await output.WriteLineAsync("The keys are the database's own: this shows that the record is whole, not whose it is. Give --key and --checkpoint from elsewhere.");
        return 0;
    }

    private static async Task<int> CaseFileAsync(byte[] archive, List<LogVerifier> keys, X509Certificate2Collection authorities, TextWriter output)
    {
        var report = new CaseFileCheck(archive, keys, authorities).Run();
        if (report.Wrong is { } wrong)
        {
            await output.WriteLineAsync($"WRONG: {wrong}");
            return 1;
        }
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"right: {report.CaseId}, {report.Events} events in the signed log, {report.Pictures} pictures that it names"));
        if (report.Withheld > 0) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{report.Withheld} more events are in the signed log at the places named, and are withheld from whom the file is for."));
        if (report.Unbound > 0) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{report.Unbound} pictures are as the service gave them out, but the record of their arrival is not in the file."));
        foreach (var (log, time) in report.TimeStamps)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{log} was so at {time.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, says {time.Authority}{(time.IsTrusted ? "" : ", whose certificate was not checked: give --authority")}"));
        foreach (var gap in report.Missing) await output.WriteLineAsync($"missing: {gap}");
        if (keys.Count == 0) await output.WriteLineAsync("The keys are the file's own: this shows that it is whole, not whose it is. Give --key from elsewhere.");
        return 0;
    }

    private static async Task<int> InclusionAsync(string file, List<LogVerifier> keys, TextWriter output)
    {
        var text = await File.ReadAllTextAsync(file);
        try
        {
            var proof = LogProof.Parse(text);
            var checkpoint = proof.Verify(keys);
            await output.WriteLineAsync($"right: event {proof.Index} of {checkpoint.Size} in {checkpoint.Origin}");
            await output.WriteLineAsync(System.Text.Encoding.UTF8.GetString(proof.Entry));
            return 0;
        }
        catch (FormatException failure)
        {
            await output.WriteLineAsync($"WRONG: {failure.Message}");
            return 1;
        }
    }

    private static async Task<int> ConsistencyAsync(string olderFile, Options options, List<LogVerifier> keys, TextWriter output)
    {
        var newerFile = options.One("--newer") ?? throw new ArgumentException("--newer is missing.");
        var proofFile = options.One("--consistency") ?? throw new ArgumentException("--consistency is missing.");
        var (olderText, newerText) = (ReadNote(olderFile), ReadNote(newerFile));
        var proof = (await File.ReadAllLinesAsync(proofFile)).Where(line => line.Length > 0).Select(Convert.FromBase64String).ToList();
        try
        {
            var (older, newer) = (Checkpoint.Open(olderText, keys), Checkpoint.Open(newerText, keys));
            if (older.Origin != newer.Origin) throw new FormatException($"They are of two logs, {older.Origin} and {newer.Origin}.");
            if (!Merkle.IsConsistent(older.Size, older.Root, newer.Size, newer.Root, proof)) throw new FormatException($"The log of {newer.Size} events does not continue the one of {older.Size}, or the proof was changed.");
            await output.WriteLineAsync($"right: {newer.Origin} with {newer.Size} events continues what it was with {older.Size}");
            return 0;
        }
        catch (FormatException failure)
        {
            await output.WriteLineAsync($"WRONG: {failure.Message}");
            return 1;
        }
    }

    private static string ReadNote(string file) =>
        File.ReadAllText(file) is var text && text.Contains("\n\n— ", StringComparison.Ordinal) ? text : throw new FormatException($"{file} holds no checkpoint.");

    private sealed class Options
    {
        private static readonly string[] Known = ["--database", "--schema", "--checkpoint", "--key", "--older", "--newer", "--consistency", "--authority", "--most"];
        private readonly List<(string Name, string Value)> values = [];

        public string? File { get; private set; }

        public IEnumerable<string> All(string name) => values.Where(value => value.Name == name).Select(value => value.Value);

        public string? One(string name) => All(name).LastOrDefault();

        public static Options? Parse(string[] args)
        {
            var options = new Options();
            for (var place = 0; place < args.Length; place++)
            {
                if (!args[place].StartsWith('-') && options.File is null) options.File = args[place];
                else if (Known.Contains(args[place]) && place + 1 < args.Length) options.values.Add((args[place], args[++place]));
                else return null;
            }
            var asked = new[] { options.File, options.One("--database"), options.One("--older") }.Count(asked => asked is not null);
            return asked == 1 ? options : null;
        }
    }
}
