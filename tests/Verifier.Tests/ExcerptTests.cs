using System.Security.Cryptography;
using System.Text;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageRights.Verifier.Tests;

public sealed record Seen(string? ImageId, int Number);

/// <summary>A case file that has of a long stream what names its own picture.</summary>
public sealed class ExcerptTests
{
    private static readonly LogSigner Signer = LogSigner.Ephemeral("imagerights/sightings");

    [Fact]
    public async Task What_names_other_pictures_is_left_out_and_counted_and_the_rest_verifies()
    {
        var (whole, excerpt) = await SealedAsync();
        (whole.Events.Count, whole.LeftOut).ShouldBe((6, null));
        excerpt.Events.Select(@event => @event.Version).ShouldBe([1, 4, 6]);
        excerpt.LeftOut!.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create("work-w", 3L));

        Wrong(whole, null).ShouldBeNull();
        Wrong(excerpt, ["work-w"]).ShouldBeNull();
        Wrong(excerpt, null).ShouldNotBeNull().ShouldContain("version 2 of stream work-w is missing: the next is event");
        Wrong(excerpt, ["work-other"]).ShouldNotBeNull().ShouldContain("is missing");
        // Leaving out is not putting in another order, nor twice.
        Wrong(excerpt with { Events = [.. excerpt.Events.Reverse()] }, ["work-w"]).ShouldNotBeNull().ShouldContain("is missing");
        Wrong(excerpt with { Events = [excerpt.Events[0], excerpt.Events[0]] }, ["work-w"]).ShouldNotBeNull().ShouldContain("is missing");
        // A changed event is named, also where the file was signed anew.
        var changed = excerpt.Events[1] with { Entry = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(excerpt.Events[1].Entry).Replace("\"number\":4", "\"number\":5")) };
        Wrong(excerpt with { Events = [excerpt.Events[0], changed, excerpt.Events[2]] }, ["work-w"]).ShouldNotBeNull().ShouldContain($"event {changed.EventId} (stream work-w, version 4)");
    }

    private static string? Wrong(SealedStreams streams, IReadOnlyList<string>? excerpts)
    {
        var files = new List<(string Name, ReadOnlyMemory<byte> Content)>();
        var record = new CaseFileRecord(
            streams.Log, Put("checkpoint.note", streams.Checkpoint), Put("keys.txt", string.Join('\n', streams.Keys)), null,
            [.. streams.Events.Select((@event, place) => new CaseFileEvent(
                Put($"{place}.json", Encoding.UTF8.GetString(@event.Entry)), Put($"{place}.tlog-proof", @event.ToProof(streams.Checkpoint)), @event.Stream, @event.Version, @event.EventId, @event.Type, @event.Index))],
            null, excerpts);
        var manifest = new CaseFileManifest(
            CaseFileManifest.CurrentFormat, "case_1", DateTimeOffset.UnixEpoch, [record], [], [], [.. files.Select(file => new CaseFileEntry(file.Name, file.Content.Length, CaseFileManifest.HashOf(file.Content.Span)))]).ToBytes();
        var note = Encoding.UTF8.GetBytes(Signer.Sign(CaseFileManifest.Statement("case_1", manifest)));
        return new CaseFileCheck(StoredZip.Write([(CaseFileManifest.Path, manifest), (CaseFileManifest.NotePath, note), .. files]), [.. streams.Keys.Select(LogVerifier.Parse), Signer.Verifier]).Run().Wrong;

        string Put(string name, string text)
        {
            files.Add((name, Encoding.UTF8.GetBytes(text)));
            return name;
        }
    }

    private static async Task<(SealedStreams Whole, SealedStreams Excerpt)> SealedAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var database = await TestServers.CreateDatabaseAsync();
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "sightings";
            options.ConnectionString = database;
            options.Events.Map<Seen>("seen_v1");
            options.KeepTransparencyLog(Convert.ToBase64String(SHA256.HashData("the log's key"u8)));
        });
        using var host = builder.Build();
        await host.StartAsync();
        await using (var session = host.Services.GetRequiredService<DocumentStore>().LightweightSession(DocumentStore.DefaultTenant))
        {
            session.Events.Append("work-w", [.. new[] { null, "b", "b", "a", "c", "a" }.Select((image, place) => new Seen(image, place + 1))]);
            session.Events.Append("work-other", new Seen("b", 1));
            await session.SaveChangesAsync();
        }
        var log = host.Services.GetRequiredService<TransparencyLog>();
        var whole = await Eventually.GetAsync(() => log.SealedStreamsAsync(DocumentStore.DefaultTenant, ["work-w"], CancellationToken.None));
        var excerpt = await log.SealedStreamsAsync(DocumentStore.DefaultTenant, ["work-w"], CancellationToken.None, ["a"]);
        await host.StopAsync();
        return (whole, excerpt.ShouldNotBeNull());
    }
}
