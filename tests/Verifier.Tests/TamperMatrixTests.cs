using System.Text;
using ImageRights.EventStore.Transparency;
using Npgsql;

namespace ImageRights.Verifier.Tests;

/// <summary>Every byte of every covered column, of many rows, through the database: each change is named, each row once, and nothing else is.
/// The suite takes a few rows; with IMAGERIGHTS_LONG=1 it is 200 rows and 10⁵ random flips.</summary>
public sealed class TamperMatrixTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("IMAGERIGHTS_LONG") == "1";

    internal static readonly string[] Columns =
        ["seq_id", "id", "stream_id", "version", "data", "type", "timestamp", "tenant_id", "correlation_id", "causation_id", "headers", "user_name", "is_archived"];

    // Flips what it can of what it is told, each row in a subtransaction of its own: what no value of the type is, or another row's key, cannot be stored.
    private const string Flip =
        """
        create function flip(seqs bigint[], cols text[], places int[], bits int[]) returns bigint[] language plpgsql as $$
        declare
            done bigint[] := '{}'; was text; became text; bytes bytea; kind text;
        begin
            for i in 1 .. cardinality(seqs) loop
                begin
                    execute format('select %I::text from mt_events where seq_id = $1', cols[i]) into was using seqs[i];
                    bytes := convert_to(was, 'UTF8');
                    continue when was is null or places[i] >= length(bytes);
                    bytes := set_byte(bytes, places[i], get_byte(bytes, places[i]) # (1 << bits[i]));
                    select format_type(atttypid, null) into kind from pg_attribute where attrelid = 'mt_events'::regclass and attname = cols[i];
                    -- Two texts of one value, such as 0.00 and 0.0, are one value.
                    execute format('update mt_events set %1$I = convert_from($2, ''UTF8'')::%2$s where seq_id = $1 and %1$I is distinct from convert_from($2, ''UTF8'')::%2$s returning %1$I::text', cols[i], kind) into became using seqs[i], bytes;
                    if became is not null then done := done || seqs[i]; end if;
                exception when others then null;
                end;
            end loop;
            return done;
        end $$
        """;

    [Fact]
    public async Task Every_flipped_byte_of_the_sampled_rows_is_found_and_its_event_named_and_no_other()
    {
        var rows = IsLong ? 200 : 12;
        await using var store = await SealedStore.CreateAsync(streams: rows, eventsEach: 1);
        await PrepareAsync(store);
        var lengths = await LengthsAsync(store, rows);
        var (rounds, flips, refused) = (lengths.Values.Max(columns => columns.Sum(column => column.Length)), 0, 0);
        for (var round = 0; round < rounds; round += IsLong ? 1 : 13)
        {
            var wanted = lengths.Select(row => (row.Key, Place: PlaceOf(row.Value, round + (IsLong ? 0 : (int)row.Key % 13)))).Where(flip => flip.Place is not null).Select(flip => (flip.Key, flip.Place!.Value.Column, flip.Place.Value.At, Bit: round % 3)).ToList();
            var found = await RoundAsync(store, wanted);
            (flips, refused) = (flips + found, refused + wanted.Count - found);
        }
        output.WriteLine($"{rows} rows, {rounds} rounds: {flips} flips found and named, {refused} could not be stored");
        flips.ShouldBeGreaterThan(rows * (IsLong ? 150 : 10));
        (await store.CheckAsync()).Wrong.ShouldBeNull("no false alarm");
    }

    [Fact]
    public async Task Columns_with_nothing_to_flip_are_covered_too()
    {
        await using var store = await SealedStore.CreateAsync(streams: 1, eventsEach: 2);
        foreach (var change in new[] { "mt_dotnet_type = 'x'", "is_archived = true", "is_archived = null", "headers = null", "correlation_id = ''" })
        {
            await store.TamperAsync("create table if not exists kept as select * from mt_events");
            await store.TamperAsync($"update mt_events set {change} where seq_id = 2");
            (await store.CheckAsync()).Wrong.ShouldNotBeNull(change).ShouldContain("version 2) was changed");
            await store.TamperAsync("truncate mt_events");
            await store.TamperAsync("insert into mt_events select * from kept");
        }
        (await store.CheckAsync()).Wrong.ShouldBeNull();
    }

    [Fact]
    public async Task Random_flips_are_found_and_named()
    {
        var (rows, goal, random) = (IsLong ? 200 : 20, IsLong ? 100_000 : 200, new Random(20261122));
        await using var store = await SealedStore.CreateAsync(streams: rows, eventsEach: 1);
        await PrepareAsync(store);
        var lengths = await LengthsAsync(store, rows);
        var flips = 0;
        for (var round = 0; flips < goal; round++)
        {
            var wanted = lengths.Select(row => (row.Key, Place: PlaceOf(row.Value, random.Next(row.Value.Sum(column => column.Length)))!.Value)).Select(flip => (flip.Key, flip.Place.Column, flip.Place.At, Bit: random.Next(8))).ToList();
            flips += await RoundAsync(store, wanted);
            if (round % 50 == 0) (await store.CheckAsync()).Wrong.ShouldBeNull("no false alarm");
        }
        output.WriteLine($"{flips} random flips found and named");
    }

    [Fact]
    public async Task Each_bit_of_a_row_as_the_server_sends_it_changes_its_hash()
    {
        await using var store = await SealedStore.CreateAsync(streams: 4, eventsEach: IsLong ? 50 : 2);
        await using var source = NpgsqlDataSource.Create(store.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var copy = await CopyReader.OpenAsync(connection, $"select {Leaf.Columns} from mt_events order by transaction_id, seq_id", CancellationToken.None);
        var (flips, unreadable, same) = (0, 0, new List<(int Column, string Text)>());
        while (copy.Next() is { } chunk)
        {
            for (var row = 0; row < chunk.Count; row++)
            {
                var bytes = chunk.Row(row).ToArray();
                var (right, json) = (Hash(bytes)!, new ByteBuffer());
                for (var (column, place) = (0, 2); column < Leaf.ColumnCount; column++)
                {
                    var length = Math.Max(0, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(place)));
                    // The transaction id is covered by the order; the version of jsonb's binary form is the protocol's.
                    var skipped = column switch { 0 => length, 5 or 12 => Math.Min(1, length), _ => 0 };
                    for (var at = place + 4 + skipped; at < place + 4 + length; at++)
                    {
                        for (var bit = 0; bit < 8; bit++)
                        {
                            // A boolean is one bit: any other than zero is true.
                            if (column == 14 && bit > 0) continue;
                            bytes[at] ^= (byte)(1 << bit);
                            flips++;
                            if (Hash(bytes) is not { } changed) unreadable++;
                            else if (changed.AsSpan().SequenceEqual(right)) same.Add((column, Encoding.UTF8.GetString(bytes, place + 4, length)));
                            bytes[at] ^= (byte)(1 << bit);
                        }
                    }
                    place += 4 + length;
                }
            }
        }
        // Two texts of one number, such as 0.00 and 0.0: only the column with JSON has them.
        foreach (var (column, text) in same) (column, text.Contains("\"amount\": 0.0", StringComparison.Ordinal)).ShouldBe((5, true), text);
        output.WriteLine($"{flips} bits, {unreadable} of them make what cannot be read, {same.Count} another text of the same number");
        flips.ShouldBeGreaterThan(10_000);
    }

    private static byte[]? Hash(byte[] row)
    {
        var hash = new byte[32];
        try
        {
            Leaf.HashOf(new CopyRow(row, new int[Leaf.ColumnCount]), new ByteBuffer(), hash);
            return hash;
        }
        catch (Exception failure) when (failure is System.Text.Json.JsonException or InvalidOperationException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    private static async Task PrepareAsync(SealedStore store)
    {
        await store.TamperAsync(Flip);
        await store.TamperAsync("create table kept as select * from mt_events");
        (await store.CheckAsync()).Wrong.ShouldBeNull();
    }

    /// <summary>Flips, checks that exactly those events are named, and puts everything back.</summary>
    private static async Task<int> RoundAsync(SealedStore store, IReadOnlyList<(long Sequence, string Column, int Place, int Bit)> wanted)
    {
        var flipped = await store.ScalarAsync<long[]>(
            "select flip($1, $2, $3, $4)", wanted.Select(flip => flip.Sequence).ToArray(), wanted.Select(flip => flip.Column).ToArray(), wanted.Select(flip => flip.Place).ToArray(), wanted.Select(flip => flip.Bit).ToArray());
        if (flipped.Length > 0)
        {
            var ids = await store.ScalarAsync<Guid[]>("select array_agg(id order by seq_id) from kept where seq_id = any($1)", flipped);
            var report = await store.CheckAsync(most: int.MaxValue);
            report.AllWrong.Count.ShouldBe(flipped.Length, string.Join('\n', report.AllWrong));
            foreach (var id in ids) report.AllWrong.ShouldContain(wrong => wrong.StartsWith($"event {id} ", StringComparison.Ordinal), string.Join('\n', wanted.Where(flip => flipped.Contains(flip.Sequence))));
        }
        await store.TamperAsync("truncate mt_events");
        await store.TamperAsync("insert into mt_events select * from kept");
        return flipped.Length;
    }

    private static async Task<Dictionary<long, (string Column, int Length)[]>> LengthsAsync(SealedStore store, int rows)
    {
        var lengths = new Dictionary<long, (string, int)[]>();
        foreach (var sequence in await store.ScalarAsync<long[]>($"select array_agg(seq_id order by seq_id) from (select seq_id from mt_events order by seq_id limit {rows}) sampled"))
        {
            var each = await store.ScalarAsync<int[]>($"select array[{string.Join(", ", Columns.Select(column => $"coalesce(octet_length({column}::text), 0)"))}] from mt_events where seq_id = $1", sequence);
            lengths[sequence] = [.. Columns.Zip(each)];
        }
        return lengths;
    }

    private static (string Column, int At)? PlaceOf((string Column, int Length)[] columns, int place)
    {
        foreach (var (column, length) in columns)
        {
            if (place < length) return (column, place);
            place -= length;
        }
        return null;
    }
}
