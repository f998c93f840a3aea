using System.Security.Cryptography;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.EventStore.Tests;

/// <summary>What is personal is ciphertext wherever it rests, and goes with its key.</summary>
public class PersonalDataTests
{
    private sealed record Credit(string Name, string? Mail);

    private sealed record Registered(string Owner, string Title, Credit Credit, Dictionary<string, string> Papers);

    private sealed record Card(string Owner, string Title, string Name, int Papers);

    private static readonly string Key = Convert.ToBase64String(SHA256.HashData("one"u8)), Other = Convert.ToBase64String(SHA256.HashData("two"u8));
    private static readonly Registered Fact = new("ada", "Coat", new Credit("Ada Example", "ada@example.org"), new() { ["address"] = "1 Example Street", ["phone"] = "555" });

    [Fact]
    public async Task It_is_sealed_where_it_rests_and_read_as_it_was_until_its_key_is_destroyed()
    {
        var database = await TestServers.CreateDatabaseAsync();
        await using var running = await RunningStore.StartAsync(database, Key);
        await running.AppendAsync("one", Fact);
        await running.AppendAsync("two", Fact with { Owner = "bob", Credit = new Credit("Bob", null) });

        foreach (var table in new[] { "mt_events", "mt_doc_card", "mt_personal_keys", "mt_idempotency", "mt_streams" })
            (await running.TextAsync($"select coalesce(string_agg(t::text, ' '), '') from {table} t")).ShouldSatisfyAllConditions(text => text.ShouldNotContain("Ada Example"), text => text.ShouldNotContain("Example Street"), text => text.ShouldNotContain("\"555"));
        (await running.ReadAsync("one")).Credit.ShouldBe(Fact.Credit);
        (await running.ReadAsync("one")).Papers.ShouldBe(Fact.Papers, ignoreOrder: true);
        (await running.CardAsync("one"))!.Name.ShouldBe("Ada Example");
        var root = await running.CheckpointAsync(2);

        (await running.Store.Persons.DestroyAsync(DocumentStore.DefaultTenant, "ada", CancellationToken.None)).ShouldBe(1);
        (await running.Store.Persons.DestroyAsync(DocumentStore.DefaultTenant, "ada", CancellationToken.None)).ShouldBe(0);

        var erased = await running.ReadAsync("one");
        (erased.Title, erased.Credit.Name, erased.Credit.Mail).ShouldBe(("Coat", PersonalFields.Erased, PersonalFields.Erased));
        erased.Papers.Values.ShouldAllBe(text => text == PersonalFields.Erased);
        (await running.CardAsync("one"))!.Name.ShouldBe(PersonalFields.Erased);
        (await running.ReadAsync("two")).Credit.Name.ShouldBe("Bob");
        (await running.CheckpointAsync(2)).ShouldBe(root, "the log is what it was");

        // Folded anew from the log, the read model is the live one to the byte.
        var live = await running.TextAsync("select data::text from mt_doc_card where id = 'one'");
        await running.RefoldAsync("one");
        (await running.TextAsync("select data::text from mt_doc_card where id = 'one'")).ShouldBe(live);
        var other = await running.TextAsync("select data::text from mt_doc_card where id = 'two'");
        await running.RefoldAsync("two");
        (await running.TextAsync("select data::text from mt_doc_card where id = 'two'")).ShouldBe(other);

        // What the person entrusts to us afterwards is new, and can be erased in its turn.
        await running.AppendAsync("three", Fact);
        (await running.ReadAsync("three")).Credit.Name.ShouldBe("Ada Example");
        (await running.ReadAsync("one")).Credit.Name.ShouldBe(PersonalFields.Erased);
    }

    [Fact]
    public async Task What_was_stored_before_it_was_sealed_stays_readable()
    {
        var database = await TestServers.CreateDatabaseAsync();
        await using (var open = await RunningStore.StartAsync(database, null)) await open.AppendAsync("one", Fact);
        await using var running = await RunningStore.StartAsync(database, Key);
        (await running.ReadAsync("one")).Credit.Name.ShouldBe("Ada Example");
        (await running.CardAsync("one"))!.Name.ShouldBe("Ada Example");
    }

    [Fact]
    public async Task The_wrapping_key_can_be_replaced_and_another_reads_nothing()
    {
        var database = await TestServers.CreateDatabaseAsync();
        await using (var first = await RunningStore.StartAsync(database, Key)) await first.AppendAsync("one", Fact);
        await using (var rotating = await RunningStore.StartAsync(database, $"{Other},{Key}")) (await rotating.ReadAsync("one")).Credit.Name.ShouldBe("Ada Example");
        await using (var rotated = await RunningStore.StartAsync(database, Other)) (await rotated.ReadAsync("one")).Credit.Name.ShouldBe("Ada Example");
        await using var without = await RunningStore.StartAsync(database, null);
        (await Should.ThrowAsync<InvalidOperationException>(() => without.ReadAsync("one"))).Message.ShouldContain("Personal:Key");
        await Should.ThrowAsync<InvalidOperationException>(() => RunningStore.StartAsync(database, Key));
        Should.Throw<InvalidOperationException>(() => new StoreOptions().SealPersonalData("short"));
    }

    private sealed class RunningStore(IHost host, NpgsqlDataSource source) : IAsyncDisposable
    {
        public DocumentStore Store => host.Services.GetRequiredService<DocumentStore>();

        public static async Task<RunningStore> StartAsync(string database, string? key)
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Logging.SetMinimumLevel(LogLevel.None);
            builder.Services.AddEventStore(options =>
            {
                options.ConnectionString = database;
                options.Events.Map<Registered>("registered_v1");
                options.Personal.Of<Registered>(e => e.Owner, "credit.name", "credit.mail", "papers.*").Of<Card>(card => card.Owner, "name");
                options.Projections.InlineSnapshot<Card>("card-", Evolve);
                options.Projections.LiveStreamAggregation(0, (count, _) => count + 1);
                options.SealPersonalData(key);
                options.KeepTransparencyLog(Key);
            });
            var host = builder.Build();
            await host.StartAsync();
            return new RunningStore(host, NpgsqlDataSource.Create(database));
        }

        private static Card? Evolve(Card? card, RecordedEvent recorded) => recorded.Data is Registered e ? new Card(e.Owner, e.Title, e.Credit.Name, e.Papers.Count) : card;

        public async Task AppendAsync(string id, Registered fact)
        {
            await using var session = Store.LightweightSession();
            session.Events.StartStream($"card-{id}", fact);
            await session.SaveChangesAsync();
        }

        public async Task<Registered> ReadAsync(string id)
        {
            await using var session = Store.LightweightSession();
            return (Registered)(await session.Events.FetchStreamAsync($"card-{id}")).Single().Data;
        }

        public async Task<Card?> CardAsync(string id)
        {
            await using var session = Store.LightweightSession();
            return await session.LoadAsync<Card>(id);
        }

        public async Task RefoldAsync(string id)
        {
            await using var session = Store.LightweightSession();
            var card = (await session.Events.FetchStreamAsync($"card-{id}")).Aggregate((Card?)null, Evolve)!;
            session.Store(id, card);
            await session.SaveChangesAsync();
        }

        public async Task<string> TextAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            return (string)(await command.ExecuteScalarAsync())!;
        }

        /// <summary>Root over the first events, from their rows.</summary>
        public async Task<string> CheckpointAsync(int events)
        {
            await Eventually.HoldsAsync(async () => (await TextAsync("select coalesce(max(size), 0)::text from mt_log_checkpoints")).ShouldBe($"{events}"));
            await using var command = source.CreateCommand($"select {Leaf.Columns} from mt_events order by transaction_id, seq_id");
            await using var reader = await command.ExecuteReaderAsync();
            var (edge, json, tiles) = (new MerkleEdge(), new ByteBuffer(), new List<Tile>());
            while (await reader.ReadAsync()) edge.Append(Leaf.Read(reader, json).Hash, tiles);
            return Convert.ToBase64String(edge.Root());
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
            await source.DisposeAsync();
        }
    }
}
