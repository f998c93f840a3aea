using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>Things that break around the service; each test runs a service of its own.</summary>
public class BadDayTests : IAsyncLifetime
{
    private readonly RunningIngestion ingestion = new();

    public Task InitializeAsync() => ingestion.PrepareAsync();

    public Task DisposeAsync() => ingestion.DisposeAsync();

    [Fact]
    public async Task What_was_accepted_before_a_restart_is_told_after_it_once_and_in_order()
    {
        // Nobody listens yet, so the facts stay in the log.
        await ingestion.StartAsync();
        var ids = new List<string>();
        for (var number = 0; number < 5; number++) ids.Add(await ingestion.UploadAsync("seller"));
        (await ingestion.SendAsync(HttpMethod.Delete, $"/v1/images/{ids[0]}", version: "\"1\"")).Status.ShouldBe(204);
        await ingestion.StopAsync();

        await using var listener = await BusListener.StartAsync(ingestion.Messaging, "fingerprint-image-received", "matching-image-withdrawn");
        await ingestion.StartAsync();
        await listener.HearAsync<ImageWithdrawn>(message => message.ImageId == ids[0]);
        foreach (var id in ids) await listener.HearAsync<ImageReceived>(message => message.ImageId == id);

        var stored = (await ingestion.EventsAsync()).Select(fact => fact.Id).ToHashSet();
        stored.Count.ShouldBe(6);
        // Two queues hear each fact: once each, under the id of its event.
        listener.Heard.Select(message => message.MessageId).ToHashSet().ShouldBe(stored, ignoreOrder: true);
        await Eventually.HoldsAsync(() =>
        {
            listener.Heard.GroupBy(message => message.MessageId).ShouldAllBe(deliveries => deliveries.Count() == 2);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_repeated_key_is_remembered_over_a_restart()
    {
        await ingestion.StartAsync();
        var first = await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), "key-1", ("accountId", "seller"));
        await ingestion.StopAsync();
        await ingestion.StartAsync();
        var second = await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), "key-1", ("accountId", "seller"));
        second.Accepted()["imageId"]!.GetValue<string>().ShouldBe(first.Accepted()["imageId"]!.GetValue<string>());
        (await ingestion.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Bytes_that_were_altered_in_the_vault_are_not_handed_out()
    {
        await ingestion.StartAsync();
        var file = SampleFiles.Read("photo.jpg");
        await ingestion.UploadAsync("seller", file);
        var path = ingestion.VaultFiles().Single();
        var stored = File.ReadAllBytes(path);
        stored[500] ^= 1;
        File.WriteAllBytes(path, stored);
        (await ingestion.GetAsync($"/internal/v1/contents/{RunningIngestion.Sha256(file)}")).ShouldBeProblem(500, "Content_Damaged");

        await ingestion.UploadAsync("seller", file);
        (await ingestion.Http.GetByteArrayAsync($"/internal/v1/contents/{RunningIngestion.Sha256(file)}")).ShouldBe(file);
    }

    [Fact]
    public async Task Bytes_that_were_altered_far_behind_break_the_answer_instead_of_shortening_it()
    {
        await ingestion.StartAsync();
        byte[] file = SampleFiles.Png(400, 400, chunks: ("tEXt", RandomNumberGenerator.GetBytes(900_000)));
        await ingestion.UploadAsync("seller", file);
        var path = ingestion.VaultFiles().Single();
        var stored = File.ReadAllBytes(path);
        stored[^100_000] ^= 1;
        File.WriteAllBytes(path, stored);
        await Should.ThrowAsync<HttpRequestException>(() => ingestion.Http.GetByteArrayAsync($"/internal/v1/contents/{RunningIngestion.Sha256(file)}"));
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_in_time_is_given_up()
    {
        await ingestion.StartAsync("--Uploads:Deadline=00:00:01");
        using var socket = new TcpClient();
        await socket.ConnectAsync(ingestion.Address.Host, ingestion.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"POST /v1/images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestAccess.FullToken()}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var status = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        status.ShouldNotBeNull().ShouldContain("408");
        Directory.GetFiles(ingestion.SpoolDirectory).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_limits_are_settings()
    {
        await ingestion.StartAsync("--Limits:Bytes=2000", "--Limits:Side=70", "--Works:MinShorterSide=60");
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.png"), fields: ("accountId", "seller"))).ShouldBeProblem(413, "Image_Too_Large");
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), fields: ("accountId", "seller"))).ShouldBeProblem(422, "Image_Side_Too_Long");
        var limits = (await ingestion.GetAsync("/v1/limits")).Accepted();
        limits["picture"]!["bytes"]!.GetValue<int>().ShouldBe(2000);
        limits["works"]!["minShorterSide"]!.GetValue<int>().ShouldBe(60);
    }

    [Theory]
    [InlineData("Vault:Key", "", "Vault:Key is missing")]
    [InlineData("Vault:Key", "c2hvcnQ=", "Vault:Key has 5 bytes instead of 32")]
    [InlineData("Vault:Directory", "", "Vault:Directory is missing")]
    [InlineData("Vault:Directory", "/proc/nowhere", "cannot be written")]
    public async Task A_setting_that_does_not_fit_is_said_at_the_start(string name, string value, string message) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => ingestion.StartAsync($"--{name}={value}"))).Message.ShouldContain(message);
}
