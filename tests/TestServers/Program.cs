using System.Runtime.InteropServices;
using ImageRights.Hosting;
using ImageRights.TestKit;

// PostgreSQL and RabbitMQ for a run of tests, thrown away afterwards: writes their addresses to the file given and ends with its starter,
// by a signal or when its standard input closes.
var directory = Path.Combine(Path.GetTempPath(), $"imagerights-test-servers-{Environment.ProcessId}");
var managementPort = FreePort.Next();
var stopped = new TaskCompletionSource();
await using (var postgres = new LocalPostgres(new LocalServerOptions(Path.Combine(directory, "postgres")) { ThrowAway = true }))
await using (var messaging = new LocalRabbitMq(new LocalServerOptions(Path.Combine(directory, "messaging")) { ThrowAway = true, ManagementPort = managementPort }))
{
    await Task.WhenAll(postgres.StartAsync(), messaging.StartAsync());

    var file = args[0];
    await File.WriteAllTextAsync(file + ".new", $"""
        IMAGERIGHTS_TEST_POSTGRES='{postgres.ConnectionString}'
        IMAGERIGHTS_TEST_MESSAGING='{messaging.ConnectionString}/'
        IMAGERIGHTS_TEST_MESSAGING_MANAGEMENT='http://127.0.0.1:{managementPort}/'

        """);
    File.Move(file + ".new", file, overwrite: true);

    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    if (args is [_, "--until-input-closes"]) _ = Task.Run(() =>
    {
        while (Console.Read() >= 0) { }
        stopped.TrySetResult();
    });
    await stopped.Task;
}
Directory.Delete(directory, recursive: true);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.TrySetResult();
}
