using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;

namespace ImageRights.Verifier.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("imagerights-verify-");

    [Fact]
    public async Task A_database_is_checked_with_a_key_and_a_checkpoint_from_elsewhere()
    {
        await using var store = await SealedStore.CreateAsync(streams: 2, eventsEach: 5);
        var kept = Write("kept.note", await store.ScalarAsync<string>("select note from mt_log_checkpoints order by size desc limit 1"));

        (await RunAsync("--database", store.ConnectionString, "--key", store.Key, "--checkpoint", kept)).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(0), run => run.Text.ShouldStartWith("right: 10 events"));
        (await RunAsync("--database", store.ConnectionString)).Text.ShouldContain("not whose it is");
        using (var other = LogSigner.Ephemeral(LogVerifier.Parse(store.Key).Origin))
            (await RunAsync("--database", store.ConnectionString, "--key", other.Verifier.ToString())).Code.ShouldBe(1);
        await store.TamperAsync("delete from mt_events where seq_id = 3");
        (await RunAsync("--database", store.ConnectionString, "--key", store.Key)).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(1), run => run.Text.ShouldStartWith("WRONG: event "), run => run.Text.ShouldContain("version 3"));
        (await RunAsync("--database", store.ConnectionString + ";Port=1;Timeout=2", "--key", store.Key)).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Proofs_are_checked_from_files_alone()
    {
        await using var store = await SealedStore.CreateAsync(streams: 2, eventsEach: 5);
        var older = Write("older.note", await store.ScalarAsync<string>("select note from mt_log_checkpoints order by size desc limit 1"));
        await store.AppendAsync(1, 7);
        var newer = Write("newer.note", await store.ScalarAsync<string>("select note from mt_log_checkpoints order by size desc limit 1"));
        var options = new StoreOptions { ConnectionString = store.ConnectionString };
        await using var documents = new DocumentStore(options);
        var log = new TransparencyLog(documents);
        var proof = Write("consistency", string.Join('\n', (await log.ConsistencyProofAsync(10, 17, CancellationToken.None))!.Select(Convert.ToBase64String)));
        var inclusion = (await log.InclusionProofAsync(DocumentStore.DefaultTenant, await store.ScalarAsync<Guid>("select id from mt_events where seq_id = 4"), CancellationToken.None)).Proof!;
        var file = Write("event.tlog-proof", inclusion);

        (await RunAsync(file, "--key", store.Key)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0), run => run.Text.ShouldStartWith("right: event 3 of 17"));
        (await RunAsync("--older", older, "--newer", newer, "--consistency", proof, "--key", store.Key)).Code.ShouldBe(0);
        (await RunAsync("--older", newer, "--newer", older, "--consistency", proof, "--key", store.Key)).Code.ShouldBe(1);
        (await RunAsync(Write("forged", inclusion.Replace("index 3", "index 2", StringComparison.Ordinal)), "--key", store.Key)).Code.ShouldBe(1);
        (await RunAsync(Write("cut-off", "PK"), "--key", store.Key)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(1), run => run.Text.ShouldStartWith("WRONG: "));
        // What is no case file, proof, checkpoint or key was not looked into.
        var other = Write("refused.json", """{"code":"Access_Token_Missing"}""");
        foreach (var arguments in new string[][]
        {
            [other, "--key", store.Key], [Write("empty", ""), "--key", store.Key], [file, "--key", ""], [file, "--key", other],
            ["--older", other, "--newer", newer, "--consistency", proof, "--key", store.Key], ["--older", older, "--newer", newer, "--consistency", other, "--key", store.Key],
            ["--database", store.ConnectionString, "--checkpoint", other, "--key", store.Key], ["--database", store.ConnectionString, "--checkpoint", Path.Combine(directory.FullName, "absent")],
        })
            (await RunAsync(arguments)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(2), run => run.Text.ShouldStartWith("not checked: "));
        (await RunAsync(Path.Combine(directory.FullName, "absent"), "--key", store.Key)).Code.ShouldBe(2);
        (await RunAsync(file)).Code.ShouldBe(2);
        (await RunAsync()).Code.ShouldBe(2);
        (await RunAsync("--frobnicate")).Code.ShouldBe(2);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Code, string Text)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, output);
        return (code, output.ToString());
    }

    public void Dispose() => directory.Delete(recursive: true);
}
